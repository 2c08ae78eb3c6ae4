"""The overview of a whole unit's budget in a performance form: each line holds a name, amount, share, earlier years."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from pipelines.core.document import Document, Line, Place
from pipelines.core.folding import fold
from pipelines.core.lexicon import CJK
from pipelines.core.numbers import read_number
from pipelines.narrative.grammar import grammar

_ROW = re.compile(r"\s*(?P<name>[^\d]+?)\s*(?P<numbers>-?[\d,.]+%?(?:\s+-?[\d,.]+%?){1,3})\s*")
_TOTAL = "合计"

_REACH = 14
"""Lines from the heading of a side of the overview, or from the side before it, at most."""


@dataclass(frozen=True, slots=True)
class OverviewFigure:
    """One number of the overview."""

    fact: str
    path: tuple[str, ...]
    value: Decimal
    printed: str
    unit: str
    quote: str
    place: Place


def overview_rows(document: Document) -> Iterator[OverviewFigure]:
    """The figures of lines such as 财政拨款 2120.2 100 283.6 604.4 below 收入构成 and 支出构成."""
    known = grammar()
    side, years, since = "", [], _REACH
    for line in _lines(document):
        raw, text = line.text, fold(line.text)
        if "构成" not in text and since >= _REACH and "年" not in text:
            continue
        since += 1
        if found := known.overview_sides.search(text):
            side, since = found.group(), 0
            raw, text = raw[found.end() :], text[found.end() :]
        elif stated := known.overview_years.findall(text):
            years = stated
            continue
        row = _ROW.fullmatch(text) if side and since < _REACH else None
        if row is None or not CJK.search(row["name"]):
            continue
        name = re.sub(r"\s", "", row["name"])
        earlier = (("prior_amount", "万元", (f"{y}年",)) for y in years)
        facts = [("amount", "万元", ()), ("share_percent", "%", ()), *earlier]
        for (fact, unit, year), printed in zip(facts, raw[slice(*row.span("numbers"))].split(), strict=False):
            number = read_number(printed.rstrip("%"))
            if number is not None and number.value is not None:
                path = (side, name, *year)
                yield OverviewFigure(fact, path, number.value, printed, unit, line.text.strip(), line.place)
        if name == _TOTAL:
            side, since = ("", _REACH) if side.startswith("支") else (side, since)


def _lines(document: Document) -> Iterator[Line]:
    for block in document.blocks:
        if isinstance(block, Line):
            yield block
            continue
        for row in range(block.rows):
            cells = [c for c in block.row(row) if c.row == row and c.text]
            if cells:
                yield Line(" ".join(c.text.replace("\n", "") for c in cells), cells[0].place)
