"""Numbers that OCR read: one wrong digit is set right where only that makes all identities hold; the rest is marked.

A recogniser is sure of wrong digits too, and a second look by the same one may repeat its mistake. What vouches for a
number is an identity that covers it and holds.
"""

from __future__ import annotations

from decimal import Decimal

import polars as pl

from pipelines.core.frames import VALUE
from pipelines.core.ocr import TWICE, UNPROVEN, is_recognised, with_note
from pipelines.repair.broken import INSTANCE, Compare, broken_in, proven_in
from pipelines.repair.correction import with_values


def settle(cells: pl.DataFrame, record: pl.DataFrame, compare: Compare) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Set right what one digit sets right, and say of every number that OCR read what vouches for it.

    Args:
        cells: ``EXTRACTED_CELL`` after the second reading.
        record: ``SECOND_READING``.
        compare: The accounting rules.

    Returns:
        Both, with the corrections in them.
    """
    recognised = cells.filter(is_recognised())
    if recognised.is_empty():
        return cells, record
    confirmed = record.filter(pl.col("decision") == "confirmed")["cell_key"].unique()
    cells = with_note(cells, recognised.filter(pl.col("cell_key").is_in(confirmed.implode()))["cell_key"], TWICE)
    mine = cells.join(recognised.select("report_key").unique(), on="report_key", how="semi")
    compared = compare({"extracted_cell": mine})
    repairs = _single_digits(mine, compared, compare)
    if not repairs.is_empty():
        note = pl.format("one digit set right by identities, read as {}", pl.col("value"))
        cells = with_values(cells, repairs.with_columns(new_text=pl.lit(None, pl.String())), note)
        record = _recorded(record, repairs)
        mine = cells.join(mine.select("report_key").unique(), on="report_key", how="semi")
        compared = compare({"extracted_cell": mine})
    proven = pl.concat([proven_in(compared)]).implode()
    broken = broken_in(compared)["cell_key"].implode()
    # two numbers misread alike prove each other; a second reading that differs says so
    differing = record.filter(pl.col("decision") == "undecided", pl.col("second").is_not_null())["cell_key"].implode()
    key = pl.col("cell_key")
    vouched = key.is_in(proven) & ~key.is_in(broken) & ~key.is_in(differing)
    return with_note(cells, mine.filter(is_recognised(), ~vouched)["cell_key"], UNPROVEN), record


def _recorded(record: pl.DataFrame, repairs: pl.DataFrame) -> pl.DataFrame:
    """Second readings with the repairs among them."""
    return (
        record.join(repairs, on="cell_key", how="left", maintain_order="left")
        .with_columns(
            way=pl.when(pl.col("new").is_null()).then("way").otherwise(pl.lit("single_digit")),
            second=pl.coalesce("new", "second"),
            decision=pl.when(pl.col("new").is_null()).then("decision").otherwise(pl.lit("corrected")),
        )
        .select(record.columns)
    )


def _single_digits(cells: pl.DataFrame, compared: pl.DataFrame, compare: Compare) -> pl.DataFrame:
    """Find the numbers of which one digit was misread.

    One is taken if no identity of it holds, one digit makes all of them hold, and of no other number in them
    the same can be said. Numbers that were read twice alike are the publisher's.

    Returns:
        ``cell_key`` and ``new``.
    """
    broken = broken_in(compared)
    trials = _trials(cells, broken, proven_in(compared))
    if trials.is_empty():
        return trials
    changed = with_values(cells, trials.with_columns(new_text=pl.lit(None, pl.String())), pl.lit(""))
    still = broken_in(compare({"extracted_cell": changed}))
    return trials.join(still, on="cell_key", how="anti")


def _trials(cells: pl.DataFrame, broken: pl.DataFrame, proven: pl.Series) -> pl.DataFrame:
    """Numbers under broken identities only, with the one digit changed that makes all of these hold."""
    members = broken.unique(["cell_key", *INSTANCE], maintain_order=True)
    suspects = members.filter(~pl.col("cell_key").is_in(proven.implode())).join(
        cells.filter(is_recognised(), ~pl.col("method").str.contains(TWICE, literal=True)).select(
            "cell_key", "value", "raw_text", own_unit="unit"
        ),
        on="cell_key",
    )
    fits: dict[str, list[set[Decimal]]] = {}
    for row in suspects.iter_rows(named=True):
        found: set[Decimal] = set()
        if row["difference"] is not None and row["unit"] == row["own_unit"]:
            both = (row["value"] - row["difference"], row["value"] + row["difference"])
            found = {new for new in both if _is_one_digit(row["raw_text"] or "", row["value"], new)}
        fits.setdefault(row["cell_key"], []).append(found)
    agreed = {key: set.intersection(*found) for key, found in fits.items()}
    single = {key: new.pop() for key, new in agreed.items() if len(new) == 1}
    frame = pl.DataFrame(list(single.items()), schema={"cell_key": pl.String(), "new": VALUE}, orient="row")
    rivals = members.join(frame, on="cell_key").filter(pl.len().over(INSTANCE) > 1)
    return frame.join(rivals, on="cell_key", how="anti").sort("cell_key")


def _is_one_digit(text: str, value: Decimal, new: Decimal) -> bool:
    """Whether two numbers, printed to the places of a text, differ in one digit."""
    places = len(text.rpartition(".")[2].strip()) if "." in text else 0
    if places > 8 or new * value < 0:
        return False
    one, other = f"{value:.{places}f}", f"{new:.{places}f}"
    return (
        Decimal(other) == new and len(one) == len(other) and sum(a != b for a, b in zip(one, other, strict=True)) == 1
    )
