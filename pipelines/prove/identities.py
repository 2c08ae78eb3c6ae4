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
)
from pipelines.prove.catalogue import catalogue, sql, table
from pipelines.prove.messages import worded
from pipelines.prove.named import with_named_codes
from pipelines.prove.outcomes import outcomes, printed_empty
from pipelines.prove.recognised import unsure_apart
from pipelines.prove.schemas import COMPARISON, COVERAGE, RAN, WITHIN, conformed
from pipelines.statements.catalogue import catalogue as statements
from pipelines.statements.lookups import column_rows, requirement_rows, statement_rows, sum_rows

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
    "_point",
    "_cell",
    "_line",
    "_unread",
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
        return compared_in(con)


def compared_in(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Run every rule over what `prepared` opened; returns ``COMPARISON``, sorted."""
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
    frames["extracted_cell"] = with_named_codes(_labelled(frames["extracted_cell"]))
    frames["extracted_disclosure"] = frames["extracted_disclosure"].with_columns(position=pl.int_range(pl.len()))
    frames["rule"] = catalogue()
    frames |= {name: table(name, schema) for name, schema in _DATA.items()}
    frames |= declared_forms()
    with duckdb.connect() as con:
        con.execute("set threads = 1")  # passes run side by side; waiting threads of each would cost a sixth more
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
    printed = printed_empty(cells, tables)
    judged, told = unsure_apart(ran, cells, read["report_reading"])
    return worded(told), outcomes(judged, read["report_reading"], rules, printed)


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


def _labelled(cells: pl.DataFrame) -> pl.DataFrame:
    """Add ``label``: the printed name with full-width forms and spacing levelled out."""
    name = pl.col("subject_name").fill_null("").str.normalize("NFKC").str.replace_all(r"\s+", "")
    return cells.with_columns(label=name)
