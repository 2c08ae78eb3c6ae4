"""Tables of a document: grids joined over page breaks, with title, form and unit of money."""

from __future__ import annotations

import re

from pipelines.core.document import Cell, Document, Grid, Line
from pipelines.core.folding import key
from pipelines.core.lexicon import CJK, LOOSE_PAGE_NUMBER, PART, TOTALS
from pipelines.core.numbers import read_amount
from pipelines.layout.money_units import settle_money
from pipelines.layout.rows import data_rows, header_height, headings_of
from pipelines.layout.table import Table
from pipelines.layout.torn_rows import mend_torn_rows
from pipelines.layout.unit_words import unit_of
from pipelines.statements.catalogue import Form
from pipelines.statements.forms import clean_title, form_of_headings, form_of_title, is_title

_CAPTION = re.compile(r"^(?:部门|单位|编制|填报|预算)(?:单位|部门)?(?:名称)?[:：]|公开\S{0,6}表|单位[:：]")
_OF_BODY = re.compile(r"(?:部门|单位)(?:名称)?(?:\([^()]*\))?[:：](.{3,}?)(?=(?:金额|货币)?单位[:：]|公开|$)")
_NOTE = re.compile(r"^(?:注|备注|说明|\d+栏|\d+行)")
_OTHER_TITLE = re.compile(r"[^。；，,;]{2,40}表")
_HEADING = re.compile(r"名称|编码|代码|类别|指标|数量|序号|金额|预算数|决算数|备注|内容|单价|来源|目标|属性")
# The first line of a title that goes on in the next: without it the rest names another, wider form.
_TITLE_HEAD = re.compile(
    r"(?!无|本|注|说明).{0,30}?(?:(?:一般公共|政府性基金|国有资本经营)预算|财政拨款|三公经费)(?:财政拨款|当年|基本)*"
)
_TITLE_REACH = 12  # lines between a title and its table: department, unit, label, wrapped words
_UNTITLED_REACH = 6  # the same where there is no title
_AROUND = 3  # lines above a title and below a table in which what belongs to the table may stand
_SCRAP_ROWS = 6  # of words about a title that line up by chance
_HEADS = frozenset({"科目编码", "科目名称", "科目", "项目", "预算数", "合计", "总计", "单位名称", "预算单位"})
_SENTENCE_LENGTH = 25


def tables_of(document: Document) -> list[Table]:
    """Find the tables of a document, in reading order.

    A grid belongs to the title nearest above it. A grid without a title goes on with the table before it, unless
    its headings tell another form or running text stands between.
    """
    tables: list[Table] = []
    pending: list[Line] = []
    for block in document.blocks:
        if isinstance(block, Line):
            if not LOOSE_PAGE_NUMBER.fullmatch(block.text):
                pending.append(block)
            continue
        grid, lead = _split_lead(block)
        if not grid.rows:  # captions laid out as a table of their own: body on the left, unit on the right
            pending += lead
            continue
        near = pending[-_TITLE_REACH:]
        found = _last_title([*near, *lead])
        if found is not None:
            index, form, title = found
            captions = [*near, *lead][index:]
            between = pending[: len(pending) - max(0, len(near) - index)]
            upper = tables[-1] if tables else None
            tables += _flow_tables(between)
            near_it = [*between[-_AROUND:], *captions]
            if tables and _goes_on(tables[-1], form, title, grid) and not _names_another(tables[-1], near_it):
                tables[-1].grids.append(grid)
                pending = []
                continue
            table = Table(form, title, captions[0].place, [grid], captions=captions, above=between[-_AROUND:])
            table.unit = unit_of(" ".join(line.text for line in captions)) or unit_of(_headings(grid))
            tables.append(table)
            if upper is not None:
                upper.after = between[:_AROUND]
                _take_note(tables[-2], between)
        else:
            tables += _flow_tables(pending)
            _continue_or_start(tables, grid, pending, lead)
        pending = []
    if tables:
        _take_note(tables[-1], pending)
        tables[-1].after = pending[:_AROUND]
    tables += _flow_tables(pending)
    for table in tables:
        mend_torn_rows(table.grids)
    settle_money(tables, document)
    return tables


def _continue_or_start(tables: list[Table], grid: Grid, pending: list[Line], lead: list[Line]) -> None:
    """Add a grid without a title to the table before it, or start a table its headings tell."""
    form = form_of_headings(_headings(grid))
    previous = tables[-1] if tables else None
    repeats = previous is not None and any(_same_headings(grid, other) for other in previous.grids)
    if previous is not None and repeats and grid.edges is not None:
        form = previous.form  # what looks like another form is this one's headings once more
    running = [line for line in pending if len(line.text) > _SENTENCE_LENGTH and not _NOTE.match(line.text)]
    if previous is not None and previous.form is not None and _waits_for_grid(previous, grid):
        previous.grids.append(grid)
        return
    repeated = (
        previous is not None and form is not None and previous.form is not None and form.name == previous.form.name
    )
    captions = [*pending, *lead]
    other = next((line.text for line in reversed(captions) if _OTHER_TITLE.fullmatch(clean_title(line.text))), "")
    if form is not None and form.barred and form.barred.search(key(other)):
        form = None  # a title that says it is none of this form outweighs headings that look like it
    joins = previous is not None and previous.grids and len(running) <= 1 and (form is None or repeated) and not other
    if joins and previous is not None and _is_empty(previous) and not repeats:
        joins, form = False, None  # what follows an empty table is not that table
    names_one = previous is not None and bool(_bodies([*previous.above, *previous.captions]))
    if joins and previous is not None and names_one and _names_another(previous, captions):
        joins, form = False, previous.form if repeats else form
    if joins and previous is not None and not any(_NOTE.match(line.text) for line in pending):
        if not _has_other_headings(grid, previous):
            previous.grids.append(grid)
            return
        form = None
    table = Table(form, other, grid.place, [grid], captions=captions[-_UNTITLED_REACH:])
    table.unit = unit_of(" ".join(line.text for line in table.captions)) or unit_of(_headings(grid))
    tables.append(table)


def _is_empty(table: Table) -> bool:
    """Whether a table has printed its rows, and no number in them."""
    found = [_printed_rows(grid) for grid in table.grids]
    return any(rows for rows, _ in found) and not any(amounts for _, amounts in found)


def _printed_rows(grid: Grid) -> tuple[bool, bool]:
    """Whether a grid has rows below its headings, and whether any has an amount; asked of a table page after page."""
    if "printed_rows" not in grid.facts:
        rows = [cells for _, cells in data_rows(grid, header_height(grid))]
        grid.facts["printed_rows"] = bool(rows), any(_has_amount([c.text for c in cells]) for cells in rows)
    found: tuple[bool, bool] = grid.facts["printed_rows"]
    return found


def _waits_for_grid(previous: Table, grid: Grid) -> bool:
    """Whether a title has so far only got a scrap without headings of its page, and here comes its grid."""
    last = previous.grids[-1] if previous.grids else None
    if last is None or len(previous.grids) > 1 or last.place.page != grid.place.page or last.rows > _SCRAP_ROWS:
        return False
    if last.place.cell is not None:
        return False  # the file says which cells there are: no table of it is a scrap
    found = headings_of(grid, header_height(grid))
    return len(found) > len(headings_of(last, header_height(last))) + 1 and sum(h.text in _HEADS for h in found) > 0


def _goes_on(previous: Table, form: Form, title: str, grid: Grid) -> bool:
    """Whether a page, printed or not, that has title and headings once more goes on with the table before it."""
    if previous.form is not form or key(previous.title) != key(title) or not previous.grids:
        return False
    last = previous.grids[-1]
    if grid.edges is None or not any(_same_headings(grid, other) for other in previous.grids):
        return False
    if grid.place.page is not None and last.place.page is not None:
        return grid.place.page == last.place.page + 1
    # Without pages the same form may as well be that of the next body; only one of the parts of a table has its total.
    return not (_has_total(grid) and any(map(_has_total, previous.grids)))


def _has_total(grid: Grid) -> bool:
    """Whether a row of a grid is that of the total."""
    return any(key(c.text) in TOTALS for _, cells in data_rows(grid, header_height(grid)) for c in cells)


def _names_another(previous: Table, captions: list[Line]) -> bool:
    """Whether the captions of a page name a body that those of the table before do not."""
    named = _bodies(captions)
    return bool(named) and named.isdisjoint(_bodies([*previous.above, *previous.captions]))


def _bodies(lines: list[Line]) -> set[str]:
    found = (_OF_BODY.search(key(line.text)) for line in lines)
    return {name[1] for name in found if name and not unit_of(name[0])}


def _same_headings(grid: Grid, other: Grid) -> bool:
    """Whether a grid repeats the headings of another."""
    texts, known = _heading_texts(grid), _heading_texts(other)
    return len(texts) >= 2 and len(texts & known) >= 0.8 * max(len(texts), len(known))


def _heading_texts(grid: Grid) -> set[str]:
    """The texts of a grid's headings; not to be changed."""
    if "heading_texts" not in grid.facts:
        grid.facts["heading_texts"] = {h.text for h in headings_of(grid, header_height(grid))}
    found: set[str] = grid.facts["heading_texts"]
    return found


def _has_other_headings(grid: Grid, previous: Table) -> bool:
    """Whether a grid brings headings of its own, unlike those of the table above it."""
    texts = _heading_texts(grid)
    first = previous.grids[0]
    known = {text for g in previous.grids[:2] for text in _heading_texts(g)}
    if header_height(first) == first.rows or sum(_HEADING.search(t) is not None for t in texts) < 2:
        return False
    return len(texts & known) < len(texts) / 2


def _last_title(captions: list[Line]) -> tuple[int, Form, str] | None:
    """The title nearest above a grid; it may be wrapped over up to three lines."""
    for last in range(len(captions), 0, -1):
        for start in range(last - 1, max(-1, last - 4), -1):
            form = form_of_title(_joined(captions[start:last]))
            if form is None:
                continue
            stop = next(n for n in range(start + 1, last + 1) if form_of_title(_joined(captions[start:n])) is form)
            head = start
            while head > 0 and _TITLE_HEAD.fullmatch(key(captions[head - 1].text)):
                head -= 1
            title = _joined(captions[head:stop])
            return head, form_of_title(title) or form, title
    return None


def _joined(lines: list[Line]) -> str:
    return "".join(line.text for line in lines)


def _split_lead(grid: Grid) -> tuple[Grid, list[Line]]:
    """Cut title and caption rows off the top of a grid (dumps put them into the table)."""
    lead: list[Line] = []
    rows = 0
    for row in range(min(4, grid.rows)):
        texts = [c.text for c in grid.row(row) if c.text]
        joined = " ".join(texts)
        if _has_amount(texts):
            break  # what stands below amounts is no caption over them
        if len(texts) <= 3 and (is_title(joined) or (texts and _CAPTION.search(key(joined)))):
            lead += [Line(part, grid.row(row)[0].place) for part in _parts(texts, joined)]
            rows = row + 1
    return (_without_rows(grid, rows), lead) if rows else (grid, lead)


def _parts(texts: list[str], joined: str) -> list[str]:
    """The lines of a caption row: a cell may hold title, body and unit one below the other."""
    parts = [part for text in texts for part in text.split("\n")]
    captioned = not is_title(joined) or any(_OF_BODY.search(key(part)) for part in parts if not is_title(part))
    return parts if captioned and any(is_title(part) for part in parts) else [joined]


def _has_amount(texts: list[str]) -> bool:
    return any((n := read_amount(t)) is not None and n.value is not None for t in texts)


def _without_rows(grid: Grid, count: int) -> Grid:
    cells = [
        Cell(c.text, max(0, c.row - count), c.col, c.row_span - max(0, count - c.row), c.col_span, c.place)
        for c in grid.cells
        if c.row + c.row_span > count
    ]
    return Grid(grid.rows - count, grid.cols, cells, grid.place, grid.edges, grid.method)


def _headings(grid: Grid) -> str:
    """Texts of the first rows."""
    return " ".join(c.text for c in grid.cells if c.row < 5 and CJK.search(c.text))


def _flow_tables(lines: list[Line]) -> list[Table]:
    """Titles whose numbers stand in plain lines below them, without a grid.

    A list of contents names every form too, but no number follows its lines.
    """
    starts: list[tuple[int, Form]] = []
    for i, line in enumerate(lines):
        form = form_of_title(line.text)
        repeated = starts and form is starts[-1][1] and i - starts[-1][0] <= 4  # a table that prints its title again
        if form is not None and not repeated:
            starts.append((i, form))
    tables: list[Table] = []
    for n, (i, form) in enumerate(starts):
        stop = starts[n + 1][0] if n + 1 < len(starts) else len(lines)
        body = _until_text(lines[i + 1 : stop])
        numbers = sum(bool(re.search(r"\d\.\d{2,6}(?!\d)|\d,\d{3}(?!\d)", line.text)) for line in body)
        if numbers and any(unit_of(line.text) for line in body[:4]):
            table = Table(form, lines[i].text, lines[i].place, lines=body)
            table.unit = unit_of(" ".join(line.text for line in body[:4]))
            tables.append(table)
    return tables


def _until_text(lines: list[Line]) -> list[Line]:
    """Lines up to the first heading of another part or the first title of any table."""
    for i, line in enumerate(lines):
        folded = key(line.text)
        if PART.match(folded) or re.match(r"表\d+[.、]", folded) or folded.endswith("情况说明"):
            return lines[:i]
    return lines


def _take_note(table: Table, lines: list[Line]) -> None:
    for line in lines[:12]:
        if _NOTE.match(key(line.text)) or (table.note and len(table.note) < 8 and not is_title(line.text)):
            table.note.append(line.text)
