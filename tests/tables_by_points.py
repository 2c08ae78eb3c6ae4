"""Tables read by coordinates, for tests: a title and a grid in, rows out."""

from __future__ import annotations

from pipelines.core.document import Place
from pipelines.layout.rows import Row
from pipelines.layout.table import Table
from pipelines.layout.table_reading import TableReading, read_table
from pipelines.statements.forms import form_of_title
from tests.printed_tables import grid

BODY = "某市林业局"


def read(title: str, *pages: str, stage: str = "budget", year: int = 2026) -> TableReading:
    form = form_of_title(title)
    assert form is not None, title
    grids = [grid(text, n) for n, text in enumerate(pages, 1)]
    return read_table(Table(form, title, Place(1), grids, unit="万元"), form, stage, year, BODY)


def printed(rows: list[Row]) -> list[tuple[str, ...]]:
    """Code or name, measure, value, and the coordinates beside them that are not empty."""
    return [
        (
            *(row.code or row.name, measure, reading.text),
            *filter(None, (row.sub_unit, row.economic_code, row.gov_economic_code, row.fund)),
        )
        for row in rows
        for measure, reading in row.readings.items()
    ]
