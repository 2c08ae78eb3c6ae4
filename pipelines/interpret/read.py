"""From the tables of a document to rows and cells: which layout reads which form."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from pipelines.extract.document import Document, Place
from pipelines.interpret.balances import balance_rows
from pipelines.interpret.flow import (
    Evidence,
    balance_rows_of_lines,
    subject_rows_of_lines,
    three_public_rows_of_lines,
)
from pipelines.interpret.identity import Identity, identity_of
from pipelines.interpret.procurement import procurement_rows
from pipelines.interpret.rows import Row
from pipelines.interpret.subjects import subject_rows
from pipelines.interpret.tables import Table, tables_of
from pipelines.interpret.three_public import three_public_rows


@dataclass(slots=True)
class TableRows:
    """A recognised table with its rows."""

    table: Table
    form: str
    rows: list[Row]
    unread: list[str]


@dataclass(slots=True)
class FlatCell:
    """One number of a recognised form."""

    table_no: int
    form: str
    side: str
    row_no: int
    line_no: str | None
    code: str
    name: str
    measure: str
    value: Decimal
    unit: str
    place: Place
    text: str
    method: str

    @property
    def page(self) -> int | None:
        """Page of the number."""
        return self.place.page


@dataclass(slots=True)
class Interpretation:
    """What a document says."""

    identity: Identity
    tables: list[Table]
    read: list[TableRows]
    cells: list[FlatCell] = field(default_factory=list)

    @property
    def stage(self) -> str | None:
        """Stage of the report."""
        return self.identity.stage

    @property
    def unread(self) -> list[str]:
        """Headings over numbers nobody claims."""
        return [u for t in self.read for u in t.unread]


def rows_of_tables(document: Document) -> Interpretation:
    """Interpret a document."""
    tables = tables_of(document)
    identity = identity_of(document, tables)
    evidence = Evidence()
    in_order = sorted((t for t in tables if t.form), key=lambda t: t.form.layout != "subject" or "economic" not in t.form.name)
    found = {id(t): _read(t, identity, evidence) for t in in_order}
    read = [r for t in tables if (r := found.get(id(t))) is not None]
    result = Interpretation(identity, tables, read)
    result.cells = [c for n, t in enumerate(read, 1) for c in _cells(n, t)]
    return result


def _read(table: Table, identity: Identity, evidence: Evidence) -> TableRows | None:
    form = table.form
    if form is None:
        return None
    stage, year = identity.stage or "budget", identity.fiscal_year
    if not table.grids:
        if form.layout == "balance":
            rows, unread = balance_rows_of_lines(table)
        elif form.layout == "three_public":
            rows, unread = three_public_rows_of_lines(table, stage, evidence)
        else:
            rows, unread = subject_rows_of_lines(table, form, evidence)
            _note_evidence(form.name, rows, evidence)
    elif form.layout == "balance":
        rows, unread = balance_rows(table, year)
    elif form.layout == "three_public":
        rows, unread = three_public_rows(table, form, stage, year)
    elif form.layout == "procurement":
        rows, unread = procurement_rows(table)
    else:
        rows, unread = subject_rows(table, form, year)
    name = form.name
    if name == "expenditure" and rows and not any(r.code for r in rows):
        name = "expenditure_total"
        for row in rows:
            row.name = row.name or "合计"
    return TableRows(table, name, rows, unread)


def _note_evidence(form: str, rows: list[Row], evidence: Evidence) -> None:
    """Remember what a table by economic subject states."""
    if not form.endswith("economic"):
        return
    for row in rows:
        reading = row.readings.get("total") or row.readings.get("amount")
        if reading is None or reading.number.value is None:
            continue
        if row.code:
            evidence.economic[row.code] = reading.number.value
        elif row.name == "合计":
            evidence.basic.add(reading.number.value)


def _cells(number: int, read: TableRows) -> list[FlatCell]:
    cells: list[FlatCell] = []
    for row_no, row in enumerate(read.rows, 1):
        for measure, reading in row.readings.items():
            if reading.number.value is None:
                continue
            cells.append(
                FlatCell(
                    number, read.form, row.side, row_no, row.line_no, row.code, row.name, measure,
                    reading.number.value, read.table.unit or "元", reading.place, reading.text, "",
                )
            )
    return cells
