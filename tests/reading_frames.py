"""Tiny reading tables for rules that look beyond the cells: what the narrative, an evaluation or a project says."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import polars as pl

from pipelines.core.frames import (
    EXTRACTED_DISCLOSURE,
    EXTRACTED_PERFORMANCE,
    EXTRACTED_PROJECT,
    EXTRACTED_REMARK,
    PUBLISHED_TABLE,
    REPORT_READING,
)
from pipelines.core.money import UNITS

Frames = dict[str, pl.DataFrame]


def _frame(rows: list[dict[str, Any]], schema: dict[str, pl.DataType]) -> pl.DataFrame:
    return pl.DataFrame([[row.get(name) for name in schema] for row in rows], schema=schema, orient="row")


def reading(stage: str = "final", year: int = 2024, status: str = "loaded", **more: str) -> Frames:
    row = {"report_key": "r", "stage": stage, "fiscal_year": year, "status": status, **more}
    return {"report_reading": _frame([row], REPORT_READING)}


def said(*figures: tuple[str, ...], section: str = "一、情况说明") -> Frames:
    """Figures of one section: (subject, fact, figure as printed[, code of a functional subject]); 万元 goes unsaid."""
    rows = []
    for n, (path, fact, text, *code) in enumerate(figures):
        own = text.lstrip("-0123456789.")
        unit = own if own in {"%", "元"} else "个" if fact == "performance_projects" else "万元"
        number = text.rstrip("%元")
        value = Decimal(number) if number.lstrip("-").replace(".", "", 1).isdigit() else None
        rows.append(
            {
                "disclosure_key": f"{section}{n}",
                "report_key": "r",
                "section": section,
                "fact": fact,
                "subject_path": path,
                "is_subject": bool(code),
                "subject_code": (code[0] or None) if code else None,
                "value": value,
                "value_text": number,
                "unit": unit,
                "amount": None if value is None or unit not in UNITS else value * UNITS[unit],
                "quote": f"{path}为{text}" if unit == "%" else f"{path}为{text}{unit}",
            }
        )
    return {"extracted_disclosure": _frame(rows, EXTRACTED_DISCLOSURE)}


def scored(*rows: tuple[str, ...], title: str = "项目自评表", target: str | None = None) -> Frames:
    """Rows of one table: level 1, indicator, target, actual, score, weight, rate; those left out are blank.

    ``target``: the number of the target they all stand below.
    """
    names = ("level1", "indicator", "target_value", "actual_value", "score", "weight", "rate")
    full = [dict(zip(names, [*row, *[""] * (len(names) - len(row))], strict=True)) for row in rows]
    numbered = [
        {"report_key": "r", "row_no": n, "table_title": title, "target_no": target, **row}
        for n, row in enumerate(full, 1)
    ]
    return {"extracted_performance": _frame(numbered, EXTRACTED_PERFORMANCE)}


def projects(*rows: tuple[str, str, str, str, str, str]) -> Frames:
    """Statements of money: project, item, kind, budget, final (yuan, empty where blank), section."""
    full = [
        {
            "report_key": "r",
            "row_no": n,
            "project": project,
            "item": item,
            "kind": kind,
            "budget_amount": Decimal(budget) if budget else None,
            "final_amount": Decimal(final) if final else None,
            "section": section,
            "source_line": n,
        }
        for n, (project, item, kind, budget, final, section) in enumerate(rows, 1)
    ]
    return {"extracted_project": _frame(full, EXTRACTED_PROJECT)}


def remarks(*rows: tuple[str, str | None, str]) -> Frames:
    """Remarks: kind, form, text; they stand below everything else."""
    full = [
        {"report_key": "r", "row_no": n, "kind": kind, "form": form, "text": text, "source_line": 100 + n}
        for n, (kind, form, text) in enumerate(rows, 1)
    ]
    return {"extracted_remark": _frame(full, EXTRACTED_REMARK)}


def tables(*forms: str, cells: int = 1, unread: str | None = None) -> Frames:
    full = [
        {
            "report_key": "r",
            "table_no": n,
            "form": form,
            "title": form,
            "cell_count": cells,
            "unread": unread,
            "unit_from": "table",
        }
        for n, form in enumerate(forms, 1)
    ]
    return {"published_table": _frame(full, PUBLISHED_TABLE)}


def together(*parts: Frames) -> Frames:
    """One report of several parts; a table given twice has the rows of both."""
    whole: Frames = {}
    for part in (reading(), *parts):
        for name, frame in part.items():
            again = name in whole and name != "report_reading"
            whole[name] = pl.concat([whole[name], frame]) if again else frame
    numbered = ("extracted_performance", "extracted_project", "extracted_remark")
    order = pl.int_range(1, pl.len() + 1, dtype=pl.Int32)
    return {name: frame.with_columns(row_no=order) if name in numbered else frame for name, frame in whole.items()}


def as_report(frames: Frames, report: str) -> Frames:
    """The same under another key, so that many reports can be looked at in one pass."""
    keys = {"cell_key", "disclosure_key"}
    return {
        name: frame.with_columns(
            report_key=pl.lit(report), **{k: pl.format("{}|{}", pl.lit(report), k) for k in keys & set(frame.columns)}
        )
        for name, frame in frames.items()
    }
