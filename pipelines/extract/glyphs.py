"""Glyphs of a PDF page: which of them a person can see, and how they form lines and words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from pdfminer.pdfinterp import PDFPageInterpreter
from pdfplumber.page import Page, PDFPageAggregatorWithMarkedContent

from pipelines.extract.document import Box

_INVISIBLE_MODES = frozenset({3, 7})  # text rendering modes that paint nothing
_PALE = 0.93  # a component above this on paper is as good as white
_WHOLE_AMOUNT = re.compile(r"[-(（]?\d[\d,]*\.\d{2,}[)）]?")


@dataclass(frozen=True, slots=True)
class Glyph:
    """One visible character and its box."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    size: float

    @property
    def middle(self) -> float:
        """Vertical centre; steadier than the baseline where two fonts disagree about their boxes."""
        return (self.top + self.bottom) / 2


class _VisibleTextDevice(PDFPageAggregatorWithMarkedContent):
    """pdfplumber's device, which also drops text painted in an invisible rendering mode."""

    def render_string(self, textstate: Any, seq: Any, ncs: Any, graphicstate: Any) -> None:
        container = self.cur_item
        before = len(container._objs)
        super().render_string(textstate, seq, ncs, graphicstate)
        if textstate.render in _INVISIBLE_MODES:
            del container._objs[before:]


def interpret_page(page: Page) -> None:
    """Interpret a page's content once, without invisible text; pdfplumber then works on the result."""
    device = _VisibleTextDevice(page.pdf.rsrcmgr, pageno=page.page_number, laparams=None)
    PDFPageInterpreter(page.pdf.rsrcmgr, device).process_page(page.page_obj)
    page._layout = device.get_result()


def is_pale(colour: Any) -> bool:
    """Whether a PDF colour is white or nearly so (grey, RGB or CMYK components; unknown colours are not)."""
    if isinstance(colour, (int, float)):
        colour = (colour,)
    if not isinstance(colour, Sequence) or not colour or not all(isinstance(c, (int, float)) for c in colour):
        return False
    if len(colour) == 4:
        return all(c <= 1 - _PALE for c in colour)
    return all(c >= _PALE for c in colour)


def visible_glyphs(page: Page) -> list[Glyph]:
    """The characters a person sees: on the page, not white on white, each once.

    Args:
        page: A page on which :func:`interpret_page` has run.

    Returns:
        Glyphs in content order; blanks are left out, gaps tell them.
    """
    dark = [r for r in page.rects if r.get("fill") and not is_pale(r.get("non_stroking_color"))]
    dark = [r for r in dark if min(r["width"], r["height"]) > 3]
    seen: set[tuple[str, int, int]] = set()
    glyphs: list[Glyph] = []
    x_low, y_low, x_high, y_high = page.bbox
    for c in page.chars:
        text = c["text"]
        if not text.strip():
            continue
        x, y = (c["x0"] + c["x1"]) / 2, (c["top"] + c["bottom"]) / 2
        if not (x_low <= x <= x_high and y_low <= y <= y_high):
            continue
        if is_pale(c.get("non_stroking_color")) and not any(
            r["x0"] <= x <= r["x1"] and r["top"] <= y <= r["bottom"] for r in dark
        ):
            continue
        key = (text, round(c["x0"]), round(c["top"]))  # bold made by printing twice
        if key in seen:
            continue
        seen.add(key)
        glyphs.append(Glyph(text, c["x0"], c["top"], c["x1"], c["bottom"], c["size"]))
    return glyphs


def group_lines(glyphs: Iterable[Glyph]) -> list[list[Glyph]]:
    """Glyphs grouped into lines by their vertical centres, top to bottom, each from left to right."""
    lines: list[list[Glyph]] = []
    centre = 0.0
    for glyph in sorted(glyphs, key=lambda g: g.middle):
        height = glyph.bottom - glyph.top
        if lines and abs(glyph.middle - centre) <= max(2.0, 0.42 * min(height, _height(lines[-1]))):
            lines[-1].append(glyph)
            centre += (glyph.middle - centre) / len(lines[-1])
        else:
            lines.append([glyph])
            centre = glyph.middle
    return [sorted(line, key=lambda g: g.x0) for line in lines]


def _height(line: list[Glyph]) -> float:
    return max(g.bottom - g.top for g in line)


def line_text(line: Sequence[Glyph]) -> str:
    """Text of a line; a gap of more than a third of the type size becomes a blank."""
    parts: list[str] = []
    for i, glyph in enumerate(line):
        if i and glyph.x0 - line[i - 1].x1 > 0.35 * glyph.size:
            parts.append(" ")
        parts.append(glyph.text)
    return "".join(parts)


def words_of(line: Sequence[Glyph], gap: float = 0.9) -> list[list[Glyph]]:
    """A line cut where the gap exceeds ``gap`` times the type size, or a smaller one ends a number or begins one."""
    words: list[list[Glyph]] = []
    for glyph in line:
        last = words[-1][-1] if words else None
        room = 0.0 if last is None else (glyph.x0 - last.x1) / glyph.size
        if last is None or room > gap or (room > 0.2 and _parts(words[-1], glyph)):
            words.append([glyph])
        else:
            words[-1].append(glyph)
    return words


def _parts(word: list[Glyph], glyph: Glyph) -> bool:
    """Whether a small gap between a word and the next glyph parts a number from something else."""
    if _is_digit(word[-1]) != _is_digit(glyph):
        return True
    return _is_digit(glyph) and _WHOLE_AMOUNT.fullmatch("".join(g.text for g in word)) is not None


def _is_digit(glyph: Glyph) -> bool:
    return glyph.text in "0123456789.,%"


def box_of(glyphs: Sequence[Glyph]) -> Box:
    """The box around some glyphs."""
    return Box(
        min(g.x0 for g in glyphs),
        min(g.top for g in glyphs),
        max(g.x1 for g in glyphs),
        max(g.bottom for g in glyphs),
    )


def cell_text(glyphs: Iterable[Glyph]) -> str:
    """Text of a cell: its lines in order, joined by a newline."""
    return "\n".join(line_text(line) for line in group_lines(glyphs))
