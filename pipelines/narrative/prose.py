"""The running text of a document as paragraphs of its sections: lines joined, tables and personal data left out."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

from pipelines.core.document import Document, Grid, Line, Place
from pipelines.core.folding import fold, squeeze
from pipelines.core.lexicon import CHINESE_NUMBER, HAN, LOOSE_PAGE_NUMBER, NUMBERINGS, PART, SECTION, SUBSECTION
from pipelines.narrative.grammar import grammar

_BULLET = re.compile(r"^\s*(?:[-*+>#•●○■◆]+\s+)+")
_TAGS = re.compile(r"</?[a-zA-Z][^<>]*>|\*\*")
_LINE = re.compile(rf"^(?:\(?{CHINESE_NUMBER}\)?[、.]|\((?:{CHINESE_NUMBER}|\d{{1,3}})\)|{NUMBERINGS[2]})")
"""The numbering of a line of running text, brackets half lost too."""

_END = tuple("。:;!?")
_SENTENCE = re.compile(rf"[。;]|(?<!\d),(?!\d)|\d[万亿千]?元[、,(]?[{HAN}]")
"""Running text, folded: a full stop, a comma between words, an amount with its unit amid words."""

_AMOUNT = re.compile(r"-?[\d,]+\.\d+")
_NUMBERS = re.compile(r"-?\d[\d,.]*(?:\s+-?\d[\d,.]*)*")
_HOLE = re.compile(r"(?<=[为是计额金出入费款数的])\s*(?=(?:万元|元|%|％))")
_WRAPPED_REST = re.compile(r"(?:说明|情况|况)$")

_LONGEST_HEADING = 48
"""Characters of a heading; a numbered line that is longer is a paragraph."""

_LONGEST_REST = 14
"""Characters of the second line of a wrapped heading."""

_LONGEST_CAPTION = 60
"""Characters of a line that names a person to call; a sentence about officials is longer."""

_PROSE_ROWS = 1 / 3
"""Share of the rows of a grid that are sentences or headings from which on it is running text; a paragraph has two
lines without a full stop for each with one."""

_SILENT = frozenset({"skip", "tables"})


@dataclass(slots=True)
class Paragraph:
    """Joined lines of one section.

    Attributes:
        kind: narrative, overview, annex or skip.
        section: headings above it, joined by "/".
        raw: the text as printed, without white space.
        text: the same folded, character for character.
        is_heading: whether it is the heading of a section below the top ones.
    """

    kind: str
    section: str
    raw: str = ""
    text: str = ""
    is_heading: bool = False
    _starts: list[int] = field(default_factory=list)
    _places: list[Place] = field(default_factory=list)

    def add(self, raw: str, text: str, place: Place) -> None:
        """Join a line."""
        self._starts.append(len(self.raw))
        self._places.append(place)
        self.raw += raw
        self.text += text

    def place(self, at: int) -> Place:
        """Where a character stands."""
        return self._places[max(0, bisect_right(self._starts, at) - 1)]


def lines_of(document: Document, tables: set[int]) -> Iterator[Line | None]:
    """The lines that are no table, and ``None`` where a table stands between them.

    Running text that a reader took for a table counts as lines; so does a cell that holds sentences.

    Args:
        document: the document as read.
        tables: identities (``id``) of lines that belong to tables without column marks.
    """
    for block in document.blocks:
        if isinstance(block, Line):
            if id(block) not in tables:
                yield block
        elif is_prose(block):
            for row in range(block.rows):
                cells = [c for c in block.cells if c.row == row]  # two pieces of a line may share a column
                if cells:
                    yield Line(" ".join(c.text for c in cells), cells[0].place)
        else:
            yield None


def is_prose(grid: Grid) -> bool:
    """Whether a grid found by alignment is running text: its rows are sentences, or headings without amounts."""
    if grid.method != "aligned":
        return False
    return sum(_is_prose(grid, row) for row in range(grid.rows)) >= grid.rows * _PROSE_ROWS


def _is_prose(grid: Grid, row: int) -> bool:
    texts = [fold(squeeze(c.text)) for c in grid.row(row)]
    text = "".join(texts)
    if _SENTENCE.search(text):
        return True
    return bool(_LINE.match(text) or PART.match(text)) and not any(_AMOUNT.fullmatch(t) for t in texts)


def paragraphs(document: Document, tables: set[int]) -> Iterator[Paragraph]:
    """The paragraphs that may state figures, with their sections.

    A paragraph ends with a sentence, before a numbered line, a heading or a table.
    """
    joiner = _Joiner()
    for line in filled(lines_of(document, tables)):
        yield from joiner.add(line)
    yield from joiner.flush()


def filled(lines: Iterator[Line | None]) -> Iterator[Line | None]:
    """Put numbers that a page sets on a line of their own back into the blanks of the line above."""
    waiting: Line | None = None
    for line in lines:
        if waiting is not None and line is not None and _NUMBERS.fullmatch(line.text.strip()):
            numbers = line.text.split()
            parts = _HOLE.split(waiting.text)
            if len(numbers) == len(parts) - 1:
                yield Line("".join(p + n for p, n in zip(parts, [*numbers, ""], strict=True)), waiting.place)
                waiting = None
                continue
        if waiting is not None:
            yield waiting
            waiting = None
        if line is not None and _HOLE.search(line.text):
            waiting = line
        else:
            yield line
    if waiting is not None:
        yield waiting


def _is_personal(text: str) -> bool:
    """Whether a line gives the name or number of a person; a sentence may speak of such people without naming them."""
    found = grammar().personal.search(text)
    return found is not None and (len(text) <= _LONGEST_CAPTION or text[found.end() :].startswith(":"))


class _Joiner:
    """Joins lines and keeps the headings they stand under."""

    def __init__(self) -> None:
        self.part = self.kind = "narrative"
        self.top = self.sub = ""
        self.open: Paragraph | None = None
        self.after_heading = False

    def flush(self) -> Iterator[Paragraph]:
        """Give the paragraph at hand."""
        if self.open is not None and self.open.text and self.open.kind not in _SILENT:
            yield self.open
        self.open = None

    def add(self, line: Line | None) -> Iterator[Paragraph]:
        """Take the next line."""
        if line is None:
            yield from self.flush()
            return
        raw = squeeze(_BULLET.sub("", _TAGS.sub("", line.text)))
        text = fold(raw)
        if not text or LOOSE_PAGE_NUMBER.fullmatch(text):
            return
        if _is_personal(text):
            yield from self.flush()
            return
        if self.open is None or self.open.text.endswith(_END):
            if self.after_heading and self._is_rest(text):
                self.top += raw
                return
        elif not _LINE.match(text) and not PART.match(text):
            self.open.add(raw, text, line.place)
            return
        yield from self.flush()
        is_heading = self._heading(raw, text)
        self.after_heading = is_heading and SECTION.match(text) is not None
        if is_heading and not SUBSECTION.match(text):
            return
        self.open = Paragraph(self.kind, "/".join(filter(None, (self.top, self.sub))), is_heading=is_heading)
        self.open.add(raw, text, line.place)
        if is_heading:
            yield from self.flush()

    @staticmethod
    def _is_rest(text: str) -> bool:
        """Whether a line is the end of the wrapped heading above it."""
        if len(text) > _LONGEST_REST or _LINE.match(text) or PART.match(text):
            return False
        return _WRAPPED_REST.search(text) is not None

    def _heading(self, raw: str, text: str) -> bool:
        """Take a heading; whether the line is one."""
        known = grammar()
        if len(text) > _LONGEST_HEADING or text.endswith((",", "、", ";")) or known.figure.search(text):
            return False
        if PART.match(text):
            self.part = self.kind = next((k for k, p in known.parts if p.search(text)), "narrative")
            self.top = self.sub = ""
        elif "。" in text[:-1]:
            return False
        elif known.annex.match(text):
            self.part = self.kind = "annex"
            self.top, self.sub = raw.rstrip(":："), ""
        elif SECTION.match(text):
            self.top, self.sub, self.kind = raw.rstrip("。:："), "", self.part
            if self.part in known.may_change:
                self.kind = next((k for k, p in known.sections if p.search(text)), self.part)
        elif SUBSECTION.match(text):
            self.sub = raw.rstrip("。:：")
        else:
            return False
        return True
