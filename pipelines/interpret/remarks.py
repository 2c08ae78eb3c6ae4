"""Remarks that rules read: formulas below tables, template words left in, statements of no data, titles in the text."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from pipelines.extract.document import Document, Grid, Line, Place
from pipelines.interpret.appendix import data
from pipelines.interpret.forms import form_of_title
from pipelines.interpret.normalise import key
from pipelines.interpret.read import ReadTable

_CAPTION = re.compile(r"^.{0,12}单位:((?:亿|千|万)?元)")
_HEADING_UNIT = re.compile(r"\(((?:亿|千|万)?元)\)")
_REACH = 12
"""Texts below a caption that its unit is held against."""

_LABEL = re.compile(r"项目(?:名称|编码|代码|编号):?")
_NAME = re.compile(r"项目名称:?(.{2,60}?)(?=项目(?:编码|代码|编号)|$)")
_CODE = re.compile(r"项目(?:编码|代码|编号):?([0-9A-Z]*\d{8}[0-9A-Z]*)")
_AROUND = 12
"""Characters kept on either side of the words that matched."""


@dataclass(frozen=True, slots=True)
class _Words:
    formula: re.Pattern[str]
    template: re.Pattern[str]
    remainder: re.Pattern[str]
    no_data: re.Pattern[str]
    about: dict[str, str]


@cache
def _words() -> _Words:
    declared = data("remarks.yml")
    return _Words(
        re.compile(declared["formula"]),
        re.compile("|".join(declared["template"])),
        re.compile(declared["remainder"]),
        re.compile(declared["no_data"]),
        declared["about"],
    )


def remark_rows(document: Document, tables: list[ReadTable]) -> list[dict[str, Any]]:
    """Find the remarks of a document.

    Args:
        document: The document.
        tables: Its tables, in reading order; a formula belongs to the one it stands below, or in.

    Returns:
        Rows of ``EXTRACTED_REMARK`` without ``report_key`` and ``row_no``, in reading order, each once per place; of
        titles, the first of each form.
    """
    w = _words()
    captions = _Captions()
    rows: dict[tuple[Any, ...], dict[str, Any]] = {}
    for text, place, form in _texts(document, tables):
        for kind in ("formula", "template", "remainder", "no_data"):
            for found in getattr(w, kind).finditer(text):
                words = (
                    found.group()
                    if kind in {"formula", "remainder"}
                    else text[max(0, found.start() - _AROUND) :][: _AROUND * 6]
                )
                row = {
                    "kind": kind,
                    "form": {"formula": form, "no_data": _about(text, w.about) or form}.get(kind),
                    "text": words,
                    "page": place.page,
                    "source_line": place.line,
                }
                rows.setdefault(tuple(row.values()), row)
        at = {"page": place.page, "source_line": place.line}
        if (titled := form_of_title(text)) is not None:
            rows.setdefault(("title", titled.name), {"kind": "title", "form": titled.name, "text": text, **at})
        for kind, words in captions.take(text):
            rows.setdefault((kind, words, *at.values()), {"kind": kind, "form": form, "text": words, **at})
    return list(rows.values())


@dataclass(slots=True)
class _Captions:
    """What captions and labels said last: the unit of a table, the name of a project and the label before a cell."""

    unit: str = ""
    reach: int = 0
    name: str = ""
    before: str = ""

    def take(self, text: str) -> Iterator[tuple[str, str]]:
        """Take the next text; yield a heading in another unit than its caption's, and codes of projects."""
        if caption := _CAPTION.search(text):
            self.unit, self.reach = caption.group(1), _REACH
        elif self.reach and (heading := _HEADING_UNIT.search(text)) and heading.group(1) != self.unit:
            yield "unit", f"单位:{self.unit} {text[:30]}"
            self.reach = 0
        self.reach = max(0, self.reach - 1)
        if named := _NAME.search(self.before + text):
            self.name = named.group(1) or self.name
        if coded := _CODE.search(self.before + text):
            yield "project_code", f"{coded.group(1)} {self.name}".strip()
        self.before = text if _LABEL.fullmatch(text) else ""


def _about(text: str, about: dict[str, str]) -> str | None:
    """The form that a statement of no data names."""
    return next((form for form, word in about.items() if word in text), None)


def _texts(document: Document, tables: list[ReadTable]) -> Iterator[tuple[str, Place, str | None]]:
    """All texts in reading order, folded, with the form of the table they stand in or below."""
    of_grid = {id(grid): read.form for read in tables for grid in read.table.grids}
    starts = sorted((read.table.place.line, read.form or "") for read in tables if read.table.place.line is not None)
    form: str | None = None
    for block in document.blocks:
        if isinstance(block, Grid):
            form = of_grid.get(id(block), form)
        for text, place in [(c.text, c.place) for c in block.cells] if isinstance(block, Grid) else [_own(block)]:
            if place.line is not None:  # a dump's grids may have been cut in two, its lines tell
                above = bisect_right(starts, place.line, key=lambda start: start[0])
                form = starts[above - 1][1] or None if above else None
            yield key(text), place, form


def _own(line: Line) -> tuple[str, Place]:
    return line.text, line.place
