"""Numbers that OCR read: one wrong digit is set right where only that makes all identities hold; the rest is marked.

A recogniser is sure of wrong digits too, and a second look by the same one may repeat its mistake. What vouches for a
number is an identity that covers it and holds.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import polars as pl

from pipelines.core.frames import VALUE
from pipelines.core.ocr import TWICE, UNPROVEN, is_recognised, with_note
from pipelines.repair.broken import INSTANCE, Compare, broken_in, proven_in
from pipelines.repair.correction import with_values

_MOST_TRIALS = 80
"""Numbers with one digit changed that are tried for one report; with more of them it was not read at all."""

_MOST_REPORTS = 20
"""Reports whose trials are compared in one go: every trial is a copy of its report."""


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
    repairs = _single_digits(mine, broken_in(compared), compare)
    if not repairs.is_empty():
        note = pl.format("one digit set right by identities, read as {}", pl.col("value"))
        cells = with_values(cells, repairs.with_columns(new_text=pl.lit(None, pl.String())), note)
        record = _recorded(record, repairs)
        mine = cells.join(mine.select("report_key").unique(), on="report_key", how="semi")
        compared = compare({"extracted_cell": mine})
    proven = pl.concat([proven_in(compared)]).implode()
    broken = broken_in(compared)["cell_key"].implode()
    vouched = pl.col("cell_key").is_in(proven) & ~pl.col("cell_key").is_in(broken)
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


def _single_digits(cells: pl.DataFrame, broken: pl.DataFrame, compare: Compare) -> pl.DataFrame:
    """Find the numbers of which one digit was misread.

    One is taken if with it every broken identity of the number holds, no other breaks, and of no other number of these
    identities the same can be said. Numbers that were read twice alike are the publisher's.

    Returns:
        ``cell_key`` and ``new``.
    """
    trials = _trials(cells, broken)
    found: list[tuple[str, Decimal]] = []
    for _, some in trials.group_by(pl.col("report_key").rank("dense") // _MOST_REPORTS):
        found += _accepted(cells, some, broken, compare)
    return pl.DataFrame(found, schema={"cell_key": pl.String(), "new": VALUE}, orient="row")


def _trials(cells: pl.DataFrame, broken: pl.DataFrame) -> pl.DataFrame:
    """Numbers under broken identities with one digit changed so that one of these holds, numbered."""
    suspects = broken.unique(["cell_key", "difference", "unit"], maintain_order=True).join(
        cells.filter(is_recognised(), ~pl.col("method").str.contains(TWICE, literal=True)).select(
            "cell_key", "value", "raw_text", own_unit="unit"
        ),
        on="cell_key",
    )
    rows: dict[tuple[str, Decimal], str] = {}
    for row in suspects.filter(pl.col("unit") == pl.col("own_unit")).iter_rows(named=True):
        if row["difference"] is None:
            continue
        for new in (row["value"] - row["difference"], row["value"] + row["difference"]):
            if _is_one_digit(row["raw_text"] or "", row["value"], new):
                rows[row["cell_key"], new] = row["report_key"]
    frame = pl.DataFrame(
        [(report, key, new) for (key, new), report in rows.items()],
        schema={"report_key": pl.String(), "cell_key": pl.String(), "new": VALUE},
        orient="row",
    )
    few = frame.filter(pl.len().over("report_key") <= _MOST_TRIALS)
    return few.sort("report_key", "cell_key", "new").with_row_index("trial")


def _is_one_digit(text: str, value: Decimal, new: Decimal) -> bool:
    """Whether two numbers, printed to the places of a text, differ in one digit."""
    places = len(text.rpartition(".")[2].strip()) if "." in text else 0
    if places > 8 or new * value < 0:
        return False
    one, other = f"{value:.{places}f}", f"{new:.{places}f}"
    return (
        Decimal(other) == new and len(one) == len(other) and sum(a != b for a, b in zip(one, other, strict=True)) == 1
    )


def _accepted(
    cells: pl.DataFrame, trials: pl.DataFrame, broken: pl.DataFrame, compare: Compare
) -> Iterator[tuple[str, Decimal]]:
    """The trials that alone set right all identities of their number: each is a copy of its report."""
    copies = (
        trials.select("trial", "report_key", tried="cell_key", new="new")
        .join(cells, on="report_key")
        .with_columns(
            is_tried=pl.col("tried") == pl.col("cell_key"),
            report_key=pl.format("{}#{}", "report_key", "trial"),
            cell_key=pl.format("{}#{}", "cell_key", "trial"),
        )
    )
    values = copies.filter("is_tried").select("cell_key", "new", new_text=pl.lit(None, pl.String()))
    still = broken_in(compare({"extracted_cell": with_values(copies.select(cells.columns), values, pl.lit(""))}))
    still = still.with_columns(
        trial=pl.col("report_key").str.extract(r"#(\d+)$").cast(pl.UInt32),
        cell_key=pl.col("cell_key").str.replace(r"#\d+$", ""),
    )
    instances = still.select("trial", *[c for c in INSTANCE if c not in {"report_key", "target"}], "target").unique()
    left = dict(instances.group_by("trial").len().iter_rows())
    before = dict(broken.select(INSTANCE).unique().group_by("report_key").len().iter_rows())
    own = broken.select("cell_key", *INSTANCE).unique().group_by("cell_key").len()
    concerned = dict(own.iter_rows())
    touched = set(still.select("trial", "cell_key").iter_rows())
    good = [
        row
        for row in trials.iter_rows(named=True)
        if (row["trial"], row["cell_key"]) not in touched
        and left.get(row["trial"], 0) == before[row["report_key"]] - concerned[row["cell_key"]]
    ]
    members = broken.select("cell_key", *INSTANCE).unique()
    keys = pl.DataFrame({"cell_key": [row["cell_key"] for row in good]}, schema={"cell_key": pl.String()})
    rivals = members.join(keys, on="cell_key").group_by(INSTANCE).agg(many=pl.len())
    disputed = set(members.join(rivals.filter(pl.col("many") > 1), on=INSTANCE, nulls_equal=True)["cell_key"].to_list())
    for row in good:
        if row["cell_key"] not in disputed:
            yield row["cell_key"], row["new"]
