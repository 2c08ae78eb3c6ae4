"""Frames of the rules: comparisons, findings, outcomes, coverage."""

from __future__ import annotations

import polars as pl

from pipelines.core.frames import VALUE

COMPARISON: dict[str, pl.DataType] = {
    "rule_id": pl.String(),
    "report_key": pl.String(),
    "form": pl.String(),
    "side": pl.String(),
    "subject_code": pl.String(),
    "subject_name": pl.String(),
    "measure": pl.String(),
    "unit": pl.String(),  # of money, %, 分; empty or null where there is none
    "printed": VALUE,  # in `unit`; null where the cell is blank
    "expected": VALUE,
    "difference": VALUE,  # printed - expected
    "tolerance": VALUE,
    "n": pl.Int32(),  # printed parts; rows with that code for duplicate_row; terms of a formula
    "page": pl.Int32(),  # of the printed cell, else of the first part
    "pages": pl.List(pl.Int32()),
    "cell_keys": pl.List(pl.String()),  # printed cell first
    "note": pl.String(),  # the clause or table a figure outside the statutory tables stands in; what a fault is
    "result": pl.String(),  # equal, rounding, beyond, blank, undefined, insufficient, unread
}
"""One row per instance of a rule."""

FINDING: dict[str, pl.DataType] = {
    "report_key": pl.String(),
    "rule_id": pl.String(),
    "class": pl.String(),
    "severity": pl.String(),
    "form": pl.String(),
    "side": pl.String(),
    "subject_code": pl.String(),
    "subject_name": pl.String(),
    "measure": pl.String(),
    "page": pl.Int32(),
    "pages": pl.List(pl.Int32()),
    "unit": pl.String(),
    "printed": VALUE,
    "expected": VALUE,
    "difference": VALUE,
    "tolerance": VALUE,
    "n": pl.Int32(),
    "message": pl.String(),
    "cell_keys": pl.List(pl.String()),
}
"""One row per broken instance; within tolerance too (class rounding, severity info)."""

OUTCOME: dict[str, pl.DataType] = {
    "report_key": pl.String(),
    "rule_id": pl.String(),
    "outcome": pl.String(),  # passed, failed, not_applicable, insufficient_data, unreadable
}
"""One row per report and rule."""

COVERAGE: dict[str, pl.DataType] = {
    "report_key": pl.String(),
    "cells": pl.Int64(),
    "covered": pl.Int64(),
    "coverage": pl.Decimal(9, 6),  # null for a report without cells
}
"""One row per report: its cells under at least one comparison that ran."""

RAN = ["equal", "rounding", "beyond", "undefined"]
"""Results of a comparison that ran."""

WITHIN = ["sum", "ratio", "fault"]
"""Kinds of rules that look at one report."""

BROKEN = ["beyond", "blank", "undefined"]

UNREAD = "unread"
"""Result of a comparison that would be broken, but touches a number that was not read or is doubtful."""


def conformed(frame: pl.DataFrame, schema: dict[str, pl.DataType]) -> pl.DataFrame:
    """Give a frame the columns, order and types of a schema; what it lacks is null."""
    if not frame.columns:
        return pl.DataFrame(schema=schema)
    columns = [
        (pl.col(name) if name in frame.columns else pl.lit(None)).cast(dtype).alias(name)
        for name, dtype in schema.items()
    ]
    return frame.select(columns)
