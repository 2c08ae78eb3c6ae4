"""Ours or theirs: numbers under a broken identity are read a second time, by another way, and the two are compared.

A number that the second way confirms is the publisher's and stays, with its finding. One that it reads differently is
corrected when the identities then hold, and marked when they do not. A number that stands among those of another column
is marked too: both ways read the same digits, but the table was not understood.
How a kind of file is read the second time is in its `reread` module (`pipelines.formats.<kind>.reread`).
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import polars as pl

from pipelines.core.frames import SECOND_READING, VALUE
from pipelines.core.numbers import read_number
from pipelines.core.ocr import is_recognised
from pipelines.core.tasks import Look, Spot
from pipelines.repair import recognised
from pipelines.repair.broken import Compare, broken_in
from pipelines.repair.correction import with_values

_VOTES = 3
"""Numbers above and below that it takes to say which column it is; two may be misread alike."""

_MOST = 0.8
"""Share of the numbers of a column that has to be of one measure: some of them may be misread too."""


def examine(cells: pl.DataFrame, look: Look, compare: Compare) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Read every number under a broken identity a second time; of those that OCR read, say what vouches for them.

    Args:
        cells: ``EXTRACTED_CELL`` of some reports.
        look: Reads spots a second time, by another way.
        compare: The accounting rules; they are given, for proving comes after repairing.

    Returns:
        The cells, corrected or marked where the second reading differs, and ``SECOND_READING``.
    """
    return recognised.settle(*_read_again(cells, look, compare), compare)


def _read_again(cells: pl.DataFrame, look: Look, compare: Compare) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Read every number under a broken identity a second time, and take, leave or mark it."""
    broken = broken_in(compare({"extracted_cell": cells}))
    if broken.is_empty():
        return cells, pl.DataFrame(schema=SECOND_READING)
    seen = look(spots(cells, broken))
    read = pl.DataFrame(
        [(key, text, _value(text)) for key, text in seen.items()],
        schema={"cell_key": pl.String(), "second_text": pl.String(), "second": VALUE},
        orient="row",
    )
    suspects = (
        broken.select("cell_key", "rule_id")
        .unique(maintain_order=True)
        .join(
            cells.select(
                "cell_key",
                "report_key",
                "form",
                "page",
                "origin",
                first_text="raw_text",
                first="value",
                is_ocr=is_recognised(),
            ),
            on="cell_key",
        )
        .join(read, on="cell_key", how="left")
        .with_columns(differs=(pl.col("second") != pl.col("first")).fill_null(value=False))
    )
    differing = suspects.filter("differs").select("cell_key", "second", "second_text").unique("cell_key")
    settled = _settled(cells, differing, compare)
    astray = _astray(cells, broken)
    decision = (
        pl.when(pl.col("cell_key").is_in(settled.implode()))
        .then(pl.lit("corrected"))
        .when(pl.col("second") == pl.col("first"), ~pl.col("cell_key").is_in(astray["cell_key"].implode()))
        .then(pl.lit("confirmed"))
        .otherwise(pl.lit("undecided"))
    )
    way = (
        pl.when("is_ocr")
        .then(pl.lit("finer_picture"))
        .when(pl.col("page").is_not_null())
        .then(pl.lit("text_layer"))
        .when(pl.col("origin").is_not_null())
        .then(pl.lit("other_library"))
        .otherwise(pl.lit("source_line"))
    )
    record = suspects.with_columns(decision=decision, way=way).select(SECOND_READING.keys())
    doubts = [
        differing.filter(~pl.col("cell_key").is_in(settled.implode())).select(
            "cell_key", doubt=pl.format("a second reading gives {}", "second_text")
        ),
        astray.select("cell_key", doubt=pl.format("stands in the column of {}", "column")),
    ]
    return (
        _marked(_corrected(cells, differing, settled), pl.concat(doubts)),
        record.sort("report_key", "cell_key", "rule_id"),
    )


def spots(cells: pl.DataFrame, broken: pl.DataFrame) -> dict[str, Sequence[Spot]]:
    """Say where the numbers under broken identities stand, by report.

    Args:
        cells: ``EXTRACTED_CELL``.
        broken: Frame with the ``cell_key`` of each.
    """
    line = ["report_key", "source_line"]
    named = pl.col("subject_code", "line_no").cast(VALUE, strict=False)
    others = cells.with_columns(named).group_by(line).agg(others=pl.concat_list("value", named).explode().drop_nulls())
    asked = (
        cells.with_columns(is_ocr=is_recognised())
        .join(broken.unique("cell_key"), on="cell_key", how="semi")
        .join(others, on=line, how="left")
    )
    found: dict[str, list[Spot]] = {}
    for row in asked.sort("report_key", "cell_key").iter_rows(named=True):
        box = (row["x0"], row["top"], row["x1"], row["bottom"])
        spot = Spot(
            row["cell_key"],
            row["page"],
            None if None in box else box,
            row["source_line"],
            row["origin"],
            row["value"],
            frozenset(row["others"] or ()),
            row["is_ocr"],
        )
        found.setdefault(row["report_key"], []).append(spot)
    return dict(found)


def _settled(cells: pl.DataFrame, differing: pl.DataFrame, compare: Compare) -> pl.Series:
    """Keys of the cells whose second value makes every broken identity of the cell hold."""
    if differing.is_empty():
        return pl.Series(dtype=pl.String())
    changed = with_values(cells, differing.select("cell_key", new="second", new_text="second_text"), pl.lit(""))
    concerned = changed.join(
        changed.join(differing, on="cell_key", how="semi").select("report_key").unique(), on="report_key", how="semi"
    )
    still = broken_in(compare({"extracted_cell": concerned}))
    return differing.join(still, on="cell_key", how="anti")["cell_key"]


def _astray(cells: pl.DataFrame, broken: pl.DataFrame) -> pl.DataFrame:
    """Numbers that stand in the column of another measure, as those above and below on their page tell.

    Returns:
        ``cell_key`` and ``column``, the measure of the others.
    """
    table = ["report_key", "form", "side", "table_no", "page"]
    # a column is what overlaps from left to right; no pairs, since a hostile page may hold very many numbers
    reach = pl.col("x1").cum_max().shift().over(table, order_by="x0")
    columns = (
        cells.drop_nulls(["page", "x0", "x1"])
        .select("cell_key", *table, "measure", "x0", "x1")
        .sort(*table, "x0")
        .with_columns(begins=(pl.col("x0") >= reach).fill_null(value=True))
        .with_columns(place=pl.col("begins").cum_sum())
    )
    most = (
        columns.group_by("place", column="measure")
        .agg(votes=pl.len())
        .with_columns(of=pl.col("votes").sum().over("place"))
        .filter(pl.col("votes") >= _VOTES, pl.col("votes") >= _MOST * pl.col("of"))
    )
    return (
        columns.join(broken, on="cell_key", how="semi")
        .join(most, on="place")
        .filter(pl.col("measure") != pl.col("column"))
        .select("cell_key", "column")
    )


def _corrected(cells: pl.DataFrame, differing: pl.DataFrame, settled: pl.Series) -> pl.DataFrame:
    """Take the second value where it holds."""
    good = differing.filter(pl.col("cell_key").is_in(settled.implode()))
    note = pl.format("corrected by a second reading, first read {}", pl.col("value"))
    return with_values(cells, good.select("cell_key", new="second", new_text="second_text"), note)


def _marked(cells: pl.DataFrame, doubts: pl.DataFrame) -> pl.DataFrame:
    """Say in ``method`` what is doubtful about a cell (``cell_key``, ``doubt``)."""
    notes = doubts.group_by("cell_key", maintain_order=True).agg(pl.col("doubt").str.join("; "))
    marked = pl.concat_str("method", "doubt", separator="; ", ignore_nulls=True)
    return (
        cells.join(notes, on="cell_key", how="left", maintain_order="left")
        .with_columns(method=pl.when(pl.col("doubt").is_null()).then("method").otherwise(marked))
        .select(cells.columns)
    )


def _value(text: str | None) -> Decimal | None:
    number = read_number(text) if text else None
    return None if number is None or number.doubt else number.value
