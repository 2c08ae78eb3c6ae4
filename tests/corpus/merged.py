"""Amounts printed once for two rows, in a cell merged over both."""

from __future__ import annotations

from tests.corpus.model import Cell, Document, Fact, Numbers, Table


def merge_amounts(document: Document, decimals: int, separators: bool) -> None:
    """Merge the amounts of the first two items of one section in every table of expenditure; the first has the sum."""
    for table in document.tables():
        if table.form in ("expenditure", "general_expenditure"):
            _merge(table, decimals, separators)


def _merge(table: Table, decimals: int, separators: bool) -> None:
    for above, below in zip(table.rows[table.header_rows :], table.rows[table.header_rows + 1 :], strict=False):
        facts = [_facts(above), _facts(below)]
        same = list(facts[0]) == list(facts[1]) and bool(facts[0])
        first, second = (next(iter(f.values()), None) for f in facts)
        if same and first is not None and second is not None and _are_items(first.fact, second.fact):
            for measure, cell in facts[0].items():
                gone = facts[1][measure]
                assert cell.fact is not None and gone.fact is not None
                value = cell.fact.value + gone.fact.value
                cell.set_value(value, Numbers(cell.fact.unit, decimals, separators).text(value))
                cell.rows = 2
                below.remove(gone)
            return


def _are_items(first: Fact | None, second: Fact | None) -> bool:
    return first is not None and second is not None and len(first.code) == 7 and first.code[:5] == second.code[:5]


def _facts(row: list[Cell]) -> dict[str, Cell]:
    return {cell.fact.measure: cell for cell in row if cell.fact is not None}
