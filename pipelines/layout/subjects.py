"""Tables by subject (code, name, measures), in one or several blocks side by side, and tables of named rows."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from pipelines.core.document import Cell, Grid
from pipelines.core.folding import key, squeeze
from pipelines.core.lexicon import GRAND_TOTALS
from pipelines.layout.rows import (
    CODE,
    TOTAL,
    Heading,
    Row,
    column_span,
    counting_columns,
    data_rows,
    has_words,
    header_height,
    headings_of,
    is_amount,
    is_other_stage,
    is_other_year,
    path_over,
    reading_of,
    repeated_header,
    split_code,
    value_of,
)
from pipelines.layout.table import Table
from pipelines.statements.catalogue import Form, catalogue
from pipelines.statements.forms import measure_of

_CODE_HEADING = re.compile(r"(?:编码|代码)$|^(?:类|款|项)$|(?:^|/)科目编?码")
_NAME_HEADING = re.compile(r"名称$|^项目$|^科目$|^(?:功能|经济)?(?:分类)?科目$|^(?:支出)?(?:功能|经济)分类$|^单位$")
_UNIT_CODE = re.compile(r"(?:部门|单位)(?:代码|编码)")  # of a body, not of a subject
_CODE_LIKE = re.compile(r"\d{3,4}\s?\d{0,3}|\d{7}")
_CODE_PIECE = re.compile(r"\d{2,3}|\d{5}|\d{7}|类|款|项")
_IGNORED_HEADING = re.compile(r"增减|增长|比上年|%|占比|备注|说明|序号|^行次?$")


@dataclass(slots=True)
class Block:
    """Columns of one block: what leads a row, and the measure of each column of numbers."""

    lead: list[int] = field(default_factory=list)
    codes: list[int] = field(default_factory=list)
    values: dict[int, str] = field(default_factory=dict)
    grouped: bool = False  # rows of names, the first of which may head several rows


@dataclass(slots=True)
class _Reader:
    form: Form
    year: int | None
    stage: str
    headings: list[Heading] = field(default_factory=list)
    counted: list[int] = field(default_factory=list)
    cols: int = 0
    blocks: list[Block] = field(default_factory=list)
    groups: dict[int, str] = field(default_factory=dict)
    unread: list[str] = field(default_factory=list)


def subject_rows(table: Table, form: Form, stage: str, year: int | None) -> tuple[list[Row], list[str]]:
    """Read a table by subject.

    Args:
        table: The table; its grids follow each other over page breaks.
        form: What its columns may mean.
        stage: ``budget`` or ``final``; columns of the other stage are no figures of this table.
        year: The fiscal year; a column headed by another year is not this report's figure.

    Returns:
        The rows in printed order, and headings over numbers that no measure of the form claims.
    """
    reader = _Reader(form, year, stage)
    rows: list[Row] = []
    for index, grid in enumerate(table.grids):
        height = repeated_header(grid, reader.headings) if rows else header_height(grid)
        if height:
            found = headings_of(grid, height)
            reader.headings = found if rows else [*reader.headings, *found]  # a page break may part the headings
            reader.counted, reader.cols = counting_columns(grid, height), grid.cols
        blocks = _blocks_for(reader, grid, height)
        _read_grid(grid, height, blocks, rows, reader.groups, resumed=index > 0)
    if rows and rows[0].readings and not rows[0].name and not rows[0].code:
        rows[0].name = TOTAL  # its name stands among the headings
    unread = [text for row in rows for text in row.unread]
    return [r for r in rows if r.readings or r.code], [*reader.unread, *unread]


def _blocks_for(reader: _Reader, grid: Grid, height: int) -> list[Block]:
    """The columns of a grid; a grid of a dump whose columns collapsed is lined up from the right."""
    if grid.edges is not None:
        blocks = _blocks_by_headings(reader, grid, height)
    else:
        blocks = _blocks_of_dump(reader, grid, height)
    if any(b.values for b in blocks):
        reader.blocks = blocks
    _rename_totals(blocks)
    return blocks


def _blocks_by_headings(reader: _Reader, grid: Grid, height: int) -> list[Block]:
    blocks: list[Block] = []
    block = Block()
    seen: set[str] = set()
    for col in range(grid.cols):
        path = path_over(reader.headings, *column_span(grid, col))
        role = _role(reader, path, grid, col, height)
        if role in ("code", "name"):
            if block.values:
                blocks.append(block)
                block, seen = Block(), set()
            block.lead.append(col)
            if role == "code":
                block.codes.append(col)
        elif role is not None and role not in seen:
            block.values[col] = role
            seen.add(role)
        elif _numbers(grid, col, height) and not _is_known_aside(path, reader.year):
            reader.unread.append("/".join(path))
    for found in (*blocks, block):
        found.grouped = not found.codes
    return [*blocks, block]


def _is_known_aside(path: list[str], year: int | None) -> bool:
    """Whether a column is understood and left aside: another year's figures, changes, remarks."""
    return is_other_year(path, year) or bool(path and _IGNORED_HEADING.search(path[-1]))


def _role(reader: _Reader, path: list[str], grid: Grid, col: int, height: int) -> str | None:
    """What a column holds: ``code``, ``name``, a measure, or nothing we know."""
    last = path[-1] if path else ""
    if _CODE_HEADING.search(last):
        return None if _UNIT_CODE.search(last) else "code"
    if _NAME_HEADING.search(last):
        return "name"
    aside = any(_IGNORED_HEADING.search(p) for p in path[-2:])
    if aside or is_other_year(path, reader.year) or is_other_stage(path, reader.stage):
        return None
    texts = [c.text for r in range(height, grid.rows) if (c := grid.at(r, col)) is not None and c.text.strip()]
    if sum(map(has_words, texts)) > len(texts) / 2:
        return "name"
    coded = bool(texts) and all(_CODE_LIKE.fullmatch(t.strip()) for t in texts)
    return measure_of(path, reader.form.measures) or ("code" if coded else None)


def _numbers(grid: Grid, col: int, height: int) -> int:
    return sum(
        (r := reading_of(grid.at(row, col))) is not None and r.number.value is not None
        for row in range(height, grid.rows)
    )


def _blocks_of_dump(reader: _Reader, grid: Grid, height: int) -> list[Block]:
    """Columns of a dump: headings give the order of the measures, a counting row or the names their places."""
    names = [c for c in range(grid.cols) if _is_name_column(reader, grid, c, height)]
    measures = _measures_of_dump(reader)
    if len(names) > 1 or not measures:
        return _blocks_by_headings(reader, grid, height)
    if not _has_codes(grid, height):
        return [_block_of_names(grid, height, measures)]
    first = _last_lead_column(grid, height) + 1
    placed = _columns_under(reader, measures)
    if height and len(reader.counted) == len(measures) and reader.counted[0] >= first:
        columns = reader.counted
    elif (
        placed and placed[0] >= first and all(c in placed for c in range(first, grid.cols) if _numbers(grid, c, height))
    ):
        columns = placed
    else:  # the numbers follow the name
        columns = list(range(first, min(grid.cols, first + len(measures))))
    block = Block(values=dict(zip(columns, measures, strict=False)))
    block.lead = list(range(columns[0] if columns else grid.cols))
    return [block]


def _has_codes(grid: Grid, height: int) -> bool:
    texts = [c.text for _, cells in data_rows(grid, height) for c in cells if "." not in c.text]
    return any(CODE.match(split_code(text)[0]) for text in texts)  # a 0 is none


def _block_of_names(grid: Grid, height: int, measures: list[str]) -> Block:
    """A dump's table of named rows, or of one row without a name: the measures stand in the last columns."""
    first = max(0, grid.cols - len(measures))
    values = dict(zip(range(first, grid.cols), measures, strict=False))
    return Block(list(range(first)), values=values, grouped=first > 1)


def _last_lead_column(grid: Grid, height: int) -> int:
    """The column in which the names of coded rows end, or the codes where they follow the names."""
    found: Counter[int] = Counter()
    for _, cells in data_rows(grid, height):
        named = [c.col for c in cells if has_words(c.text)]
        if named and any(split_code(c.text)[0] for c in cells if c.col <= named[-1]):
            found[named[-1]] += 1
    if found:
        return found.most_common(1)[0][0]
    last = 0
    while last + 1 < grid.cols and _is_code_column(grid, last + 1, height):
        last += 1
    return last


def _is_code_column(grid: Grid, col: int, height: int) -> bool:
    texts = [c.text for r in range(height, grid.rows) if (c := grid.at(r, col)) is not None and c.text.strip()]
    return bool(texts) and all(_CODE_PIECE.fullmatch(t) for t in texts)


def _is_name_column(reader: _Reader, grid: Grid, col: int, height: int) -> bool:
    """Whether a column of a dump holds names beside codes: several of them make several blocks."""
    if reader.form.classification != "economic":
        return False
    texts = [c.text for r in range(height, grid.rows) if (c := grid.at(r, col)) is not None and c.text.strip()]
    return sum(map(has_words, texts)) > len(texts) / 2 and bool(texts)


def _measures_of_dump(reader: _Reader) -> list[str]:
    """Measures in the order of the headings, else the statutory order for that many columns."""
    by_column = _paths_of_dump(reader)
    measures: list[str] = []
    for start in sorted(by_column):
        path = by_column[start]
        if _CODE_HEADING.search(path[-1]) or _NAME_HEADING.search(path[-1]):
            continue
        measure = measure_of(path, reader.form.measures)
        if measure is not None and measure not in measures:
            measures.append(measure)
    if not measures:  # headings pushed to the left may stand over those of code and name
        alone = [measure_of([h.text], reader.form.measures) for h in reader.headings]
        measures = [m for m in dict.fromkeys(alone) if m is not None]
    count = len(reader.counted)
    if count and count != len(measures):
        return list(reader.form.order.get(count, measures))
    return measures


def _columns_under(reader: _Reader, measures: list[str]) -> list[int]:
    """The columns whose headings mean some measures, in their order; empty where not each has one."""
    paths = _paths_of_dump(reader)
    found = {measure_of(paths[start], reader.form.measures): int(start) for start in sorted(paths, reverse=True)}
    columns = [found[m] for m in measures if m in found]
    return columns if len(columns) == len(measures) and columns == sorted(columns) else []


def _paths_of_dump(reader: _Reader) -> dict[float, list[str]]:
    """The headings that begin in each column of a dump, from top to bottom."""
    paths: dict[float, list[str]] = {}
    for heading in reader.headings:
        paths.setdefault(heading.start, []).append(heading.text)
    return paths


def _rename_totals(blocks: list[Block]) -> None:
    """``amount`` is the measure of a single column; beside its parts the same column is the ``total``."""
    for block in blocks:
        measures = set(block.values.values())
        if measures == {"total"} and not block.codes:
            continue
        if "amount" in measures and measures & {"personnel", "public"} and "total" not in measures:
            block.values = {c: "total" if m == "amount" else m for c, m in block.values.items()}


def _read_grid(
    grid: Grid, height: int, blocks: list[Block], rows: list[Row], groups: dict[int, str], *, resumed: bool
) -> None:
    """Append the rows of a grid, putting together what a page break tore."""
    for number, (index, cells) in enumerate(data_rows(grid, height)):
        previous = rows[-len(blocks) :] if len(rows) >= len(blocks) else []
        above_codes = [
            next((r.code for r in reversed(rows[n :: len(blocks)]) if r.code), "") for n in range(len(blocks))
        ]
        fresh = [_read_row(grid, index, b, groups, c) for b, c in zip(blocks, above_codes, strict=True)]
        if previous and number == 0 and resumed and _is_rest(fresh):
            for row, rest in zip(previous, fresh, strict=True):
                row.name += rest.name
            continue
        for n, row in enumerate(fresh):
            above = previous[n] if previous else None
            if above is not None and _is_torn(above, row, first=resumed and number == 0):
                above.name += row.name
                above.readings = row.readings
                fresh[n] = Row()
        _lend_amounts(fresh, blocks, cells)
        rows.extend(fresh)


def _is_torn(above: Row, row: Row, *, first: bool) -> bool:
    """Whether a row holds only the amounts of the one above it (and, first on a page, the rest of its name)."""
    alone = bool(row.readings) and not row.code and (first or not row.name)
    return alone and not above.readings and bool(above.name or above.code)


def _lend_amounts(rows: list[Row], blocks: list[Block], cells: list[Cell]) -> None:
    """A total over several blocks (公用经费合计) takes the number that stands in the last of them."""
    if len(blocks) == 1:
        return
    claimed = {c for b in blocks for c in (*b.lead, *b.values)}
    loose = [r for c in cells if c.col not in claimed and (r := reading_of(c)) is not None]
    for n, row in enumerate(rows):
        if not row.name or row.code or row.readings:
            continue
        later = next((r for r in rows[n + 1 :] if r.readings or r.name or r.code), None)
        if later is not None and later.readings and not later.name and not later.code:
            row.readings, later.readings = later.readings, {}
        elif later is None and len(loose) == 1:
            row.readings = {next(iter(blocks[n].values.values()), "amount"): loose[0]}


def _is_rest(rows: list[Row]) -> bool:
    """Whether a first row on a page only carries on names from the page before."""
    named = [r for r in rows if r.name]
    complete = catalogue().line_names
    return bool(named) and all(not r.code and not r.readings and not complete.fullmatch(key(r.name)) for r in rows)


def _read_row(grid: Grid, index: int, block: Block, groups: dict[int, str], above_code: str) -> Row:
    """One block of a row; ``groups`` remembers the merged names that head several rows."""
    lead = [c for c in dict.fromkeys(block.lead) if (cell := grid.at(index, c)) is not None and _begins(cell, c, block)]
    parts = [(col, grid.at(index, col), *split_code(_text_at(grid, index, col))) for col in lead]
    pieces = {col: code for col, _, code, _ in parts if code}
    names = [name for *_, name in parts if name]
    row = Row(place=next((cell.place for _, cell, _, name in parts if cell is not None and name), grid.place))
    if block.grouped and len(block.lead) > 1:
        names = _with_group(grid, index, block.lead[0], names, groups)
    for col, measure in block.values.items():
        cell = grid.at(index, col)
        if cell is None or any(cell is other for _, other, *_ in parts):
            continue
        if not names and has_words(cell.text) and not re.search(r"\d", cell.text):
            row.name += key(cell.text)  # a dump may push 合 计 into the columns of numbers
        elif (reading := value_of(cell, row.unread)) is not None:
            row.readings[measure] = reading
    row.unread += [squeeze(c.text) for _, c, code, name in parts if c and not code and not name and is_amount(c.text)]
    row.code = join_code(pieces, block.codes, above_code)
    if not row.code and any(key(n) in GRAND_TOTALS for n in names):
        names = [TOTAL]
    row.name = row.name or ("/" if block.grouped and not row.code else "").join(names)
    if key(row.name) in GRAND_TOTALS:
        row.name = TOTAL
    return row


def _begins(cell: Cell, col: int, block: Block) -> bool:
    """Whether a column is the first of its block that a (merged) cell covers."""
    return col == max(cell.col, block.lead[0])


def _text_at(grid: Grid, row: int, col: int) -> str:
    cell = grid.at(row, col)
    return cell.text if cell is not None else ""


def _with_group(grid: Grid, index: int, col: int, names: list[str], groups: dict[int, str]) -> list[str]:
    """The names of a row with the name of its group in front, which is printed once for several rows."""
    cell = grid.at(index, col)
    if cell is None or cell.col_span > 1:
        return names
    if own := split_code(cell.text)[1]:
        groups[col] = own
        return names
    return [groups[col], *names] if groups.get(col) else names


def join_code(pieces: dict[int, str], columns: list[int], above: str) -> str:
    """One code out of the pieces that stand in one to three columns (201 | 06 | 01).

    Args:
        pieces: Digits by column.
        columns: The columns of codes; a piece in the second or third of them alone goes on with the code above.
        above: The code of the row above.
    """
    code = ""
    if pieces and len(columns) > 1 and min(pieces) in columns[1:] and len(pieces[min(pieces)]) == 2:
        code = above[: 1 + 2 * columns.index(min(pieces))]
    for col in sorted(pieces):
        piece = pieces[col]
        code = piece if code and piece.startswith(code) else code + piece  # a dump may repeat the class
    return code
