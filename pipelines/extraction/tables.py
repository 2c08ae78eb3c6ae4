"""From a document to its tables and their rows: which layout reads which form."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from pipelines.core.document import Document
from pipelines.core.folding import key
from pipelines.core.lexicon import TOTALS
from pipelines.core.stated import Stated
from pipelines.extraction.reprints import set_aside_reprints
from pipelines.extraction.unread import tell_table
from pipelines.formats.text.marked import Piece, ruled_grid
from pipelines.identity.owners import Owner, owners
from pipelines.identity.report_identity import Identity, identity_of
from pipelines.layout.balances import balance_rows
from pipelines.layout.procurement import procurement_rows
from pipelines.layout.results import ReadCell, ReadTable
from pipelines.layout.rows import Reading, Row
from pipelines.layout.subjects import subject_rows
from pipelines.layout.table import Table
from pipelines.layout.table_reading import has_blocks, read_table
from pipelines.layout.tables import tables_of
from pipelines.layout.three_public import three_public_rows
from pipelines.layout.units import settle_named_units
from pipelines.repair.damaged_rows import Coded, restore
from pipelines.repair.unmarked_balances import balance_rows_of_lines
from pipelines.repair.unmarked_lines import (
    Evidence,
    subject_rows_of_lines,
    three_public_rows_of_lines,
)
from pipelines.statements.catalogue import Form

_SUBJECT_CODE = re.compile(r"[235]\d\d(?:\d\d){0,2}")  # functional classes begin with 2, economic ones with 3 or 5
_OWN_CODES = ("procurement", "purchase_of_services")  # whose categories carry letters and codes of their own
Result = tuple[list[Row], list[str]]


@dataclass(frozen=True, slots=True)
class Interpretation:
    """What a document says."""

    identity: Identity
    tables: list[ReadTable]
    cells: list[ReadCell]


def interpret(document: Document, stated: Stated | None = None) -> Interpretation:
    """Interpret a document: identity, tables in reading order, cells.

    Args:
        document: The document.
        stated: What its source card says of its identity.
    """
    tables = tables_of(document)
    identity = identity_of(document, tables, stated)
    evidence = Evidence.of(document)
    read: dict[int, ReadTable] = {}
    owned = {id(table): owner for table, owner in zip(tables, owners(tables, identity), strict=True)}
    # Tables by economic subject are read first: they settle what lines without column marks leave open elsewhere.
    for table in sorted(tables, key=lambda t: t.form is None or not t.form.divides_basic):
        read[id(table)] = _read_owned(table, identity, evidence, owned[id(table)])
    in_order = [read[id(t)] for t in tables]
    set_aside_reprints(in_order)
    if document.is_dump:  # only a dump is damaged in ways that the report's other tables can mend
        restore([Coded(t.form, t.rows, t.table.unit or "") for t in in_order if t.form and any(r.code for r in t.rows)])
    return Interpretation(identity, in_order, _cells(in_order))


def _read_owned(table: Table, identity: Identity, evidence: Evidence, owner: Owner) -> ReadTable:
    """Read a table as what it is: the body's, a unit's below it, last year's, or none of the report's."""
    if owner.refused:
        return ReadTable(table, None, unread=[tell_table(table, owner.refused)])
    read = _read(table, identity, evidence) if owner.year is None else _read_of_year(table, identity, owner.year)
    for row in read.rows:
        row.sub_unit = row.sub_unit or owner.sub_unit
    return read


def _read_of_year(table: Table, identity: Identity, year: int) -> ReadTable:
    """Read a table of another year than the report's: of the year before, what has a name as such."""
    form = table.form
    if form is not None and _has_points(table, form) and year + 1 == identity.fiscal_year:
        body = identity.unit_full_name or identity.unit_name
        found = read_table(table, form, identity.stage or "budget", identity.fiscal_year, body, own_year=year)
        if any(row.readings for row in found.rows):
            left = f"{year} 年的表中有 {len(found.unread)} 个数字未读入" if found.unread else ""
            return ReadTable(table, found.form, found.rows, [left] if left else [])
    return ReadTable(table, None, unread=[tell_table(table, f"表为 {year} 年，报告为 {identity.fiscal_year} 年")])


def _has_points(table: Table, form: Form) -> bool:
    """Whether a table is read by its coordinates."""
    by_place = bool(table.grids) and all(g.edges is not None for g in table.grids)
    return by_place and form.layout != "balance" and not has_blocks(table)


def _read(table: Table, identity: Identity, evidence: Evidence) -> ReadTable:
    form = table.form
    if form is None:
        return ReadTable(table, None)
    stage, year = identity.stage or "budget", identity.fiscal_year
    if _has_points(table, form):
        found = read_table(table, form, stage, year, identity.unit_full_name or identity.unit_name)
        return ReadTable(table, found.form, found.rows, found.unread)
    if table.grids:
        rows, unread = _read_grids(table, form, stage, year)
        if form.layout == "subject":
            settle_named_units(rows, identity.unit_full_name or identity.unit_name)
        bordered = None if any(row.readings for row in rows) else _bordered(table)
        if bordered is not None and form.layout != "balance" and not has_blocks(bordered):
            found = read_table(bordered, form, stage, year, identity.unit_full_name or identity.unit_name)
            return ReadTable(bordered, found.form, found.rows, found.unread)
    else:
        rows, unread = _read_lines(table, form, stage, evidence)
    name = form.name
    if form.without_subjects and rows and not any(r.code for r in rows):
        if any(r.name and key(r.name) not in TOTALS for r in rows):
            return ReadTable(table, None)  # spending by unit or project is no statutory form
        name = form.without_subjects
        for row in rows:
            row.name = row.name or "合计"
    return ReadTable(table, name, rows, unread)


def _bordered(table: Table) -> Table | None:
    """A table of a dump of which nothing was understood, its columns taken for certain where all rows are as wide."""
    grids = []
    for grid in table.grids:
        rows = [grid.row(row) for row in range(grid.rows)]
        if grid.edges is not None or any(len(row) != grid.cols for row in rows):
            return None
        grids.append(ruled_grid([[Piece(cell.text, cell.place.line or 0) for cell in row] for row in rows]))
    return replace(table, grids=grids)


def _read_grids(table: Table, form: Form, stage: str, year: int | None) -> Result:
    match form.layout:
        case "balance":
            return balance_rows(table, stage, year)
        case "three_public":
            return three_public_rows(table, form, stage, year)
        case "procurement":
            return procurement_rows(table)
        case _:
            return subject_rows(table, form, stage, year)


def _read_lines(table: Table, form: Form, stage: str, evidence: Evidence) -> Result:
    match form.layout:
        case "balance":
            return balance_rows_of_lines(table)
        case "three_public":
            return three_public_rows_of_lines(table, stage, evidence)
        case _:
            rows, unread = subject_rows_of_lines(table, form, evidence)
            if form.divides_basic:
                evidence.note(rows)
            return rows, unread


def _cells(tables: list[ReadTable]) -> list[ReadCell]:
    """The numbers of all recognised tables; a number that could not be read goes to ``unread`` of its table."""
    cells: list[ReadCell] = []
    counts: dict[tuple[str, str], int] = {}
    for number, read in enumerate(tables, 1):
        if read.form is None:
            continue
        for row in read.rows:
            form = row.form or read.form
            row_no = counts[form, row.side] = counts.get((form, row.side), 0) + (not row.same_line)
            for measure, reading in row.readings.items():
                value = reading.number.value
                misread = row.code != "" and not _SUBJECT_CODE.fullmatch(row.code) and form not in _OWN_CODES
                unit = read.table.unit if reading.number.unit is None else reading.number.unit
                if value is None or not unit or misread or not (row.code or row.name):
                    read.unread.append(f"{row.code} {row.name} {measure} {reading.text}".strip())
                    continue
                cells.append(
                    ReadCell(
                        table_no=number,
                        form=form,
                        side=row.side,
                        row_no=row_no,
                        line_no=row.line_no,
                        code=row.code,
                        name=row.name,
                        measure=measure,
                        value=value,
                        unit=unit,
                        place=reading.place,
                        text=reading.text,
                        method=_method(read.table, row, reading),
                        heading=reading.heading,
                        sub_unit=row.sub_unit,
                        economic_code=row.economic_code,
                        gov_economic_code=row.gov_economic_code,
                        project=row.project,
                        fund=row.fund,
                        period=row.period,
                    )
                )
    return cells


def _method(table: Table, row: Row, reading: Reading) -> str:
    base = table.grids[0].method if table.grids else "lines"
    return "; ".join([base, *dict.fromkeys([*row.notes, *reading.notes])])
