"""From the model of a page to its lines and grids, whoever made the model: pdfium, or a web page of placed words."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pipelines.core.document import Block, Box, Turn, Unread
from pipelines.formats.pdf.baseline import glyphs_of, scale_of
from pipelines.formats.pdf.edges import table_edges
from pipelines.formats.pdf.grids import IsTitle, Sheet, blocks_of
from pipelines.formats.pdf.model import PageModel
from pipelines.formats.pdf.rulings import Rule, rules_of, strokes_of, without
from pipelines.formats.pdf.sheets import SheetSizes
from pipelines.formats.pdf.visible import Seen, seen_on
from pipelines.formats.pdf.witness import lost_numbers

_TABLE_LINE = re.compile(r"(?:^|\s)-?\d[\d,]*\.\d+(?:\s|$)|^\s*\d{3,7}(?:\s|$)|单位[:：]", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Sheets:
    """What reading a page needs to know of its document.

    Attributes:
        running: Lines, digits apart, that several pages share.
        sizes: Of all sheets: some may hold two pages.
        is_title: Tells whether a line is the title of a declared form.
    """

    running: frozenset[str]
    sizes: SheetSizes
    is_title: IsTitle


@dataclass(frozen=True, slots=True)
class PageRead:
    """What a page says.

    Attributes:
        seen: What a person sees of it, and what was left out.
        blocks: Lines and grids, in reading order.
        lost: Numbers that no block holds.
        turn: How the page was turned or scaled to be read, if it was.
    """

    seen: Seen
    blocks: list[Block] = field(default_factory=list)
    lost: list[Unread] = field(default_factory=list)
    turn: Turn | None = None


def read_page(model: PageModel, text: str, number: int, sheets: Sheets) -> PageRead:
    """Read a page.

    Args:
        model: The page as painted.
        text: Its plain text.
        number: From 1.
        sheets: What is known of the document.
    """
    rules = rules_of(model)
    seen = seen_on(model, strokes_of(rules))
    if not seen.chars:
        return PageRead(seen)
    rules = without(rules, seen.strikes)
    scale = scale_of(seen.chars)
    edges = table_edges(_scaled(rules, scale)) if _needs_tables(text, rules) else []
    box = Box(0, 0, model.width * scale, model.height * scale)
    sheet = Sheet(box, number, sheets.running, sheets.sizes)
    turn = None
    if scale != 1.0 or model.turned or model.lean:
        turn = Turn(model.turned, model.width, model.height, scale, model.lean)
    blocks, margins = blocks_of(glyphs_of(seen.chars, rules, scale), edges, sheet, sheets.is_title)
    return PageRead(seen, blocks, lost_numbers(seen.chars, blocks, margins, number, scale), turn)


def _scaled(rules: list[Rule], scale: float) -> list[Rule]:
    if scale == 1.0:
        return rules
    return [Rule(r.level, *(v * scale for v in r[1:])) for r in rules]


def _needs_tables(text: str, rules: list[Rule]) -> bool:
    """A page without a table line in its text and without rules is running text."""
    return len(rules) > 8 or len(_TABLE_LINE.findall(text)) >= 2
