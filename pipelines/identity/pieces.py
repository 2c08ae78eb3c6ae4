"""The running text in pieces that may be titles: folded, without what stands around them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from pipelines.core.document import Document, Grid, Line, Place
from pipelines.core.folding import name_key
from pipelines.identity.words import any_of, words

LONGEST = 90
"""Characters of a title at most; what is longer is a sentence."""

_MENU_ENTRY = 8  # characters from which a piece is more than an entry of a site's menu
_TITLE_ROWS = 3  # rows of a grid that may hold its title: number, title, caption
_CRUMB_TITLE = 12  # characters from which the end of a breadcrumb may be a title
_FIELDS = re.compile(r"\t|\u3000{2,}| {3,}|[|｜]|\n")
_BROWSER_PARTS = re.compile(r"_(?=.{4,})")
_FRAME = re.compile("[【】]")
_CRUMB = re.compile(r"[>》»›→]+")


@dataclass(frozen=True, slots=True)
class Piece:
    """A line, or a part of one.

    Attributes:
        text: Folded, without decoration, numbering or the dots of a contents list.
        place: Where it stands.
        block: Which block of the document it stands in, from 0.
        numbered: Whether it carried the number of a heading.
        listed: Whether dots and a page number followed, as in a contents list.
        order: Number of pieces before it that are long enough for a title; the entries of a menu do not count.
        spoken: Whether it is about the page it was published on (来源, 发布时间, a breadcrumb).
    """

    text: str
    place: Place
    block: int
    order: int = 0
    numbered: bool = False
    listed: bool = False
    spoken: bool = False


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    data = words()
    return {
        "lead": re.compile(any_of(data["lead"])),
        "numbering": re.compile(any_of(data["numbering"])),
        "trail": re.compile(any_of(data["trail"])),
        "dots": re.compile(data["trail"][0]),
        "metadata": re.compile(rf"{data['metadata']}(?:[:：]|$)|索引号|发布机构|发布时间"),
        "crumb": re.compile(data["breadcrumb"]),
        "cut": re.compile(rf"(?={data['cut_before']})"),
        "fields": re.compile(rf"(?<=.)(?={data['metadata']}[:：])"),
    }


def undecorated(text: str) -> tuple[str, bool, bool]:
    """Take off what stands around a folded title.

    Returns:
        The text, whether it carried a heading's number, whether it carried the dots of a contents list.
    """
    found = _patterns()
    numbered, listed = False, found["dots"].search(text) is not None
    before = None
    while before != text:
        before = text
        text = found["trail"].sub("", text)
        if number := found["numbering"].match(text):
            numbered, text = True, text[number.end() :]
        if lead := found["lead"].match(text):
            text = text[lead.end() :]
    return _FRAME.sub("", text), numbered, listed


def pieces(document: Document, most: int | None = None) -> Iterator[Piece]:
    """Give the pieces of the lines and of the first rows of grids, in reading order.

    Args:
        document: The document.
        most: Blocks to look at; all by default.
    """
    order = 0
    for piece in _all(document, most):
        yield replace(piece, order=order)
        order += len(piece.text) >= _MENU_ENTRY


def _all(document: Document, most: int | None) -> Iterator[Piece]:
    for number, block in enumerate(document.blocks[:most]):
        if isinstance(block, Line):
            yield from _pieces_of(block.text, block.place, number)
        else:
            for text, place in _title_cells(block):
                yield from _pieces_of(text, place, number)


def rows_alone(document: Document) -> Iterator[str]:
    """Give the texts that stand alone in a row over a table: title, year, caption as a word processor lays them out."""
    for block in document.blocks:
        if isinstance(block, Grid):
            rows: dict[int, list[str]] = {}
            for cell in block.cells:
                if cell.row < _TITLE_ROWS and cell.text:
                    rows.setdefault(cell.row, []).append(cell.text)
            yield from (texts[0] for texts in rows.values() if len(texts) == 1)


def _title_cells(grid: Grid) -> Iterator[tuple[str, Place]]:
    for cell in grid.cells:
        if cell.row < _TITLE_ROWS:
            yield cell.text, cell.place


def _pieces_of(text: str, place: Place, block: int) -> Iterator[Piece]:
    found = _patterns()
    folded = name_key(text)
    if found["crumb"].search(folded) or len(_CRUMB.findall(folded)) > 1:
        last = _CRUMB.split(folded)[-1]  # a breadcrumb may end with the title
        folded, spoken = (last, False) if _CRUMB.search(folded) and len(last) > _CRUMB_TITLE else (folded, True)
        yield Piece(undecorated(folded)[0], place, block, spoken=spoken)
        return
    for field in _FIELDS.split(text):
        for part in _BROWSER_PARTS.split(name_key(field)):
            for cut in found["cut"].split(part):
                for own in found["fields"].split(cut):
                    plain, numbered, listed = undecorated(own)
                    if plain:
                        spoken = found["metadata"].match(plain) is not None
                        yield Piece(plain, place, block, numbered=numbered, listed=listed, spoken=spoken)
