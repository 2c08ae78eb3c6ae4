"""The execution of a whole budget in a performance table: amounts as target and actual value of one row."""

from __future__ import annotations

import re
from dataclasses import replace

from pipelines.core.document import Place
from pipelines.core.folding import key
from pipelines.core.lexicon import CJK
from pipelines.core.money import UNIT
from pipelines.core.numbers import read_number
from pipelines.layout.appendix import Piece, Record, tidy
from pipelines.performance.align import IMPOSSIBLE, LIKELY, STRONG, Heading, align, weight_in
from pipelines.performance.row import IndicatorRow, words

_UNIT = re.compile(rf"\(({UNIT})\)")
_FLAT_BUDGET = re.compile(
    rf"(?P<head>{CJK.pattern}+)?\s*(?P<budget>\d[\d.,]*)\s+(?P<final>\d[\d.,]*)\s+(?P<rate>\d[\d.]*%)"
    rf"(?:\s+(?P<score>\d+(?:\.\d+)?)(?=\s))?(?:\s*[(（](?P<weight>\d+)\s*分[)）])?\s*(?P<tail>{CJK.pattern}+)?"
)

MISSING = {"label": 2.0, "budget": 1.0, "final": 1.0, "score": 0.5, "rate": 0.3, "weight": 0.5, "initial": 0.5}
"""What a column costs that a row leaves blank, in the points of `pipelines.performance.align`."""


def budget_row(record: Record, columns: list[Heading], weight: str, unit: str) -> IndicatorRow | None:
    """The row of the whole budget: amounts as target and actual value.

    Args:
        record: The row.
        columns: The headings above it.
        weight: Points that the headings give it.
        unit: Unit of money that the headings name; empty when they do not.

    Returns:
        ``None`` for a row of a part of the budget, or of none.
    """
    w = words()
    headings = [Heading("label", min(h.col for h in columns) - 1), *sorted(columns, key=lambda h: h.col)]
    laid = align(_split_numbers(record), headings, record.cols, _fit_budget, MISSING)
    label = laid.texts.get("label", "")
    if not w.budget_total.search(label) or not laid.texts.get("budget"):
        return None
    points = laid.texts.get("weight") or weight or weight_in("".join(record.texts))
    texts = {"target": "budget", "actual": "final", "score": "score"}
    values = {name: plain_number(laid.texts.get(column, "")) for name, column in texts.items()}
    return IndicatorRow(
        record.place,
        level1=w.budget_level,
        indicator=label,
        values=values | {"weight": points, "rate": laid.texts.get("rate", "")},
        fixed=True,
        unit=unit or unit_beside(record),
    )


def flat_budget_row(text: str, place: Place) -> IndicatorRow | None:
    """The row of the whole budget in a line in which a whole table lost its order: two amounts, then their rate."""
    found = _FLAT_BUDGET.search(text)
    label = (found["head"] or "") + (found["tail"] or "") if found else ""
    if found is None or not words().budget_total.search(label):
        return None
    values = {"target": found["budget"], "actual": found["final"], "rate": found["rate"], "score": found["score"] or ""}
    return IndicatorRow(
        place,
        level1=words().budget_level,
        indicator=label,
        values={name: plain_number(value) for name, value in values.items()} | {"weight": found["weight"] or ""},
        fixed=True,
    )


def _fit_budget(name: str, text: str) -> float:
    """How well a text fits a column of the execution of the budget."""
    number = read_number(text)
    percent = re.fullmatch(r"\d+(?:\.\d+)?%", key(text)) is not None
    amount = number is not None and number.value is not None
    if name == "label":
        return LIKELY if CJK.search(text) and not re.search(r"分[)）]|情况", text) else IMPOSSIBLE
    if name == "rate":
        return STRONG if percent else (0.0 if amount else IMPOSSIBLE)
    return LIKELY if amount else IMPOSSIBLE


def _split_numbers(record: Record) -> Record:
    """Cut cells that hold several numbers, or words and numbers; a number that the next cell prints whole goes."""
    pieces: list[Piece] = []
    for piece in record.pieces:
        text = re.sub(r"(?<=\d)([.,])\s+(?=\d)", r"\1", piece.text.strip())
        found = re.match(r"(.*?)((?:\s+|^)\d[\d.,%]*(?:\s+\d[\d.,%]*)*)$", text)
        head, tail = (found.group(1), found.group(2).split()) if found else (text, [])
        label = re.sub(r"^(?:[(（][^()（）]*[)）]\s*)+", "", head)
        parts = [label, *tail] if label else tail or [text]
        pieces += [Piece(part, piece.col + n / 10) for n, part in enumerate(parts) if part]
    return replace(
        record,
        pieces=tuple(
            p
            for p, after in zip(pieces, [*pieces[1:], None], strict=True)
            if after is None
            or p.text == after.text
            or not (re.match(r"\d+\.\d", p.text) and re.fullmatch(re.escape(p.text) + r"\d+", after.text))
        ),
    )


def unit_beside(record: Record) -> str:
    """The unit of money in brackets beside a label."""
    found = _UNIT.search(record.joined)
    return found.group(1) if found else ""


def plain_number(text: str) -> str:
    """A number without the signs that group its digits; other text as it is."""
    number = read_number(key(text).removesuffix("分"))
    return tidy(text) if number is None or number.value is None else f"{number.value:f}"
