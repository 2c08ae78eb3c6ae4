"""Numbers with their units as a sentence prints them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain

from pipelines.core.numbers import read_number
from pipelines.narrative.grammar import grammar


@dataclass(frozen=True, slots=True)
class Figure:
    """One number as it stands in a text.

    Attributes:
        start: where it begins, its sign or blank marks included.
        end: behind its unit.
        number: where the number itself begins and ends; nothing lies between for a blank the publisher left.
        value: its value; ``None`` when it is no number.
        unit: its unit; 万元 where a zero stands without one, % behind an amount that has it.
    """

    start: int
    end: int
    number: tuple[int, int]
    value: Decimal | None
    unit: str


def figures_of(text: str, start: int, stop: int) -> list[Figure]:
    """The figures of a stretch of folded text, in order; thresholds (100万元以上) are none."""
    found = sorted(chain(_numbers(text, start, stop), _blanks(text, start, stop)), key=lambda f: f.start)
    return [f for f in found if not _is_threshold(text, start, stop, f)]


def _is_threshold(text: str, start: int, stop: int, figure: Figure) -> bool:
    known = grammar()
    if known.threshold_after.match(text[figure.end : stop]):
        return True
    return known.threshold_before.search(text[start : figure.start]) is not None


def _numbers(text: str, start: int, stop: int) -> Iterator[Figure]:
    known = grammar()
    for found in known.figure.finditer(text, start, stop):
        before, number, after, unit = found.groups()
        value = _value(number)
        # A dash on both sides of a number, or next to a blank, is what is left of a line to write on.
        is_negative = before == "-" and not after
        if value is not None and is_negative:
            value = -value
        first = found.start(1) if is_negative else found.start(2)
        yield Figure(found.start(1), found.end(), (first, found.end(2)), value, unit)
    for found in known.bare_zero.finditer(text, start, stop):
        yield Figure(found.start(2), found.end(2), found.span(2), Decimal(found.group(2)), "万元")
    for found in known.bare_percent.finditer(text, start, stop):
        yield Figure(found.start(1), found.end(1), found.span(1), Decimal(found.group(1)), "%")


def _blanks(text: str, start: int, stop: int) -> Iterator[Figure]:
    for found in grammar().blank.finditer(text, start, stop):
        yield Figure(found.start(), found.end(), (found.start(), found.start()), None, found.group(1))


def _value(printed: str) -> Decimal | None:
    number = read_number(printed)
    return None if number is None else number.value
