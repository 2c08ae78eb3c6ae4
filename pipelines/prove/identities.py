"""Accounting identities: what must hold between the printed numbers of a report, whoever read them.

Every rule of the catalogue is one SQL file that pairs a printed cell with the cells it must be the sum of;
``rules/_comparison.sql`` does the arithmetic for all of them. One pass over all reports, decimals only.
"""

from __future__ import annotations

import duckdb
import polars as pl

from pipelines.frames import EXTRACTED_CELL, VALUE
from pipelines.prove.catalogue import catalogue, sql, table

COMPARISON: dict[str, pl.DataType] = {
    "rule_id": pl.String(),
    "report_key": pl.String(),
    "form": pl.String(),
    "side": pl.String(),
    "subject_code": pl.String(),
    "subject_name": pl.String(),
    "measure": pl.String(),
    "unit": pl.String(),
    "printed": VALUE,  # in `unit`; null where the cell is blank
    "expected": VALUE,
    "difference": VALUE,  # printed - expected
    "tolerance": VALUE,
    "n": pl.Int32(),  # printed parts; rows with that code for duplicate_row
    "page": pl.Int32(),  # of the printed cell, else of the first part
    "pages": pl.List(pl.Int32()),
    "cell_keys": pl.List(pl.String()),  # printed cell first
    "result": pl.String(),  # equal, rounding, beyond, blank, insufficient
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

RAN = ["equal", "rounding", "beyond"]
"""Results of a comparison that ran."""

PREPARATION = ["_cell", "_line", "_figure"]
EDGE = "rule_id, report_key, form, side, subject_code, subject_name, measure, instance, target, part, sign"


def comparisons(cells: pl.DataFrame) -> pl.DataFrame:
    """Run every rule over every report.

    Args:
        cells: ``EXTRACTED_CELL``, any number of reports.

    Returns:
        ``COMPARISON``, sorted; passing instances too.
    """
    with duckdb.connect() as con:
        con.register("extracted_cell", _labelled(cells).to_arrow())
        con.register(
            "functional_class", table("functional_class", {"code": pl.String(), "starts_with": pl.String()}).to_arrow()
        )
        con.register("row_sum", table("row_sum", _ROW_SUM).to_arrow())
        for name in PREPARATION:
            con.execute(sql(name))
        names = sorted(set(catalogue().filter(pl.col("class") != "duplicate")["sql"]))
        con.execute("create temp table edge as " + " union all ".join(f"select {EDGE} from ({sql(n)})" for n in names))
        compared = con.sql(sql("_comparison")).pl()
        duplicated = con.sql(sql("duplicate_row")).pl()
    duplicated = duplicated.with_columns(
        side=pl.lit(""), result=pl.when(pl.col("n") > 1).then(pl.lit("beyond")).otherwise(pl.lit("equal"))
    )
    frames = [_conformed(frame, COMPARISON) for frame in (compared, duplicated)]
    return pl.concat(frames).sort("report_key", "rule_id", "form", maintain_order=True)


def findings(
    cells: pl.DataFrame, tables: pl.DataFrame, reports: pl.DataFrame, compared: pl.DataFrame | None = None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return what the identities find and how every rule ended for every report.

    Args:
        cells: ``EXTRACTED_CELL``.
        tables: ``PUBLISHED_TABLE``; a form printed without any number is insufficient data, not absent.
        reports: ``REPORT_READING``; the rules of a quarantined report are unreadable.
        compared: The comparisons of these cells, where they are at hand.

    Returns:
        ``FINDING`` and ``OUTCOME``.
    """
    instances = comparisons(cells) if compared is None else compared
    return _findings(instances), _outcomes(instances, cells, tables, reports)


def coverage(cells: pl.DataFrame, compared: pl.DataFrame | None = None) -> pl.DataFrame:
    """Return per report how many of its cells a comparison that ran has tested.

    A code that stands only once (``duplicate_row``) says nothing about its amounts and does not count.
    """
    instances = comparisons(cells) if compared is None else compared
    tested = (
        instances.filter(pl.col("result").is_in(RAN), pl.col("rule_id") != "duplicate_row")
        .select(cell_key=pl.col("cell_keys").explode())
        .unique()
        .with_columns(tested=pl.lit(1, pl.Int64))
    )
    counted = (
        cells.join(tested, on="cell_key", how="left")
        .group_by("report_key")
        .agg(cells=pl.len().cast(pl.Int64), covered=pl.col("tested").fill_null(0).sum())
    )
    share = (pl.col("covered") * 1_000_000 // pl.col("cells")).cast(pl.Decimal(18, 0)) * pl.lit("0.000001").cast(
        pl.Decimal(18, 6)
    )
    return _conformed(counted.with_columns(coverage=share), COVERAGE).sort("report_key")


_ROW_SUM: dict[str, pl.DataType] = {
    "rule_id": pl.String(),
    "forms": pl.String(),
    "target": pl.String(),
    "part": pl.String(),
    "sign": pl.Int32(),
    "unless": pl.String(),
    "blank": pl.String(),
    "needs": pl.String(),
}


def _conformed(frame: pl.DataFrame, schema: dict[str, pl.DataType]) -> pl.DataFrame:
    """Give a frame the columns, order and types of a schema; what it lacks is null."""
    columns = [
        (pl.col(name) if name in frame.columns else pl.lit(None)).cast(dtype).alias(name)
        for name, dtype in schema.items()
    ]
    return frame.select(columns)


def _labelled(cells: pl.DataFrame) -> pl.DataFrame:
    """Add ``label``: the printed name with full-width forms and spacing levelled out."""
    name = pl.col("subject_name").fill_null("").str.normalize("NFKC").str.replace_all(r"\s+", "")
    return _conformed(cells, EXTRACTED_CELL).with_columns(label=name)


def _findings(instances: pl.DataFrame) -> pl.DataFrame:
    """Turn broken instances into findings with words."""
    words = table("words", {"kind": pl.String(), "word": pl.String(), "zh": pl.String()})
    rules = catalogue().select("rule_id", "expected_zh", "class", "severity", "blank_class")
    rounding, blank = pl.col("result") == "rounding", pl.col("result") == "blank"
    broken = (
        instances.filter(pl.col("result").is_in(["rounding", "beyond", "blank"]))
        .join(rules, on="rule_id", how="left", maintain_order="left")
        .join(_words(words, "form"), on="form", how="left", maintain_order="left")
        .join(_words(words, "measure"), on="measure", how="left", maintain_order="left")
        .with_columns(
            pl.when(rounding)
            .then(pl.lit("rounding"))
            .when(blank)
            .then(pl.col("blank_class"))
            .otherwise(pl.col("class"))
            .alias("class"),
            pl.when(rounding)
            .then(pl.lit("info"))
            .when(blank)
            .then(pl.lit("warning"))
            .otherwise(pl.col("severity"))
            .alias("severity"),
        )
        .with_columns(message=_message())
    )
    return _conformed(broken, FINDING)


def _words(words: pl.DataFrame, kind: str) -> pl.DataFrame:
    return words.filter(pl.col("kind") == kind).select(pl.col("word").alias(kind), pl.col("zh").alias(f"{kind}_zh"))


def _figure(name: str) -> pl.Expr:
    """A figure as people write it: at least two places, no idle zeros after them."""
    return pl.col(name).cast(pl.String).str.replace(r"(\.\d\d\d*?)0+$", "$1").fill_null("空白")


def _message() -> pl.Expr:
    where = pl.format(
        "{}“{}”",
        pl.coalesce("form_zh", "form"),
        pl.concat_str([pl.col("subject_code"), pl.col("subject_name")], separator=" ", ignore_nulls=True),
    )
    amount = pl.format("{}{}：", where, pl.format("（{}）", pl.coalesce("measure_zh", "measure")))
    sides = pl.format("表列 {}，{} {}", _figure("printed"), pl.col("expected_zh"), _figure("expected"))
    beyond = pl.format("{}{}，相差 {}{}", amount, sides, _figure("difference"), pl.col("unit"))
    return (
        pl.when(pl.col("class") == "duplicate")
        .then(pl.format("{}：同一编码出现 {} 次", where, pl.col("n")))
        .when(pl.col("result") == "blank")
        .then(pl.format("{}{}{}", amount, sides, pl.col("unit")))
        .when(pl.col("result") == "rounding")
        .then(pl.format("{}，在四舍五入允许的 {} 以内", beyond, _figure("tolerance")))
        .otherwise(pl.format("{}，超出四舍五入允许的 {}", beyond, _figure("tolerance")))
    )


def _outcomes(
    instances: pl.DataFrame, cells: pl.DataFrame, tables: pl.DataFrame, reports: pl.DataFrame
) -> pl.DataFrame:
    """Return the outcome of every rule for every report; only a comparison that ran can pass."""
    ended = instances.group_by("report_key", "rule_id").agg(
        failed=pl.col("result").is_in(["beyond", "blank"]).any(), ran=pl.col("result").is_in(RAN).any()
    )
    printed = pl.concat([cells.select("report_key", "form"), tables.select("report_key", "form")]).drop_nulls().unique()
    empty = printed.join(cells.select("report_key", "form").unique(), on=["report_key", "form"], how="anti")
    status = reports.select("report_key", "status").unique("report_key", keep="first", maintain_order=True)
    every = (
        status.join(catalogue().select("rule_id"), how="cross")
        .join(ended, on=["report_key", "rule_id"], how="left", maintain_order="left")
        .join(_printed_empty(printed, empty), on=["report_key", "rule_id"], how="left", maintain_order="left")
    )
    outcome = (
        pl.when(pl.col("status") == "quarantined")
        .then(pl.lit("unreadable"))
        .when(pl.col("failed"))
        .then(pl.lit("failed"))
        .when(pl.col("ran"))
        .then(pl.lit("passed"))
        .when(pl.col("ran").is_not_null() | pl.col("printed_empty").is_not_null())
        .then(pl.lit("insufficient_data"))
        .otherwise(pl.lit("not_applicable"))
    )
    return _conformed(every.with_columns(outcome=outcome), OUTCOME).sort("report_key", "rule_id")


def _printed_empty(printed: pl.DataFrame, empty: pl.DataFrame) -> pl.DataFrame:
    """Rules whose forms are all printed, at least one of them without a number."""
    need = (
        catalogue()
        .select("rule_id", "needs", need=pl.col("forms").str.split(" "))
        .explode("need")
        .with_columns(form=pl.col("need").str.split("|"))
        .explode("form")
    )
    met = (
        need.join(printed, on="form")
        .join(empty.with_columns(is_empty=pl.lit(value=True)), on=["report_key", "form"], how="left")
        .group_by("report_key", "rule_id", "needs")
        .agg(met=pl.col("need").n_unique(), is_empty=pl.col("is_empty").fill_null(value=False).any())
        .join(need.group_by("rule_id").agg(wanted=pl.col("need").n_unique()), on="rule_id")
    )
    return met.filter(pl.col("is_empty") & ((pl.col("needs") == "any") | (pl.col("met") == pl.col("wanted")))).select(
        "report_key", "rule_id", printed_empty=pl.lit(value=True)
    )
