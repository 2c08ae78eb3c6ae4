"""A page in reading order: paragraphs become lines, tables of data grids, tables that lay out the page neither.

Lines are counted in reading order, a row of a table as one. The element of a place is named by its tag and its number
among the elements of that tag, counted from 1 over the page: ``p[12]``, ``table[2]/tr[5]/td[3]``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipelines.core.document import Block, Line, Place, Unread
from pipelines.core.lexicon import HAN
from pipelines.core.numbers import raised, read_amount
from pipelines.formats.html.styles import strikes
from pipelines.formats.html.tree import TEXT, Facts, Survey, children, is_furniture
from pipelines.formats.spans import MOST_CELLS, Spanned, filled, grid_of, span
from pipelines.formats.text.lines import SOFT_RETURN, joined, parted
from pipelines.formats.text.marked import unquoted
from pipelines.formats.text.markup import BLANKS

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

_BLOCKS = frozenset(
    (
        "address article aside blockquote body caption center dd details div dl dt fieldset figure figcaption "
        "footer form h1 h2 h3 h4 h5 h6 header hr html li main nav ol p pre section summary table tbody td "
        "tfoot th thead tr ul"
    ).split()
)
_STRUCK = frozenset({"s", "del", "strike"})
_SPACE = re.compile(r"[ \t\r\n\f]+")
_WRAPPED = re.compile(rf"(?<=[{HAN}，。、；：）])[ \t]*\r?\n\s*(?=[{HAN}（，。、；：])")
_DIGIT = re.compile(r"\d")
_LONG = 400  # characters: a cell as long holds running text
_FEW_AMOUNTS = 4  # fewer do not make a table of data where other signs speak against it

Take = Callable[["LexborNode"], "list[Block] | None"]
"""Gives the blocks of an element that is read otherwise; nothing for any other."""


@dataclass(slots=True)
class _Text:
    """Text under way: pieces of a paragraph or a cell."""

    pieces: list[str] = field(default_factory=list)

    def add(self, text: str, *, keep: bool) -> None:
        """Take text; blanks and line ends of the source become one blank, unless they are to be kept."""
        if keep:
            self.pieces.append(text.replace("\r\n", "\n").replace("\n", SOFT_RETURN))
        else:
            self.pieces.append(_SPACE.sub(" ", _WRAPPED.sub("", text)))

    def text(self) -> str:
        """What was taken, without blanks of other kinds."""
        return "".join(self.pieces).translate(BLANKS)


@dataclass(slots=True)
class _Cell:
    node: LexborNode
    text: str
    nested: list[LexborNode]


class Flow:
    """Reads a page from top to bottom."""

    def __init__(self, found: Survey, take: Take = lambda _: None, most_cells: int = MOST_CELLS) -> None:
        self._facts = found.facts
        self._found = found
        self._take = take
        self._most_cells = most_cells
        self._text = _Text()
        self._line = 0
        self.blocks: list[Block] = []
        self.unread: list[Unread] = []
        self.line_of: dict[int, int] = {}  # of the element of each link, the line it stands on

    def next_line(self) -> int:
        """Count one more line."""
        self._line += 1
        return self._line

    def read(self, root: LexborNode) -> None:
        """Read an element and all in it."""
        due: list[tuple[LexborNode, str]] = [(root, "in")]
        kept = lifted = 0
        while due:
            node, step = due.pop()
            tag = node.tag or ""
            if tag == TEXT:
                text = node.text_content or ""
                self._text.add(raised(text) if lifted else text, keep=kept > 0)
                continue
            fact = self._facts.get(node.mem_id)
            if fact is None:
                continue
            if step == "out":
                kept -= tag == "pre"
                lifted -= _is_lifted(tag, fact)
                if tag in _BLOCKS:
                    self._flush(node)
                continue
            if tag == "br":
                self._text.pieces.append(SOFT_RETURN)
            if not fact.seen or (tag in _BLOCKS and self._is_read_otherwise(node, fact)):
                continue
            if tag in _STRUCK or strikes(fact.style):
                self._strike(node)
                continue
            if tag == "a":
                self.line_of[node.mem_id] = self._line + 1
            if tag in _BLOCKS and node.parent is not None:
                self._flush(node.parent)
            kept += tag == "pre"
            lifted += _is_lifted(tag, fact)
            due.append((node, "out"))
            due += [(child, "in") for child in reversed(list(children(node)))]
        self._flush(root)

    def _is_read_otherwise(self, node: LexborNode, fact: Facts) -> bool:
        """Whether a block is taken by somebody else, is no content, or is a table of data."""
        taken = self._take(node)
        if taken is not None:
            self._flush(node)
            self.blocks += taken
            return True
        if is_furniture(node, fact):
            self._found.unseen["furniture"] += fact.letters
            return True
        return node.tag == "table" and self._table(node)

    def _strike(self, node: LexborNode) -> None:
        text = " ".join((node.text(deep=True) or "").split())
        self._found.unseen["struck"] += len(text)
        if _DIGIT.search(text):
            self.unread.append(Unread("struck_out", text[:200], Place(line=self._line + 1, element=self.name(node))))

    def name(self, node: LexborNode) -> str:
        """The name of an element, of a part of a table with the names of what it is part of."""
        fact = self._facts[node.mem_id]
        return f"{node.tag}[{fact.number}]"

    def _flush(self, node: LexborNode) -> None:
        """End a paragraph; every line break in it parts two lines."""
        if not self._text.pieces:
            return
        pieces = parted(self._text.text())
        self._text = _Text()
        if pieces:
            name = self.name(node)
            self.blocks += [Line(p, Place(line=self.next_line(), element=name)) for p in pieces]

    # --- tables ------------------------------------------------------------------------------------------------------

    def _table(self, table: LexborNode) -> bool:
        """Read a table of data into a grid; tell whether it was one."""
        captions, rows = self._rows(table)
        if not _is_data([[cell for _, cell in row] for _, row in rows]):
            return False
        if table.parent is not None:
            self._flush(table.parent)
        for caption in captions:
            self.read(caption)
        name = self.name(table)
        spanned: list[list[Spanned]] = []
        for at, row in rows:
            line = self.next_line()
            spanned.append([self._spanned(cell, Place(line=line, element=f"{name}/tr[{at}]/{cell.node.tag}[{n}]"))
                            for n, cell in row])  # fmt: skip
            for _, cell in row:
                for link in cell.node.css("a"):
                    self.line_of[link.mem_id] = line
        kept = list(filled(spanned))
        if kept:
            self.blocks.append(grid_of(kept, self._most_cells))
        for _, row in rows:
            for _, cell in row:
                for nested in cell.nested:
                    if not self._table(nested):
                        self.read(nested)
        return True

    def _spanned(self, cell: _Cell, place: Place) -> Spanned:
        attributes = cell.node.attributes
        rows = span(attributes.get("rowspan"))
        if (attributes.get("rowspan") or "").strip() == "0":  # to the end of the table
            rows = self._most_cells
        return Spanned(cell.text, rows, span(attributes.get("colspan")), place)

    def _rows(self, table: LexborNode) -> tuple[list[LexborNode], list[tuple[int, list[tuple[int, _Cell]]]]]:
        """Captions and rows of a table that are seen, rows and cells with their numbers among all of theirs."""
        captions: list[LexborNode] = []
        parts: dict[str, list[LexborNode]] = {"thead": [], "tbody": [], "tfoot": []}
        for child in children(table):
            fact = self._facts.get(child.mem_id)
            if child.tag == "caption" and fact is not None and fact.seen:
                captions.append(child)
            elif child.tag in parts:
                parts[child.tag] += [tr for tr in children(child) if tr.tag == "tr"]
            elif child.tag == "tr":
                parts["tbody"].append(child)
        every = [tr for part in parts.values() for tr in part]
        in_source = {tr.mem_id: n for n, tr in enumerate(sorted(every, key=self._number), 1)}
        rows = []
        for tr in every:
            if self._facts[tr.mem_id].seen:
                rows.append((in_source[tr.mem_id], list(self._cells(tr))))
        return captions, rows

    def _number(self, node: LexborNode) -> int:
        return self._facts[node.mem_id].number

    def _cells(self, tr: LexborNode) -> Iterator[tuple[int, _Cell]]:
        """Cells of a row with their numbers among those of their tag; one that only keeps its place is blank."""
        counts = {"td": 0, "th": 0}
        for node in children(tr):
            if node.tag not in counts:
                continue
            counts[node.tag] += 1
            fact = self._facts[node.mem_id]
            if fact.seen:
                yield counts[node.tag], self._cell(node)
            elif fact.style.get("display") != "none" and "hidden" not in node.attributes:
                yield counts[node.tag], _Cell(node, "", [])

    def _cell(self, cell: LexborNode) -> _Cell:
        """The text of a cell, and the tables in it."""
        nested: list[LexborNode] = []
        text = _Text()
        due: list[tuple[LexborNode, str]] = [(child, "in") for child in reversed(list(children(cell)))]
        kept = lifted = 0
        while due:
            node, step = due.pop()
            tag = node.tag or ""
            if tag == TEXT:
                words = node.text_content or ""
                text.add(raised(words) if lifted else words, keep=kept > 0)
                continue
            fact = self._facts.get(node.mem_id)
            if fact is None or not fact.seen:
                continue
            if step == "out":
                kept -= tag == "pre"
                lifted -= _is_lifted(tag, fact)
            elif tag == "table":
                nested.append(node)
            elif tag in _STRUCK or strikes(fact.style):
                self._strike(node)
            else:
                kept += tag == "pre"
                lifted += _is_lifted(tag, fact)
                due.append((node, "out"))
                due += [(child, "in") for child in reversed(list(children(node)))]
            if tag in _BLOCKS or tag == "br":
                text.pieces.append(SOFT_RETURN)
        return _Cell(cell, unquoted(joined(SOFT_RETURN.join(parted(text.text()))).strip()), nested)


def _is_lifted(tag: str, fact: Facts) -> bool:
    return tag == "sup" or fact.style.get("vertical-align") == "super"


def _is_data(rows: Iterable[list[_Cell]]) -> bool:
    """Whether a table holds data rather than lay out a page."""
    filled_rows = [[cell for cell in row if cell.text or cell.nested] for row in rows]
    cells = [cell for row in filled_rows for cell in row]
    several = sum(len(row) > 1 for row in filled_rows)
    amounts = sum(_is_amount(cell.text) for cell in cells if not cell.nested)
    if not several:
        return False
    if amounts >= _FEW_AMOUNTS:
        return True
    nested = any(cell.nested for cell in cells)
    long = any(len(cell.text) > _LONG for cell in cells)
    return not nested and not long and several > 1


def _is_amount(text: str) -> bool:
    number = read_amount(text)
    return number is not None and number.value is not None
