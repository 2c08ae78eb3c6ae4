"""A wrong number of a city's report cannot get in unnoticed either: one digit is changed, an error has to say so."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from random import Random

import polars as pl
import pytest

from pipelines.prove.identities import comparisons
from pipelines.prove.schemas import RAN
from tests.mutations import CHOSEN, change_digit, digits, every_finding, judge, mutated, rates, read
from tests.shared import SHARED

CITIES = SHARED / "reports" / "cities"
CHANGES = 300
SHARE = 3
"""One file of so many is read, the smallest of its city: about twenty seconds of reading instead of several minutes."""
SEED = 20261126
LEAST = 0.98
"""Share of the changes beyond rounding that must raise an error."""


def city_reports() -> list[Path]:
    """Some reports of every city, none where they are not at hand: the smaller ones of each folder."""
    folders = [
        sorted(folder.glob("*.pdf"), key=lambda path: (path.stat().st_size, path.name))
        for folder in sorted(CITIES.glob("*"))
    ]
    return [path for files in folders for path in files[: -(-len(files) // SHARE)]]


@pytest.mark.skipif(not CITIES.is_dir(), reason="the reports stand beside the clone")
def test_a_changed_digit_of_a_city_report_raises_an_error(record_property: Callable[[str, object], None]) -> None:
    """Cells under an identity, drawn from all of them alike; every report judged with what it left unread."""
    readings = [read(path) for path in city_reports()]
    cells = pl.concat([r.cells for r in readings]).unique("cell_key", maintain_order=True)
    tables = pl.concat([r.tables for r in readings])
    chosen = under_identity(cells)
    assert chosen.height == CHANGES
    told = chosen.select("copy", "report_key").join(tables, on="report_key").with_columns(report_key="copy")
    judged = judge(chosen, cells, tables, every_finding(mutated(cells, chosen), told.select(tables.columns)))
    record_property("mutations", str(rates(judged, cells)))
    beyond = judged.filter("beyond")
    assert beyond.height >= CHANGES * 3 // 4
    assert beyond["error"].mean() >= LEAST, beyond.filter(~pl.col("error"))


def under_identity(cells: pl.DataFrame) -> pl.DataFrame:
    """Choose cells that a comparison tests, and what each shall say instead (``CHOSEN``)."""
    ran = comparisons({"extracted_cell": cells}).filter(
        pl.col("result").is_in(RAN), pl.col("rule_id") != "duplicate_row"
    )
    tested = cells.filter(pl.col("cell_key").is_in(ran["cell_keys"].explode().unique().implode())).sort("cell_key")
    rng = Random(SEED)
    rows = []
    lines = tested.select("report_key", "form", "cell_key", "value", "raw_text").rows()
    for number, (key, form, cell, value, raw) in enumerate(rng.sample(lines, CHANGES)):
        text = change_digit(digits(raw or "", value), rng)
        rows.append((f"{key}#{number}", key, form, cell, value, Decimal(text), text))
    return pl.DataFrame(rows, schema=CHOSEN, orient="row")
