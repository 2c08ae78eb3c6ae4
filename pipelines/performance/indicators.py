"""Performance indicators of a document: the rows of 绩效目标表 and 绩效自评表, by what their headings and words say.

Columns of dumps collapse, cells are torn, merged labels stand beside the wrong row: a row is therefore laid over the
headings as a whole. What was damaged once may be printed whole elsewhere in the report; `pipelines.repair` puts it
right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from pipelines.core.document import Document, Line
from pipelines.core.leftovers import FIGURE, Leftover, plain_figure
from pipelines.identity.report_identity import Identity
from pipelines.layout.appendix import Appendix, leftovers_of, tidy
from pipelines.performance.budget_execution import flat_budget_row
from pipelines.performance.lines import is_flat
from pipelines.performance.row import IndicatorRow, IndicatorTable
from pipelines.performance.table import table_rows

Repair = Callable[[list[IndicatorTable], str], None]
"""Puts the texts of all tables of a document right, given everything the document prints."""


@dataclass(frozen=True, slots=True)
class Performance:
    """What the performance tables of a document say.

    Attributes:
        rows: Of ``EXTRACTED_PERFORMANCE`` without ``report_key`` and ``row_no``, in reading order; values are text as
            printed, without white space. A blank is an empty string.
        leftovers: Figures of the tables that are in no row.
    """

    rows: list[dict[str, Any]]
    leftovers: list[Leftover]


def performance_rows(document: Document, identity: Identity, parts: list[Appendix], repair: Repair) -> Performance:
    """Find the indicator rows of every performance table of a document.

    Args:
        document: The document.
        identity: Its identity; the fiscal year tells which earlier years' columns are meant.
        parts: What `appendices` gives for the document.
        repair: Puts torn and damaged texts right, in place.
    """
    tables = [_table(appendix, identity.fiscal_year) for appendix in parts]
    _carry_on([table.rows for table in tables])
    repair(tables, "\n".join(tidy(t) for t in _texts(document)))
    for table, appendix in zip(tables, parts, strict=True):
        _add_flat_budget(table, appendix)
    return Performance(
        [_as_dict(table.title, row) for table in tables for row in table.rows],
        [left for table, appendix in zip(tables, parts, strict=True) for left in _leftovers(table, appendix)],
    )


def _leftovers(table: IndicatorTable, appendix: Appendix) -> Iterator[Leftover]:
    """Figures among the indicators of a table that are in none of its rows."""
    texts = [text for row in table.rows for text in (row.target_no, row.goal, row.indicator, *row.values.values())]
    weights = [row.level1_weight for row in table.rows]
    taken = frozenset(plain_figure(figure) for text in [*texts, *weights] for figure in FIGURE.findall(text))
    yield from leftovers_of(appendix.records, {row.place for row in table.rows}, taken)


def _table(appendix: Appendix, year: int | None) -> IndicatorTable:
    lines = [r for r in appendix.records if r.cols == 0]
    flat = next((r for r in lines if is_flat(r.texts[0])), None)
    text = "".join(tidy(r.texts[0]) for r in lines) if flat is not None else ""
    place = flat.place if flat is not None else appendix.place
    return IndicatorTable(appendix.title, table_rows(appendix, year), text, place)


def _add_flat_budget(table: IndicatorTable, appendix: Appendix) -> None:
    """Give a table whose cells lost their order the row of its budget, where none was read."""
    if table.flat and not any(row.fixed and row.values.get("target") for row in table.rows):
        found = (flat_budget_row(r.texts[0], r.place) for r in appendix.records if r.cols == 0 and is_flat(r.texts[0]))
        table.rows[:0] = [row for row in found if row is not None][:1]


def _texts(document: Document) -> Iterator[str]:
    for block in document.blocks:
        if isinstance(block, Line):
            yield block.text
        else:
            yield from (cell.text for cell in block.cells)


def _as_dict(title: str, row: IndicatorRow) -> dict[str, Any]:
    return {
        "table_title": title,
        "target_no": row.target_no,
        "goal": row.goal,
        "level1": row.level1,
        "level2": row.level2,
        "indicator": row.indicator,
        "target_value": row.values.get("target", ""),
        "actual_value": row.values.get("actual", ""),
        "score": row.values.get("score", ""),
        "weight": row.values.get("weight", ""),
        "rate": row.values.get("rate", ""),
        "prior_1": row.values.get("prior_1", ""),
        "prior_2": row.values.get("prior_2", ""),
        "page": row.place.page,
        "source_line": row.place.line,
        "origin": row.place.origin,
    }


def _carry_on(tables: list[list[IndicatorRow]]) -> None:
    """Give targets that go on with an earlier table's numbers back to it: dumps print a page's title first."""
    for i, rows in enumerate(tables):
        first = next((r.target_no for r in rows if r.numbered), "")
        if not first.isdigit() or int(first) < 2:
            continue
        for earlier in reversed(tables[:i]):
            numbers = [int(r.target_no) for r in earlier if r.target_no.isdigit()]
            if numbers and max(numbers) == int(first) - 1:
                moved = [r for r in rows if r.numbered]
                rows[:] = [r for r in rows if not r.numbered]
                earlier.extend(moved)
                break
