"""Appendix tables of a report (performance, projects): their titles and their rows, whatever the source's columns."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import groupby

from pipelines.core.data_files import declared
from pipelines.core.document import Document, Grid, Line, Place
from pipelines.core.folding import key, remembered
from pipelines.core.leftovers import FIGURE, Leftover, plain_figure
from pipelines.core.lexicon import CHINESE_NUMBER, CJK, PAGE_NUMBER, SENTENCE

_JUNK = re.compile(r"</?[a-z]{1,6}\s*/?>|\\[(\[].*|\$[^$]*\$|[*]{2}")
_BLANK = re.compile(r"[.…·。\-—_\s]*")
_SPACE = re.compile(r"(?<![A-Za-z])\s+|\s+(?![A-Za-z])")
_PREFIX = re.compile(rf"^(?:附(?:件|表)?(?:{CHINESE_NUMBER}|\d+(?:-\d+)*)?[:：]|{CHINESE_NUMBER}、|[-•]\s*)")
_YEAR = re.compile(r"20\d\d年(?:\d{1,2}月)?(?:\d{1,2}日)?")

_LONGEST_TITLE = 90
"""Characters of a title with the names of body and project in it."""

_TITLE_LINES = 3
"""Lines above the last one that a wrapped title may have."""

FLAT = 40
"""Words of one line from which on it is a whole table whose cells lost their order."""


@remembered
def tidy(text: str) -> str:
    """Printed text without layout: white space stays between Latin words only, markup and filling dots go."""
    text = _JUNK.sub("", text).strip()
    return "" if _BLANK.fullmatch(text) else _SPACE.sub("", text)


@dataclass(frozen=True, slots=True)
class Piece:
    """One cell of a row, or one word of a line; ``col`` counts columns of its grid."""

    text: str
    col: float


@dataclass(frozen=True, slots=True)
class Record:
    """One row of a grid (``cols`` columns) or one line of text (``cols`` is 0); pieces are never blank."""

    pieces: tuple[Piece, ...]
    cols: int
    place: Place
    geometric: bool = False
    """Whether the columns are true positions, not counted marks of a dump."""
    run: int = 0
    """Number of the grid in its document, or of the lines between two grids."""

    @property
    def texts(self) -> list[str]:
        """The texts, left to right."""
        return [p.text for p in self.pieces]

    @property
    def joined(self) -> str:
        """All text as a comparison key."""
        return key("".join(self.texts))


@dataclass(slots=True)
class Appendix:
    """One table of the appendices with its title; rows of several grids and lines in reading order."""

    title: str
    place: Place
    records: list[Record] = field(default_factory=list)


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    words = declared(__file__, "appendix.yml")
    return (
        re.compile(rf".*(?:{words['titles']})(?:\([^()]{{1,12}}\))?"),
        re.compile(words["sections"]),
        re.compile(words["parts"]),
    )


def title_of(text: str) -> str | None:
    """The title of a performance table that a line prints, without its numbering as an appendix."""
    title, section, _ = _patterns()
    if len(text) > 2 * _LONGEST_TITLE or ("表" not in text and "结果" not in text):
        return None
    plain = _PREFIX.sub("", key(text))
    if len(plain) > _LONGEST_TITLE or SENTENCE.search(plain) or section.fullmatch(plain):
        return None
    return _PREFIX.sub("", tidy(text)) if title.fullmatch(plain) else None


def records_of(block: Line | Grid, run: int = 0) -> Iterator[Record]:
    """The rows of a block; a merged cell is in every row it covers."""
    if isinstance(block, Line):
        text = _JUNK.sub("", block.text).strip()
        if text and not PAGE_NUMBER.fullmatch(text):
            yield Record((Piece(text, 0),), 0, block.place, run=run)
        return
    geometric = block.edges is not None
    for row in range(block.rows):
        cells = block.row(row)
        pieces = tuple(Piece(_JUNK.sub("", c.text).strip(), float(c.col)) for c in cells if tidy(c.text))
        if any(len(p.text) > 2 * FLAT and len(p.text.split()) > FLAT for p in pieces):
            yield Record((Piece(" ".join(p.text for p in pieces), 0),), 0, cells[0].place, run=run)
        elif pieces:
            yield Record(pieces, block.cols, next(c.place for c in cells if tidy(c.text)), geometric, run)


def appendices(document: Document) -> list[Appendix]:
    """The appendix tables of a document: what follows a title, up to the next one or the next part of the report.

    A first, untitled appendix holds what stands before the first title.
    """
    found = [Appendix("", Place())]
    recent: list[str] = []
    _, _, part = _patterns()
    run, in_lines = 0, False
    for block in document.blocks:
        run += not (in_lines and isinstance(block, Line))
        in_lines = isinstance(block, Line)
        for record in records_of(block, run):
            single = record.texts[0] if len(record.pieces) == 1 else ""
            title = _title(single, recent) if single else None
            if title is not None:
                found.append(Appendix(title, record.place))
            elif part.fullmatch(key(single)) and record.cols == 0:
                found.append(Appendix("", record.place))
            else:
                found[-1].records.append(record)
            recent = [*recent, single][-_TITLE_LINES:] if single and CJK.search(single) else []
    return found


def _title(text: str, before: list[str]) -> str | None:
    """The title a line ends: alone, or with the lines before it that wrap it."""
    alone = title_of(text)
    if alone is not None or _patterns()[1].fullmatch(key(text)):
        return alone
    for start in range(len(before) - 1, -1, -1):
        joined = title_of("".join([*before[start:], text]))
        if joined is not None and re.match(r"(?:附|表)?\d|.*20\d\d", key(before[start])):
            return joined
    return None


def leftovers_of(records: Iterable[Record], places: Container[Place], taken: Container[str]) -> Iterator[Leftover]:
    """The figures that nobody took, of each grid or run of lines from the first to the last row that was used.

    What is printed before and behind may be something else; the year of a title or heading is no figure.

    Args:
        records: The rows.
        places: Of the rows that something was taken from.
        taken: The figures that were taken, as `plain_figure` gives them.
    """
    for _, group in groupby(records, key=lambda record: record.run):
        run = list(group)
        used = [n for n, record in enumerate(run) if record.place in places]
        for record in run[used[0] : used[-1] + 1] if used else ():
            for piece in record.pieces:
                for figure in FIGURE.findall(_YEAR.sub("", key(piece.text))):
                    if plain_figure(figure) not in taken:
                        yield Leftover(figure, tidy(piece.text), record.place)
