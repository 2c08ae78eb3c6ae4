"""Headers, footers and page numbers at the edges of a page, which are no content."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

from pipelines.core.document import Box
from pipelines.formats.pdf.glyphs import Glyph, group_lines, line_text, words_of

_PAGE_NUMBER = re.compile(r"[-—–·\s]*(?:第\s*)?(\d{1,4})(?:\s*页)?(?:\s*[/,，]?\s*共?\s*\d{1,4}\s*页?)?[-—–·\s]*")
_UNCOUNTED_PAGES = 8  # a cover, a contents list and the like, before page 1 or in another count
_MARGIN = 0.09  # of the height of a page: where headers and footers stand
_MARGIN_LINES = 2  # at most, at either edge
_COLUMNS = 3  # words in one line that are headings of columns
_APART = 0.7  # type sizes between a header and the content, at least
_RETURNS = 3  # pages on which a running header stands at least


def running_lines(texts: Iterable[str]) -> frozenset[str]:
    """Headers and footers: lines, digits apart, that several pages share."""
    counts = Counter(line for text in texts for line in {_without_digits(x) for x in text.splitlines()} if line)
    return frozenset(line for line, count in counts.items() if count >= _RETURNS)


def _without_digits(text: str) -> str:
    return re.sub(r"[\d\s]", "", text)


def without_margins(
    glyphs: Sequence[Glyph], page: Box, numbers: Sequence[int], running: frozenset[str], frames: Sequence[Box]
) -> tuple[list[Glyph], list[Glyph]]:
    """Part the content of a page from the header, footer and page number at its edges.

    Args:
        glyphs: In content order.
        page: The page, or the half of a sheet.
        numbers: What its page number is near to.
        running: Lines that return page after page.
        frames: Ruled tables; what stands in them is content, though a repeated heading returns page after page.
    """
    lines = group_lines(glyphs)
    dropped: set[int] = set()
    for end in (0, -1):
        for _ in range(_MARGIN_LINES):
            if not lines or any(holds_middle(frame, g) for g in lines[end] for frame in frames):
                break
            headings = end == 0 and _head_a_table(lines)
            if _is_margin(lines[end], running, page, numbers, headings=headings):
                dropped.update(map(id, lines.pop(end)))
    return [g for g in glyphs if id(g) not in dropped], [g for g in glyphs if id(g) in dropped]


def holds_middle(box: Box, glyph: Glyph) -> bool:
    """Whether the middle of a glyph lies in a box."""
    return box.holds((glyph.x0 + glyph.x1) / 2, glyph.middle)


def _is_margin(line: list[Glyph], running: frozenset[str], page: Box, pages: Sequence[int], *, headings: bool) -> bool:
    """Whether the outermost line of a page is no content: a page number, or words that return page after page.

    The same row may well stand at the foot of several pages, so a line with any number but the page's own is content.
    """
    edge = _MARGIN * (page.bottom - page.top)
    if page.top + edge < line[0].middle < page.bottom - edge:
        return False
    text = line_text(line)
    numbers = re.findall(r"\d+(?:[.,]\d+)*", text)
    if not all(
        n.isdecimal() and not n.startswith("0") and any(abs(int(n) - page) <= _UNCOUNTED_PAGES for page in pages)
        for n in numbers[:1]
    ):
        return False
    if _PAGE_NUMBER.fullmatch(text) is not None:
        return True
    return not headings and len(numbers) <= 1 and bool(_without_digits(text)) and _without_digits(text) in running


def _head_a_table(lines: list[list[Glyph]]) -> bool:
    """Whether the first lines of a page are headings without rulings, which return with their table.

    A header is one or two pieces and keeps away from what is content.
    """
    if any(len(words_of(line)) >= _COLUMNS for line in lines[:_MARGIN_LINES]):
        return True
    for line, following in pairwise(lines[: _MARGIN_LINES + 1]):
        if following[0].top - line[0].bottom > _APART * line[0].size:
            return False
    return len(lines) > 1
