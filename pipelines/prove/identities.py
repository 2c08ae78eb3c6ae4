"""What must hold between the printed numbers of a report, whoever read them.

Every rule of the catalogue is a small SQL file. By its ``kind`` it pairs a printed number with those it must be the sum
of (``rules/_comparison.sql`` does the arithmetic for all of them), gives the two parts of a percentage
(``rules/_ratio.sql``), or says itself what is wrong. One pass over all reports, decimals and integers only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import duckdb
import polars as pl

from pipelines.core.frames import (
    EXTRACTED_CELL,
    EXTRACTED_DISCLOSURE,
    EXTRACTED_PERFORMANCE,
    EXTRACTED_PROJECT,
    EXTRACTED_REMARK,
    PUBLISHED_TABLE,
    REPORT_READING,
    VALUE,
)
from pipelines.core.money import UNITS
from pipelines.prove.catalogue import catalogue, sql, table
from pipelines.statements.catalogue import catalogue as statements
from pipelines.statements.lookups import column_rows, requirement_rows, statement_rows, sum_rows, value_sets

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
    "result": pl.String(),  # equal, rounding, beyond, blank, undefined, insufficient
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

READ: dict[str, dict[str, pl.DataType]] = {
    "report_reading": REPORT_READING,
    "published_table": PUBLISHED_TABLE,
    "extracted_cell": EXTRACTED_CELL,
    "extracted_disclosure": EXTRACTED_DISCLOSURE,
    "extracted_performance": EXTRACTED_PERFORMANCE,
    "extracted_project": EXTRACTED_PROJECT,
    "extracted_remark": EXTRACTED_REMARK,
}
"""The reading tables that rules look at; one that is not given has no rows."""

PREPARATION = [
    "_form",
    "_unit",
    "_cell",
    "_line",
    "_figure",
    "_absent",
    "_named",
    "_disclosed",
    "_performance",
    "_project",
    "_formula",
    "_operand",
]
EDGE = "rule_id, report_key, form, side, subject_code, subject_name, measure, instance, target, part, sign, note"


def comparisons(read: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Run every rule over every report.

    Args:
        read: Reading tables (``READ``), any number of reports.

    Returns:
        ``COMPARISON``, sorted; passing instances too.
    """
    with prepared(read) as con:
        con.execute(f"create temp table edge as select {EDGE} from ({union('sum')})")
        con.execute(f"create temp table quotient as {union('ratio')}")
        found = [con.sql(query).pl() for query in (sql("_comparison"), sql("_ratio"), union("fault"))]
    return in_order(pl.concat([instances(frame) for frame in found]))


def in_order(compared: pl.DataFrame) -> pl.DataFrame:
    """Sort ``COMPARISON`` so that the order of what was read does not matter."""
    scalars = [name for name, dtype in COMPARISON.items() if not isinstance(dtype, pl.List)]
    first = ["report_key", "rule_id"]
    rest = [name for name in scalars if name not in first]
    return compared.sort(*first, *rest, pl.col("cell_keys").list.join(" "), nulls_last=True)


@contextmanager
def prepared(read: Mapping[str, pl.DataFrame]) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a database in memory with what the rules look at: the reading tables, their data files, `PREPARATION`."""
    frames = {name: conformed(read.get(name, pl.DataFrame()), schema) for name, schema in READ.items()}
    frames["extracted_cell"] = _labelled(frames["extracted_cell"])
    frames["extracted_disclosure"] = frames["extracted_disclosure"].with_columns(position=pl.int_range(pl.len()))
    frames["rule"] = catalogue()
    frames |= {name: table(name, schema) for name, schema in _DATA.items()}
    frames |= declared_forms()
    with duckdb.connect() as con:
        for name, frame in frames.items():
            con.register(name, frame.to_arrow())
        for name in PREPARATION:
            con.execute(sql(name))
        yield con


def declared_forms() -> dict[str, pl.DataFrame]:
    """Return what the statutory forms declare, as the rules look it up."""
    classes = {"class_code": statements().personnel_classes}
    return {
        "statement": pl.DataFrame(statement_rows(), infer_schema_length=None),
        "measure_part": pl.DataFrame(sum_rows()),
        "column_formula": pl.DataFrame(column_rows()),
        "required_form": pl.DataFrame(requirement_rows()),
        "personnel_class": pl.DataFrame(classes),
    }


def union(kind: str) -> str:
    """All rules of a kind as one query."""
    names = sorted(set(catalogue().filter(pl.col("kind") == kind)["sql"]))
    return " union all by name ".join(f"(select * from ({sql(name)}))" for name in names)


def findings(
    read: Mapping[str, pl.DataFrame], compared: pl.DataFrame | None = None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return what the rules find and how every rule ended for every report.

    Args:
        read: Reading tables (``READ``); a form printed without any number is insufficient data, not absent, and the
            rules of a quarantined report are unreadable.
        compared: The comparisons of these tables, where they are at hand.

    Returns:
        ``FINDING`` and ``OUTCOME``.
    """
    ran = comparisons(read) if compared is None else compared
    cells, tables = read["extracted_cell"], read["published_table"]
    rules = catalogue().filter(pl.col("kind").is_in(WITHIN))
    printed = _printed_empty(cells, tables)
    return worded(ran), outcomes(ran, read["report_reading"], rules, printed)


def coverage(cells: pl.DataFrame, compared: pl.DataFrame | None = None) -> pl.DataFrame:
    """Return per report how many of its cells a comparison that ran has tested.

    A code that stands only once (``duplicate_row``) says nothing about its amounts and does not count; nor does a
    bound, which a wrong number may keep.
    """
    ran = comparisons({"extracted_cell": cells}) if compared is None else compared
    exact = catalogue().filter(pl.col("relation") == "equal", pl.col("rule_id") != "duplicate_row")["rule_id"]
    tested = (
        ran.filter(pl.col("result").is_in(RAN), pl.col("rule_id").is_in(exact.implode()))
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
    return conformed(counted.with_columns(coverage=share), COVERAGE).sort("report_key")


_DATA: dict[str, dict[str, pl.DataType]] = {
    "functional_class": {"code": pl.String(), "starts_with": pl.String()},
    "row_sum": dict.fromkeys(("rule_id", "blank", "needs", "depth"), pl.String()),
    "narrative_figure": dict.fromkeys(("name", "stage", "section", "facts", "form", "line", "measure"), pl.String()),
    "share_base": {"pattern": pl.String(), "base": pl.String(), "rank": pl.Int32()},
}
"""Data files of the rules."""


def instances(frame: pl.DataFrame) -> pl.DataFrame:
    """Give what a rule's query found the shape of ``COMPARISON``."""
    lists = pl.col("pages", "cell_keys").fill_null([])
    return conformed(frame, COMPARISON).with_columns(lists)


def conformed(frame: pl.DataFrame, schema: dict[str, pl.DataType]) -> pl.DataFrame:
    """Give a frame the columns, order and types of a schema; what it lacks is null."""
    if not frame.columns:
        return pl.DataFrame(schema=schema)
    columns = [
        (pl.col(name) if name in frame.columns else pl.lit(None)).cast(dtype).alias(name)
        for name, dtype in schema.items()
    ]
    return frame.select(columns)


def _labelled(cells: pl.DataFrame) -> pl.DataFrame:
    """Add ``label``: the printed name with full-width forms and spacing levelled out."""
    name = pl.col("subject_name").fill_null("").str.normalize("NFKC").str.replace_all(r"\s+", "")
    return cells.with_columns(label=name)


def worded(compared: pl.DataFrame) -> pl.DataFrame:
    """Turn broken instances (``COMPARISON``) into findings with words (``FINDING``)."""
    forms = {form.name: form.short.zh for form in statements().forms}
    measures = {name: statements().words_of_measure(name) for name in value_sets()["measures"]}
    other = dict(table("words", {"measure": pl.String(), "zh": pl.String()}).iter_rows())
    rules = catalogue().select("rule_id", "expected_zh", "class", "severity", "blank_class", "kind", rule_zh="zh")
    # what cannot be settled by arithmetic is a warning at most
    unsettled = pl.when(pl.col("severity") == "error").then(pl.lit("warning")).otherwise("severity")
    broken = (
        compared.filter(pl.col("result").is_in(["rounding", *BROKEN]))
        .join(rules, on="rule_id", how="left", maintain_order="left")
        .join(_words("form", forms), on="form", how="left", maintain_order="left")
        .join(_words("measure", measures | other), on="measure", how="left", maintain_order="left")
        .with_columns(
            pl.when(pl.col("result") == "rounding")
            .then(pl.lit("rounding"))
            .when(pl.col("result") == "blank")
            .then(pl.col("blank_class"))
            .when((pl.col("result") == "beyond") & _is_other_unit())
            .then(pl.lit("unit"))
            .otherwise(pl.col("class"))
            .alias("class"),
            pl.when(pl.col("result") == "rounding")
            .then(pl.lit("info"))
            .when(pl.col("result").is_in(["blank", "undefined"]))
            .then(unsettled)
            .otherwise(pl.col("severity"))
            .alias("severity"),
        )
        .with_columns(message=_message().fill_null(pl.col("rule_zh")))
    )
    return conformed(broken, FINDING)


def _is_other_unit() -> pl.Expr:
    """Whether two amounts are the same figure in 元 and in 万元."""
    printed, expected, slack = (pl.col(name).cast(pl.Decimal(38, 4)) for name in ("printed", "expected", "tolerance"))
    factor = UNITS["万元"]
    apart = pl.min_horizontal((printed * factor - expected).abs(), (printed - expected * factor).abs())
    money = pl.col("unit").is_in(list(UNITS)) & (printed != 0) & (expected != 0)
    precise = slack * 100 <= pl.min_horizontal(printed.abs(), expected.abs())  # 0.3 says too little
    return (money & (apart <= slack * factor) & precise).fill_null(value=False)


def _words(kind: str, words: Mapping[str, str]) -> pl.DataFrame:
    return pl.DataFrame({kind: list(words), f"{kind}_zh": list(words.values())})


def _figure(name: str) -> pl.Expr:
    """A figure as people write it: at least two places, no idle zeros after them."""
    return pl.col(name).cast(pl.String).str.replace(r"(\.\d\d\d*?)0+$", "$1").fill_null("空白")


def _message() -> pl.Expr:
    subject = pl.concat_str([pl.col("subject_code"), pl.col("subject_name")], separator=" ", ignore_nulls=True)
    measure = pl.format("（{}）", pl.coalesce("measure_zh", "measure", pl.lit("数")))
    cell = pl.format("{}“{}”{}：表列 ", pl.coalesce("form_zh", "form", pl.lit("")), subject, measure)
    text = pl.format("{}。“{}”{}印为 ", pl.col("rule_zh"), subject, measure)
    outside = pl.col("note").is_not_null()
    unit = pl.col("unit").fill_null("")
    before = pl.when(outside).then(text).otherwise(cell)
    after = pl.when(outside).then(pl.format("；见“{}”", pl.col("note").fill_null(""))).otherwise(pl.lit(""))
    sides = pl.format("{}{}，{} {}", before, _figure("printed"), pl.col("expected_zh"), _figure("expected"))
    beyond = pl.format("{}，相差 {}{}", sides, _figure("difference"), unit)
    return (
        pl.when((pl.col("kind") == "fault") & outside)
        .then(pl.col("note"))
        .when(pl.col("kind") == "fault")
        .then(pl.format("{}“{}”：同一编码出现 {} 次", pl.coalesce("form_zh", "form"), subject, pl.col("n")))
        .when(pl.col("result") == "blank")
        .then(pl.format("{}{}{}", sides, unit, after))
        .when(pl.col("result") == "undefined")
        .then(pl.format("{}{}{}，但基数为零，无百分比可言{}", before, _figure("printed"), unit, after))
        .when(pl.col("result") == "rounding")
        .then(pl.format("{}，在四舍五入允许的 {} 以内{}", beyond, _figure("tolerance"), after))
        .otherwise(pl.format("{}，超出四舍五入允许的 {}{}", beyond, _figure("tolerance"), after))
    )


def outcomes(
    compared: pl.DataFrame, reports: pl.DataFrame, rules: pl.DataFrame, printed_empty: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Return the outcome of every rule for every report; only a comparison that ran can pass.

    Args:
        compared: ``COMPARISON``.
        reports: ``report_key`` and ``status`` of the reports.
        rules: Rows of the catalogue.
        printed_empty: ``report_key``, ``rule_id`` where the forms are printed without a number.

    Returns:
        ``OUTCOME``.
    """
    empty = pl.DataFrame(schema={"report_key": pl.String(), "rule_id": pl.String()})
    ended = compared.group_by("report_key", "rule_id").agg(
        failed=pl.col("result").is_in(BROKEN).any(), ran=pl.col("result").is_in(RAN).any()
    )
    status = reports.select("report_key", "status").unique("report_key", keep="first", maintain_order=True)
    every = (
        status.join(rules.select("rule_id"), how="cross")
        .join(ended, on=["report_key", "rule_id"], how="left", maintain_order="left")
        .join(
            (empty if printed_empty is None else printed_empty).with_columns(printed_empty=pl.lit(value=True)),
            on=["report_key", "rule_id"],
            how="left",
            maintain_order="left",
        )
    )
    outcome = (
        pl.when(pl.col("failed"))
        .then(pl.lit("failed"))
        .when(pl.col("status") == "quarantined")
        .then(pl.lit("unreadable"))
        .when(pl.col("ran"))
        .then(pl.lit("passed"))
        .when(pl.col("ran").is_not_null() | pl.col("printed_empty").is_not_null())
        .then(pl.lit("insufficient_data"))
        .otherwise(pl.lit("not_applicable"))
    )
    return conformed(every.with_columns(outcome=outcome), OUTCOME).sort("report_key", "rule_id")


def _printed_empty(cells: pl.DataFrame, tables: pl.DataFrame) -> pl.DataFrame:
    """Rules whose forms are all printed, at least one of them without a number."""
    printed = pl.concat([cells.select("report_key", "form"), tables.select("report_key", "form")]).drop_nulls().unique()
    empty = printed.join(cells.select("report_key", "form").unique(), on=["report_key", "form"], how="anti")
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
        "report_key", "rule_id"
    )
