"""The table of the three public expenses: categories across, or down."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipelines.core.document import Grid
from pipelines.core.folding import key
from pipelines.core.lexicon import CJK, TOTALS
from pipelines.layout.rows import (
    Heading,
    Reading,
    Row,
    column_span,
    counting_columns,
    data_rows,
    has_words,
    header_height,
    headings_of,
    is_other_year,
    path_over,
    reading_of,
)
from pipelines.layout.table import Table
from pipelines.statements.catalogue import Form, catalogue
from pipelines.statements.forms import measure_of

_STAGES = ("budget", "final")
_BESIDE = "operating_cost"
"""A form of its own, which some provinces print as one more column of this table."""

_IGNORED = re.compile(r"^行次?$|编码|代码|增减|增长|比上年|%|备注|说明|人数|人次|批次|团组|数量|辆")


def three_public_rows(table: Table, form: Form, stage: str, year: int | None) -> tuple[list[Row], list[str]]:
    """Read the table of the three public expenses into one row 合计.

    Args:
        table: The table.
        form: Its declaration, for the statutory order of dumps.
        stage: ``budget`` or ``final``: what a column means that says neither 预算数 nor 决算数.
        year: The fiscal year; columns headed by another year are left out.

    Returns:
        One row, one of form ``operating_cost`` where that stands beside them, and numbers that were not understood.
    """
    unread: list[str] = []
    lines = [line for grid in table.grids for line in _lines(grid, form, stage, year, unread)]
    totals = [found for label, found in lines if label in TOTALS]
    if not totals and sum(bool(label) for label, _ in lines) > 1:
        unread += [r.text for _, found in lines for r in found.values()]  # units side by side, and no total of them
        return [], unread
    row = Row(name="合计", place=table.place)
    for found in totals[:1] or [found for _, found in lines]:
        for measure, reading in found.items():
            row.readings.setdefault(measure, reading)
    beside = {s: row.readings.pop(f"{s}_{_BESIDE}") for s in _STAGES if f"{s}_{_BESIDE}" in row.readings}
    unread += [reading.text for s, reading in beside.items() if s != stage]
    for prefix in ("budget_", "final_"):  # 三公/合计 is the total unless meetings and training are added to it
        lone = row.readings.keys().isdisjoint({f"{prefix}total", f"{prefix}meeting", f"{prefix}training"})
        if lone and f"{prefix}three_public" in row.readings:
            row.readings[f"{prefix}total"] = row.readings.pop(f"{prefix}three_public")
    rows = [row] if row.readings else []
    if stage in beside:
        rows.append(Row(name="合计", place=table.place, form=_BESIDE, readings={"amount": beside[stage]}))
    return rows, unread


def _lines(
    grid: Grid, form: Form, stage: str, year: int | None, unread: list[str]
) -> Iterator[tuple[str, dict[str, Reading]]]:
    """The rows of a grid: the words before the numbers (none where categories stand down), numbers by measure."""
    height = header_height(grid)
    headings = headings_of(grid, height) if grid.edges is not None else _spread_headings(grid, height)
    counted = counting_columns(grid, height)
    order = form.order.get(len(counted), ()) if grid.edges is None else ()
    pushed = grid.edges is None and _is_pushed(grid, height)
    down = _is_down(grid, height)
    for index, cells in data_rows(grid, height):
        found: dict[str, Reading] = {}
        for cell in cells:
            reading = reading_of(cell)
            path = path_over(headings, *column_span(grid, cell.col, cell.col_span))
            if reading is None or is_other_year(path, year) or any(_IGNORED.search(p) for p in path[-1:]):
                continue
            if order and cell.col in counted:
                measure: str | None = order[counted.index(cell.col)]
            else:
                measure = None if pushed else _measure(path, grid, index, stage, down=down)
            if measure is None:
                unread.append(cell.text)
            else:
                found.setdefault(
                    measure if measure.startswith(("budget_", "final_")) else f"{stage}_{measure}", reading
                )
        label = "" if down else key("".join(c.text for c in cells if has_words(c.text)))
        if found and not is_other_year([label], year):
            yield label, found


def _spread_headings(grid: Grid, height: int) -> list[Heading]:
    """Headings of a dump, where a merged one fills its first cell: it reaches over blanks with headings below."""
    found: list[Heading] = []
    for row in range(height):
        texts = [key(c.text) for c in grid.row(row)]
        for col, text in enumerate(texts):
            if not CJK.search(text):
                continue
            stop = col + 1
            while stop < grid.cols and not texts[stop] and _has_text_below(grid, row, stop, height):
                stop += 1
            found.append(Heading(text, col, stop))
    return found


def _has_text_below(grid: Grid, row: int, col: int, height: int) -> bool:
    return any((cell := grid.at(r, col)) is not None and CJK.search(cell.text) for r in range(row + 1, height))


def _is_pushed(grid: Grid, height: int) -> bool:
    """Whether a dump pushed the headings of a row to the left, so that they stand over other columns.

    One that left the blanks before a lower heading in their place did not.
    """
    rows = [[c.col for c in grid.row(row) if CJK.search(c.text)] for row in range(height)]
    if any(filled and filled[0] > 0 for filled in rows):
        return False
    return any(len(filled) > 1 and filled == list(range(len(filled))) and len(filled) < grid.cols for filled in rows)


def _is_down(grid: Grid, height: int) -> bool:
    """Whether the categories stand one below the other."""
    names = [c.text for r, cells in data_rows(grid, height) for c in cells[:2] if has_words(c.text)]
    return sum(any(word in name for word in ("接待", "公务用车", "出国")) for name in names) >= 2


def _measure(path: list[str], grid: Grid, row: int, stage: str, *, down: bool) -> str | None:
    said = {p for p in path if p.endswith(("预算数", "决算数")) or "预算" in p or "决算" in p}
    prefix = stage
    if any("决算" in p for p in said) and not any("预算" in p for p in said):
        prefix = "final"
    elif any("预算" in p for p in said) and not any("决算" in p for p in said):
        prefix = "budget"
    if down:
        names = [re.sub(r"\s", "", c.text) for c in grid.row(row) if has_words(c.text)]
        path = names[:1]
    else:
        path = [p for p in path if p not in ("预算数", "决算数", "年初预算数", "全年预算数", "调整预算数")]
    category = measure_of(path, catalogue().three_public)
    if category == "total" and len(path) > 1 and path[-1] in ("小计", "合计"):
        category = measure_of(path[:-1], catalogue().three_public)
        category = "three_public" if category == "total" else category
    return f"{prefix}_{category}" if category else None
