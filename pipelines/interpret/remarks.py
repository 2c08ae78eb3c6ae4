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

_AROUND = 12
"""Characters kept on either side of the words that matched."""


@dataclass(frozen=True, slots=True)
class _Words:
    formula: re.Pattern[str]
    template: re.Pattern[str]
    no_data: re.Pattern[str]
    about: dict[str, str]


@cache
def _words() -> _Words:
    declared = data("remarks.yml")
    return _Words(
        re.compile(declared["formula"]),
        re.compile("|".join(declared["template"])),
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
    rows: dict[tuple[Any, ...], dict[str, Any]] = {}
    for text, place, form in _texts(document, tables):
        for kind, pattern in (("formula", w.formula), ("template", w.template), ("no_data", w.no_data)):
            for found in pattern.finditer(text):
                words = found.group() if kind == "formula" else text[max(0, found.start() - _AROUND) :][: _AROUND * 6]
                row = {
                    "kind": kind,
                    "form": {"formula": form, "no_data": _about(text, w.about) or form}.get(kind),
                    "text": words,
                    "page": place.page,
                    "source_line": place.line,
                }
                rows.setdefault(tuple(row.values()), row)
        if (titled := form_of_title(text)) is not None:
            row = {"kind": "title", "form": titled.name, "text": text, "page": place.page, "source_line": place.line}
            rows.setdefault(("title", titled.name), row)
    return list(rows.values())


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
