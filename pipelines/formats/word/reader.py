"""Reader of .docx: paragraphs, tables, text boxes and notes, in reading order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from lxml import etree

from pipelines.core.document import Block, Document, Line, Place, Unread, UnreadableError
from pipelines.core.numbers import read_amount
from pipelines.formats.office import LIMITS, Package, damaged
from pipelines.formats.sheet.workbook import address
from pipelines.formats.text.lines import SOFT_RETURN, parted
from pipelines.formats.word.names import ALTERNATE, FALLBACK, usual, w
from pipelines.formats.word.numbering import Numbering
from pipelines.formats.word.runs import Story, chosen
from pipelines.formats.word.styles import Styles
from pipelines.formats.word.tables import WordTable, grid_of, table_of

_DEEPEST = 12
"""Tables within tables; a page that is laid out with tables has three."""

_FEWEST_NUMBERS = 2
"""Numbers parted by tabulators that make a paragraph look like a row of a table."""

_FEWEST_ROWS = 3
"""Such paragraphs in a row that make a table of them."""

_GLUED = re.compile(r"(?:\d[\d,]*\.\d\d){3}")
"""Amounts with nothing between them: cells of a table that a program ran together."""


def read_docx(path: Path, name: str = "docx", limits: Mapping[str, int] = LIMITS) -> Document:
    """Read a text document; places are paragraphs, and cells of its tables.

    Args:
        path: The file.
        name: Of the kind of file.
        limits: See `pipelines.formats.office.LIMITS`.

    Raises:
        UnreadableError: The file is damaged or larger than any report.
    """
    with Package(path, limits) as package:
        main = package.main("word/document.xml")
        parts = {kind: target for kind, target in package.targets(main).values() if target in package}
        roots = {kind: _root(package, parts[kind]) for kind in _PARTS if kind in parts}
        body = _root(package, main).find(w("body"))
        saved_on = package.saved_on()
    if body is None:
        raise damaged(main)
    story = Story(Styles.of(roots.get("styles")), Numbering.of(roots.get("numbering")))
    reader = _Reader(story, {element: n for n, element in enumerate(tables_of(body), 1)})
    blocks = [*reader.blocks(body), *reader.notes(roots)]
    document = Document(name, blocks, created_on=saved_on, unread=story.unread, unseen=story.unseen)
    document.unread += [Unread("table_as_text", text, place) for text, place in reader.lost_tables()]
    return document


_PARTS = ("styles", "numbering", "footnotes", "endnotes")
"""Parts beside the document itself that say what is read; headers and footers are no content."""


def _root(package: Package, part: str) -> etree._Element:
    try:
        parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
        root = etree.fromstring(usual(package.read(part)), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise damaged(part) from error
    return root


def tables_of(body: etree._Element) -> Iterator[etree._Element]:
    """Tables in the order in which they begin, also within others; what is for old programs is left out."""
    for child in body:
        if child.tag == FALLBACK:
            continue
        if child.tag == w("tbl"):
            yield child
        yield from tables_of(child)


@dataclass(slots=True)
class _Reader:
    story: Story
    table_no: dict[etree._Element, int]
    _lines: count[int] = field(default_factory=lambda: count(1))
    _paragraphs: count[int] = field(default_factory=lambda: count(1))
    _depth: int = 0
    _carried: str = ""
    _glued: list[tuple[str, Place]] = field(default_factory=list)
    _tabbed: list[tuple[str, Place, bool]] = field(default_factory=list)

    def blocks(self, parent: etree._Element) -> Iterator[Block]:
        """Blocks of a body, a cell, a text box or a note."""
        for child in parent:
            if child.tag == w("p"):
                yield from self._paragraph(child)
            elif child.tag == w("tbl"):
                yield from self._table(child)
            elif child.tag == w("altChunk"):
                self.story.unread.append(Unread("embedded", "altChunk", Place()))
            elif child.tag == ALTERNATE:
                yield from self.blocks(chosen(child))
            elif child.tag not in _NO_BLOCKS:
                yield from self.blocks(child)

    def notes(self, roots: Mapping[str, etree._Element]) -> Iterator[Block]:
        """Footnotes and endnotes that the text refers to, in its order."""
        for kind, name in dict.fromkeys(self.story.notes):
            root = roots.get(f"{kind}s")
            for note in () if root is None else root.iter(w(kind)):
                if note.get(w("id")) == name:
                    yield from self.blocks(note)

    def lost_tables(self) -> Iterator[tuple[str, Place]]:
        """Paragraphs that hold a table run together, and runs of them that look like its rows, by the first of each."""
        yield from self._glued
        run: list[tuple[str, Place]] = []
        for text, place, is_row in [*self._tabbed, ("", Place(), False)]:
            if is_row:
                run.append((text, place))
                continue
            if len(run) >= _FEWEST_ROWS:
                yield run[0]
            run = []

    def _paragraph(self, element: etree._Element) -> Iterator[Block]:
        place = Place(line=next(self._lines), paragraph=next(self._paragraphs))
        text, found = self.story.text_of(element, place)
        text, self._carried = self._carried + text, ""
        if _is_mark_deleted(element):
            self._carried = text  # the next paragraph goes on with it
        else:
            yield from (Line(piece, place) for piece in parted(text))
        numbers = sum(read_amount(part) is not None for part in text.split(" ") if part)
        self._tabbed.append((text.strip()[:30], place, found.tabs > 1 and numbers >= _FEWEST_NUMBERS))
        if _GLUED.search(text):
            self._glued.append((text.strip()[:30], place))
        for box in found.boxes:
            yield from self.blocks(box)

    def _table(self, element: etree._Element) -> Iterator[Block]:
        self._tabbed.append(("", Place(), False))
        self._depth += 1
        if self._depth > _DEEPEST:
            raise UnreadableError(
                "nested_too_deep", f"表格嵌套超过 {_DEEPEST} 层；tables are nested more than {_DEEPEST} levels deep"
            )
        table = table_of(element)
        for row in table.hidden:
            self._tell_hidden(row)
        for gone in table.merged:
            self.story.hide("merged", "".join(e.text or "" for e in gone.iter(w("t"))))
        if table.cells and _is_layout(table):
            for cell in table.cells:
                yield from self.blocks(cell.element)
        elif table.cells:
            yield from self._grid(table, self.table_no.get(element, 0))
        self._depth -= 1

    def _grid(self, table: WordTable, table_no: int) -> Iterator[Block]:
        """The grid of a table, then what stands in its cells and is no text of them."""
        name = f"表{table_no}"
        lines = [next(self._lines) for _ in range(table.rows)]
        texts: list[str] = []
        places: list[Place] = []
        inner: list[Block] = []
        for cell in table.cells:
            place = Place(line=lines[cell.row], element=name, cell=address(cell.index, cell.col))
            pieces: list[str] = []
            for child in _flat(cell.element):
                if child.tag == w("tbl"):
                    inner += self._table(child)
                    continue
                text, found = self.story.text_of(child, place)
                pieces.append(text.strip())
                for box in found.boxes:
                    inner += self.blocks(box)
            texts.append(SOFT_RETURN.join(filter(None, pieces)))
            places.append(place)
        yield grid_of(table, texts, places, Place(line=lines[0], element=name))
        yield from inner

    def _tell_hidden(self, row: etree._Element) -> None:
        text = "".join(e.text or "" for e in row.iter(w("t")))
        self.story.hide("hidden", text)
        if any(map(str.isdigit, text)):
            self.story.unread.append(Unread("hidden_table_row", text[:30], Place()))


_NO_BLOCKS = frozenset(map(w, ("sectPr", "tcPr", "del", "moveFrom", "sdtPr", "sdtEndPr", "bookmarkStart", "tblPr")))
"""Elements of a body that hold no text, or one that was deleted."""


def _flat(cell: etree._Element) -> Iterable[etree._Element]:
    """Paragraphs and tables of a cell, also those within content controls."""
    for child in cell:
        if child.tag in (w("p"), w("tbl")):
            yield child
        elif child.tag == ALTERNATE:
            yield from _flat(chosen(child))
        elif child.tag not in _NO_BLOCKS:
            yield from _flat(child)


def _is_layout(table: WordTable) -> bool:
    """Whether a table only lays out what stands in its cells: it is one cell, or holds tables and few texts."""
    if len(table.cells) == 1:
        return True
    nested = [any(child.tag == w("tbl") for child in _flat(cell.element)) for cell in table.cells]
    return any(nested) and (table.cols == 1 or sum(nested) * 2 >= len(nested))


def _is_mark_deleted(paragraph: etree._Element) -> bool:
    """Whether the end of a paragraph was deleted, so that the next goes on with it."""
    return paragraph.find(f"{w('pPr')}/{w('rPr')}/{w('del')}") is not None
