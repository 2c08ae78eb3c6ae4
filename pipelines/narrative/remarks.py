"""Remarks that accounting rules look at: formulas, words of the template, statements of no data, titles in the text."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any

from pipelines.core.data_files import declared
from pipelines.core.document import Document, Grid, Place
from pipelines.core.folding import key, remembered
from pipelines.core.money import UNIT
from pipelines.layout.results import ReadTable
from pipelines.narrative.prose import paragraphs
from pipelines.statements.forms import form_of_title

_CAPTION = re.compile(rf"^.{{0,12}}单位:({UNIT})")
_HEADING_UNIT = re.compile(rf"\(({UNIT})\)")
_REACH = 12
"""Texts below a caption that its unit is compared with: a heading of two rows has fewer cells."""

_LABEL = re.compile(r"项目(?:名称|编码|代码|编号):?")
_NAME = re.compile(r"项目名称:?(.{2,60}?)(?=项目(?:编码|代码|编号)|$)")
_CODE = re.compile(r"项目(?:编码|代码|编号):?([0-9A-Z]*\d{8}[0-9A-Z]*)")
_AROUND = 12
"""Characters kept on either side of the words that matched."""

_LONGEST_MATCH = 72
"""Characters of a remark after the words before it."""

_HEADING_SHOWN = 30
"""Characters of a heading that a remark about its unit repeats."""

_OF_TABLE = "the form of the table"

_MOST = 500
"""Remarks of a kind that one document may make; a hostile one would make as many as it has lines."""

_NEAR = 3
"""Texts from one title to the next in a list of contents, at most: a page number and a wrapped rest."""

_LISTED = 4
"""Titles it takes to make a list; three empty tables may follow each other on a page."""


@dataclass(frozen=True, slots=True)
class _Words:
    formula: re.Pattern[str]
    template: re.Pattern[str]
    remainder: re.Pattern[str]
    carried_over: re.Pattern[str]
    target: re.Pattern[str]
    no_data: re.Pattern[str]
    about: dict[str, str]


@cache
def _words() -> _Words:
    raw = declared(__file__, "remarks.yml")
    return _Words(
        re.compile(raw["formula"]),
        re.compile("|".join(raw["template"])),
        re.compile(raw["remainder"]),
        re.compile(raw["carried_over"]),
        re.compile(raw["target"]),
        re.compile(raw["no_data"]),
        raw["about"],
    )


def remark_rows(document: Document, tables: list[ReadTable]) -> list[dict[str, Any]]:
    """Find the remarks of a document.

    Args:
        document: The document.
        tables: Its tables, in reading order; a formula belongs to the one it stands below, or in.

    Returns:
        Rows of ``EXTRACTED_REMARK`` without ``report_key`` and ``row_no``, in reading order, each once per place; of
        titles, the first of each form outside the list of contents. Sentences of the narrative come last.
    """
    captions = _Captions()
    rows: dict[tuple[Any, ...], dict[str, Any]] = {}
    counts: Counter[str] = Counter()
    texts = list(_texts(document, tables))
    titles = {number: titled.name for number, (text, *_) in enumerate(texts) if (titled := form_of_title(text))}
    listed = _listed(titles)
    for number, (text, place, form, in_table) in enumerate(texts):
        said = _said_in_table if in_table else _said_in_text
        at = {"page": place.page, "source_line": place.line, "origin": place.origin}
        found = [
            *((kind, form if about is _OF_TABLE else about, words) for kind, about, words in said(text)),
            *((kind, form, words) for kind, words in captions.take(text)),
        ]
        if number in titles and number not in listed:
            found.append(("title", titles[number], text))
        for kind, about, words in found:
            unique = (kind, about) if kind == "title" else (kind, about, words, *at.values())
            if unique not in rows and counts[kind] < _MOST:
                counts[kind] += 1
                rows[unique] = {"kind": kind, "form": about, "text": words, **at}
    return [*rows.values(), *_sentences(document, tables)]


def _listed(titles: Iterable[int]) -> set[int]:
    """Titles of a list of contents, which promises tables: many of them with next to nothing between.

    Args:
        titles: Numbers of the texts that are titles, ascending.
    """
    runs: list[list[int]] = []
    for number in titles:
        if runs and number - runs[-1][-1] <= _NEAR:
            runs[-1].append(number)
        else:
            runs.append([number])
    return {number for run in runs if len(run) >= _LISTED for number in run}


def _sentences(document: Document, tables: list[ReadTable]) -> Iterator[dict[str, Any]]:
    """What whole sentences of the narrative say, however many lines they take."""
    lines = {id(line) for read in tables for line in read.table.lines}
    found = (
        (match, paragraph.place(match.start()))
        for paragraph in paragraphs(document, lines)
        for match in _words().carried_over.finditer(paragraph.text)
    )
    for match, place in islice(found, _MOST):
        yield {
            "kind": "carried_over",
            "form": None,
            "text": match.group(),
            "page": place.page,
            "source_line": place.line,
            "origin": place.origin,
        }


@remembered
def _said_in_table(text: str) -> tuple[tuple[str, str | None, str], ...]:
    return tuple(_said(text, in_table=True))


@remembered
def _said_in_text(text: str) -> tuple[tuple[str, str | None, str], ...]:
    return tuple(_said(text, in_table=False))


def _said(text: str, *, in_table: bool) -> Iterator[tuple[str, str | None, str]]:
    """What one text says: kind, form (or that of its table) and words."""
    w = _words()
    for found in w.formula.finditer(text):
        yield "formula", _OF_TABLE, found.group()
    for found in w.remainder.finditer(text):
        yield "remainder", None, found.group()
    for found in w.no_data.finditer(text):
        yield "no_data", next((f for f, word in w.about.items() if word in text), _OF_TABLE), _around(text, found)
    if in_table:
        for found in w.target.finditer(text):
            yield "target", None, found.group().rstrip(":")
    else:  # a column may well be headed 增加（减少）
        for found in w.template.finditer(text):
            yield "template", None, _around(text, found)


def _around(text: str, found: re.Match[str]) -> str:
    """The words that matched, with a few on either side."""
    return text[max(0, found.start() - _AROUND) : min(found.end() + _AROUND, found.start() + _LONGEST_MATCH)]


@dataclass(slots=True)
class _Captions:
    """What captions and labels said last: the unit of a table, the name of a project and the label before a cell."""

    unit: str = ""
    reach: int = 0
    name: str = ""
    before: str = ""

    def take(self, text: str) -> Iterator[tuple[str, str]]:
        """Take the next text; yield a heading in another unit than its caption's, and codes of projects."""
        if "单位:" in text and (caption := _CAPTION.search(text)):
            self.unit, self.reach = caption.group(1), _REACH
        elif self.reach and (heading := _HEADING_UNIT.search(text)) and heading.group(1) != self.unit:
            yield "unit", f"单位:{self.unit} {text[:_HEADING_SHOWN]}"
            self.reach = 0
        self.reach = max(0, self.reach - 1)
        labelled = self.before + text
        self.before = ""
        if "项目" not in labelled:
            return
        if named := _NAME.search(labelled):
            self.name = named.group(1) or self.name
        if coded := _CODE.search(labelled):
            yield "project_code", f"{coded.group(1)} {self.name}".strip()
        self.before = text if _LABEL.fullmatch(text) else ""


def _texts(document: Document, tables: list[ReadTable]) -> Iterator[tuple[str, Place, str | None, bool]]:
    """All texts in reading order, folded: with the form of the table they stand in or below, and whether in."""
    of_grid = {id(grid): read.form for read in tables for grid in read.table.grids}
    starts = sorted((read.table.place.line, read.form or "") for read in tables if read.table.place.line is not None)
    form: str | None = None
    for block in document.blocks:
        in_table = isinstance(block, Grid)
        if isinstance(block, Grid):
            form = of_grid.get(id(block), form)
        for piece in block.cells if isinstance(block, Grid) else [block]:
            if piece.place.line is not None:  # a dump's grids may have been cut in two, its lines tell
                above = bisect_right(starts, piece.place.line, key=lambda start: start[0])
                form = starts[above - 1][1] or None if above else None
            yield key(piece.text), piece.place, form, in_table
