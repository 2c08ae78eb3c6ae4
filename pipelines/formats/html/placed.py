"""Pages made from a PDF word by word: placed words become characters, borders rulings, and the page is read as a PDF's.

What such makers write differs (pdf2dom, pdf2htmlEX, pdftohtml, PyMuPDF, Aspose): left and top or bottom, in points,
pixels or ems, in attributes or classes, on sheets that are positioned or not. Positions are positions. The advance of a
character is not written down; it follows from the size of the type.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from pipelines.core.document import Block, Box, Cell, Grid, Line, Place, Unread, UnreadableError
from pipelines.formats.html.styles import COLOUR, Style, border, colour, opacity, points, turned
from pipelines.formats.html.tree import TEXT, Facts, Survey, children
from pipelines.formats.pdf.geometry import box_around
from pipelines.formats.pdf.model import Char, Colour, PageModel, Run, Shape

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

    from pipelines.formats.kind import IsTitle

_ENOUGH = 12  # placed words that make a page of placed words
_MOST = 0.5  # of the letters of the page stand in them
_SHEET = 200.0  # points of width and height of a sheet, at least
_TALL = 5.0  # times as high as wide, or as wide as high: what is beyond is no sheet but what holds the sheets
_MOST_GLYPHS = 100_000  # of one sheet, as for PDF
_TYPE = 12.0  # points, where nothing says otherwise
_NARROW = 0.5  # of the type size that a letter or figure advances, and a Chinese character 1
_SLIM = {".": 0.25, ",": 0.25, " ": 0.25, "'": 0.25}
_LEADING = 1.2  # of the type size, from line to line, where nothing says otherwise
_ABOVE = 0.88  # of the type size over the baseline
_THIN = 3.0  # points; a filled box that is not thicker is a ruling
_INLINE = frozenset({"span", "b", "i", "font", "strong", "a", "em", "u", "sup"})
_SIDES = ("top", "bottom", "left", "right")


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where the middle of a placed word stands, and the name of its element."""

    y: float
    x: float
    element: str


@dataclass(slots=True)
class _Sheet:
    """A sheet under way."""

    model: PageModel
    texts: list[str] = field(default_factory=list)
    spots: list[_Spot] = field(default_factory=list)
    node: int = 0


@dataclass(frozen=True, slots=True)
class _Frame:
    """What places inside an element are measured from: its corner on the sheet, its size, the type size."""

    sheet: _Sheet | None
    x: float
    y: float
    width: float | None
    height: float | None
    size: float
    style: Style


class Placed:
    """The sheets of a page of placed words; none where the page is another."""

    def __init__(self, found: Survey, is_title: IsTitle, limits: Mapping[str, int]) -> None:
        self.unread: list[Unread] = []
        self.unseen: Counter[str] = Counter()
        self.next_line: Callable[[], int] = lambda: 1
        self._is_title = is_title
        self._facts = found.facts
        self._sheets: list[_Sheet] = []
        self._at: dict[int, list[Block]] = {}
        if _is_placed(found):
            self._collect(found, limits)
            self._read()

    @property
    def pages(self) -> int:
        """Number of sheets."""
        return len(self._sheets)

    def take(self, node: LexborNode) -> list[Block] | None:
        """Give the blocks of a sheet, with the lines they stand on; nothing for another element."""
        blocks = self._at.get(node.mem_id)
        if blocks is None:
            return None
        return [self._counted(block) for block in blocks]

    def whole(self, blocks: list[Block]) -> list[Block]:
        """Set right-hand columns that stand on sheets of their own beside their tables."""
        if not self._sheets:
            return blocks
        from pipelines.formats.pdf.sheets import joined_columns

        return joined_columns(blocks, self._is_title)

    # --- sheets ------------------------------------------------------------------------------------------------------

    def _collect(self, found: Survey, limits: Mapping[str, int]) -> None:
        """Walk the page and put words and rulings onto sheets."""
        root = found.nodes[0]
        start = _Frame(None, 0.0, 0.0, None, None, _TYPE, {})
        due: list[tuple[LexborNode, _Frame]] = [(root, start)]
        while due:
            node, frame = due.pop()
            fact = self._facts.get(node.mem_id)
            if fact is None or not fact.seen:
                continue
            inner = self._frame(node, fact, frame)
            if inner.sheet is not None and inner.sheet is not frame.sheet:
                if len(self._sheets) > limits["pages"]:
                    raise UnreadableError(
                        "too_many_pages",
                        f"网页有超过 {limits['pages']} 页；the page holds more than {limits['pages']} sheets",
                    )
            elif inner.sheet is not None:
                self._rulings(inner.sheet, fact.style, inner)
                if _has_words(node):
                    self._words(node, fact, inner)
                    continue
            due += [(child, inner) for child in reversed(list(children(node))) if child.tag != TEXT]

    def _frame(self, node: LexborNode, fact: Facts, frame: _Frame) -> _Frame:
        """What places in an element are measured from; it may begin a sheet."""
        style = fact.style
        size = points(style.get("font-size"), frame.size) or frame.size
        width, height = points(style.get("width"), size), points(style.get("height"), size)
        absolute = style.get("position") == "absolute"
        if frame.sheet is None and width and height and _is_sheet(width, height):
            sheet = _Sheet(PageModel(width, height), node=node.mem_id)
            self._sheets.append(sheet)
            return _Frame(sheet, 0.0, 0.0, width, height, size, style)
        if frame.sheet is None or not (absolute or style.get("position") == "relative"):
            return replace(frame, size=size, style={**_inherited(frame.style), **style})
        left, top = points(style.get("left"), size), points(style.get("top"), size)
        bottom, right = points(style.get("bottom"), size), points(style.get("right"), size)
        x = frame.x + (left or 0.0)
        if left is None and right is not None and frame.width and width:
            x = frame.x + frame.width - right - width
        y = frame.y + (top or 0.0)
        if top is None and bottom is not None and frame.height is not None:
            y = frame.y + frame.height - bottom - (height if height is not None else _LEADING * size)
        merged = {**_inherited(frame.style), **style}
        return _Frame(frame.sheet, x, y, width or (None if absolute else frame.width), height, size, merged)

    def _words(self, node: LexborNode, fact: Facts, frame: _Frame) -> None:
        """Put the characters of a placed word onto its sheet."""
        sheet = frame.sheet
        assert sheet is not None
        model, style = sheet.model, frame.style
        scale, angle = turned(style)
        size = frame.size * scale
        leading = points(style.get("line-height"), size) or (frame.height or 0.0) * scale or _LEADING * size
        top = frame.y
        if scale != 1.0 and frame.height is not None:  # makers turn about the lower left corner
            top = frame.y + frame.height - frame.height * scale
        quarter = round(angle / 90) % 4
        run = Run(len(model.chars) + len(model.shapes), size, angle, quarter, colour(style.get("color")),
                  opacity(style), True, None, "")  # fmt: skip
        along_x, along_y = math.cos(math.radians(angle)), math.sin(math.radians(angle))
        x, y = frame.x, top + (leading - size) / 2 + _ABOVE * size
        if quarter:
            y = top
        first = len(model.chars)
        number = model.chars[-1].number + 2 if model.chars else 0
        words: list[str] = []
        for text, step, lines in _pieces(node, self._facts, frame.size):
            x += step * scale
            if lines:
                x, y = frame.x, y + leading * lines
                words.append("\n")
                number += 2
            for sign in text:
                advance = _advance(sign) * size
                if not sign.isspace():
                    model.chars.append(Char(sign, x, y, advance, run, number))
                number += 1
                x, y = x + advance * along_x, y + advance * along_y
            words.append(text)
        if len(model.chars) > _MOST_GLYPHS:
            raise UnreadableError(
                "too_many_glyphs",
                f"网页一页的字符超过 {_MOST_GLYPHS} 个；a sheet of the page holds too many characters",
            )
        chars = model.chars[first:]
        if chars:
            middle = (chars[0].x + chars[-1].x + chars[-1].advance) / 2, chars[0].y - size / 3
            sheet.spots.append(_Spot(middle[1], middle[0], f"{node.tag}[{fact.number}]"))
            sheet.texts.append("".join(words))

    def _rulings(self, sheet: _Sheet, style: Style, frame: _Frame) -> None:
        """Borders of a placed box, and the box itself where it is thin and filled."""
        x0, y0 = frame.x, frame.y
        x1, y1 = x0 + (frame.width or 0.0), y0 + (frame.height or 0.0)
        lines = {"top": ((x0, y0), (x1, y0)), "bottom": ((x0, y1), (x1, y1)),
                 "left": ((x0, y0), (x0, y1)), "right": ((x1, y0), (x1, y1))}  # fmt: skip
        own = self._own(frame)
        for side in _SIDES:
            width, ink = border(own.get(f"border-{side}") or own.get("border") or "", frame.size)
            if width and lines[side][0] != lines[side][1]:
                sheet.model.shapes.append(_line(lines[side], width, ink))
        ground = own.get("background-color") or own.get("background") or ""
        thin = min(x1 - x0, y1 - y0)
        if 0 < thin <= _THIN and COLOUR.search(ground) and max(x1 - x0, y1 - y0) > _THIN:
            ends = ((x0, (y0 + y1) / 2), (x1, (y0 + y1) / 2)) if y1 - y0 == thin else (
                ((x0 + x1) / 2, y0), ((x0 + x1) / 2, y1))  # fmt: skip
            sheet.model.shapes.append(_line(ends, thin, colour(ground)))

    def _own(self, frame: _Frame) -> Style:
        return frame.style

    # --- from sheets to blocks ---------------------------------------------------------------------------------------

    def _read(self) -> None:
        """Read every sheet as a page of a PDF is read."""
        from pipelines.formats.pdf.margins import running_lines
        from pipelines.formats.pdf.painted import Sheets, read_page
        from pipelines.formats.pdf.sheets import SheetSizes

        texts = ["\n".join(sheet.texts) for sheet in self._sheets]
        sizes = SheetSizes((sheet.model.width, sheet.model.height) for sheet in self._sheets)
        sheets = Sheets(running_lines(texts), sizes, self._is_title)
        for number, (sheet, text) in enumerate(zip(self._sheets, texts, strict=True), 1):
            found = read_page(sheet.model, text, number, sheets)
            scale = found.turn.scale if found.turn else 1.0
            names = _Names(sheet.spots)
            self._at[sheet.node] = [_named(block, names, scale) for block in found.blocks]
            self.unread += found.lost
            self.unread += [Unread("struck_out", text, Place(page=number)) for text, _ in found.seen.struck]
            self.unseen += found.seen.unseen

    def _counted(self, block: Block) -> Block:
        """A block with the numbers of its lines in the reading order of the page."""
        if isinstance(block, Line):
            return replace(block, place=replace(block.place, line=self.next_line()))
        rows = {row: self.next_line() for row in sorted({cell.row for cell in block.cells})}
        cells = [replace(cell, place=replace(cell.place, line=rows[cell.row])) for cell in block.cells]
        place = replace(block.place, line=min(rows.values(), default=None))
        return Grid(block.rows, block.cols, cells, place, block.edges, block.method)


class _Names:
    """Looks up which placed word stands in a box."""

    def __init__(self, spots: Iterable[_Spot]) -> None:
        self._spots = sorted(spots, key=lambda spot: (spot.y, spot.x))
        self._ys = [spot.y for spot in self._spots]

    def inside(self, box: Box | None) -> str | None:
        """Name of the first word in a box, from the top."""
        if box is None:
            return None
        for spot in self._spots[bisect_left(self._ys, box.top) :]:
            if spot.y > box.bottom:
                return None
            if box.x0 - 1 <= spot.x <= box.x1 + 1:
                return spot.element
        return None


def _named(block: Block, names: _Names, scale: float) -> Block:
    if isinstance(block, Line):
        return replace(block, place=_unscaled(block.place, names, scale))
    cells = [_of_cell(cell, names, scale) for cell in block.cells]
    place = replace(_unscaled(block.place, names, scale), element=next((c.place.element for c in cells), None))
    return Grid(block.rows, block.cols, cells, place, block.edges, block.method)


def _of_cell(cell: Cell, names: _Names, scale: float) -> Cell:
    return replace(cell, place=_unscaled(cell.place, names, scale))


def _unscaled(place: Place, names: _Names, scale: float) -> Place:
    """A place with the name of its element; boxes stay as they were read, since columns are measured by them."""
    box = place.box
    if box is not None and scale != 1.0:
        box = Box(box.x0 / scale, box.top / scale, box.x1 / scale, box.bottom / scale)
    return replace(place, element=names.inside(box))


def _is_placed(found: Survey) -> bool:
    """Whether most of a page stands in words with places of their own."""
    words = letters = 0
    for node in found.nodes:
        fact = found.facts[node.mem_id]
        if fact.seen and fact.letters and _has_place(fact.style) and _has_words(node):
            words += 1
            letters += fact.letters
    return words >= _ENOUGH and letters >= _MOST * found.facts[found.nodes[0].mem_id].letters


def _has_place(style: Style) -> bool:
    return style.get("position") == "absolute" and "left" in style and ("top" in style or "bottom" in style)


def _has_words(node: LexborNode) -> bool:
    """Whether text stands in an element itself, or in inline elements of it."""
    for child in children(node):
        if child.tag == TEXT:
            if (child.text_content or "").strip():
                return True
        elif child.tag in _INLINE and "position" not in (child.attributes.get("style") or "") and _has_words(child):
            return True
    return False


def _is_sheet(width: float, height: float) -> bool:
    return min(width, height) >= _SHEET and max(width, height) <= _TALL * min(width, height)


def _inherited(style: Style) -> dict[str, str]:
    return {name: style[name] for name in ("color", "line-height", "letter-spacing") if name in style}


def _pieces(node: LexborNode, facts: Mapping[int, Facts], size: float) -> Iterator[tuple[str, float, int]]:
    """Texts of a placed word, the step to the right before each, and the line ends before it."""
    step, lines = 0.0, 0
    due = list(reversed(list(children(node))))
    while due:
        child = due.pop()
        if child.tag == TEXT:
            text = re.sub(r"[ \t\r\n]+", " ", child.text_content or "").translate({0xA0: " ", 0x200B: None})
            if text:
                yield text, step, lines
                step, lines = 0.0, 0
            continue
        fact = facts.get(child.mem_id)
        if fact is None or not fact.seen:
            continue
        if child.tag == "br":
            lines += 1
        if not fact.letters:  # makers move on by empty elements
            step += points(fact.style.get("width"), size) or 0.0
        step += points(fact.style.get("margin-left"), size) or 0.0
        due += reversed(list(children(child)))


def _advance(sign: str) -> float:
    return _SLIM.get(sign, _NARROW if ord(sign) < 0x2000 else 1.0)


def _line(ends: tuple[tuple[float, float], tuple[float, float]], width: float, colour: Colour) -> Shape:
    return Shape(0, (ends,), (box_around(ends),), False, colour, True, None, False, width, 1.0, False, None)
