"""Ours or theirs: numbers under a broken identity are read a second time, by another way, and the two are compared.

A number that the second way confirms is the publisher's and stays, with its finding. One that it reads differently is
corrected when the identities then hold, and marked when they do not.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import polars as pl

from pipelines.collect.readings import Look
from pipelines.extract.again import Spot
from pipelines.frames import SECOND_READING, VALUE
from pipelines.interpret.normalise import read_number
from pipelines.prove.correction import with_values
from pipelines.prove.identities import comparisons

_INSTANCE = ["report_key", "rule_id", "form", "side", "subject_code", "subject_name", "measure", "target"]
"""What names an instance of a rule whatever its numbers are."""


def examine(cells: pl.DataFrame, look: Look) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Read every number under a broken identity again.

    Args:
        cells: ``EXTRACTED_CELL`` of some reports.
        look: Reads spots again.

    Returns:
        The cells, corrected or marked where the second reading differs, and ``SECOND_READING``.
    """
    broken = _broken(cells)
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
            cells.select("cell_key", "report_key", "form", "page", first_text="raw_text", first="value"), on="cell_key"
        )
        .join(read, on="cell_key", how="left")
        .with_columns(differs=(pl.col("second") != pl.col("first")).fill_null(value=False))
    )
    differing = suspects.filter("differs").select("cell_key", "second", "second_text").unique("cell_key")
    held = _holding(cells, broken, differing)
    decision = (
        pl.when(pl.col("cell_key").is_in(held.implode()))
        .then(pl.lit("corrected"))
        .when(pl.col("second") == pl.col("first"))
        .then(pl.lit("confirmed"))
        .otherwise(pl.lit("undecided"))
    )
    way = pl.when(pl.col("page").is_null()).then(pl.lit("source_line")).otherwise(pl.lit("text_layer"))
    record = suspects.with_columns(decision=decision, way=way).select(SECOND_READING.keys())
    return _applied(cells, differing, held), record.sort("report_key", "cell_key", "rule_id")


def spots(cells: pl.DataFrame, broken: pl.DataFrame) -> dict[str, Sequence[Spot]]:
    """Say where the numbers under broken identities stand, by report.

    Args:
        cells: ``EXTRACTED_CELL``.
        broken: Frame with the ``cell_key`` of each.
    """
    line = ["report_key", "source_line"]
    named = pl.col("subject_code", "line_no").cast(VALUE, strict=False)
    others = cells.with_columns(named).group_by(line).agg(others=pl.concat_list("value", named).explode().drop_nulls())
    asked = cells.join(broken.unique("cell_key"), on="cell_key", how="semi").join(others, on=line, how="left")
    found: dict[str, list[Spot]] = {}
    for row in asked.sort("report_key", "cell_key").iter_rows(named=True):
        box = (row["x0"], row["top"], row["x1"], row["bottom"])
        spot = Spot(
            row["cell_key"],
            row["page"],
            None if None in box else box,
            row["source_line"],
            row["value"],
            frozenset(row["others"] or ()),
        )
        found.setdefault(row["report_key"], []).append(spot)
    return dict(found)


def _broken(cells: pl.DataFrame) -> pl.DataFrame:
    """One row per cell of an instance whose difference is beyond tolerance."""
    beyond = comparisons({"extracted_cell": cells}).filter(
        pl.col("result") == "beyond", pl.col("rule_id") != "duplicate_row"
    )
    return (
        beyond.with_columns(target=pl.col("cell_keys").list.first())
        .explode("cell_keys")
        .select(*_INSTANCE, cell_key="cell_keys")
        .drop_nulls("cell_key")
    )


def _holding(cells: pl.DataFrame, broken: pl.DataFrame, differing: pl.DataFrame) -> pl.Series:
    """Keys of the cells whose second value makes every broken identity of the cell hold."""
    if differing.is_empty():
        return pl.Series(dtype=pl.String())
    changed = with_values(cells, differing.select("cell_key", new="second", new_text="second_text"), pl.lit(""))
    concerned = changed.join(
        changed.join(differing, on="cell_key", how="semi").select("report_key").unique(), on="report_key", how="semi"
    )
    still = _broken(concerned)
    return differing.join(still, on="cell_key", how="anti")["cell_key"]


def _applied(cells: pl.DataFrame, differing: pl.DataFrame, held: pl.Series) -> pl.DataFrame:
    """Correct the cells whose second value holds, and mark the others."""
    holds = pl.col("cell_key").is_in(held.implode())
    good = differing.filter(holds).select("cell_key", new="second", new_text="second_text")
    first = pl.format("corrected by a second reading, first read {}", pl.col("value"))
    marked = pl.format("{}; a second reading gives {}", "method", "second_text")
    doubtful = differing.filter(~holds).select("cell_key", "second_text")
    return (
        with_values(cells, good, first)
        .join(doubtful, on="cell_key", how="left", maintain_order="left")
        .with_columns(method=pl.when(pl.col("second_text").is_null()).then("method").otherwise(marked))
        .select(cells.columns)
    )


def _value(text: str | None) -> Decimal | None:
    number = read_number(text) if text else None
    return None if number is None or number.doubt else number.value
