"""The lexicon: which coordinate a word of a heading, a title or a row name states (``lexicon.yml``)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from pipelines.core.data_files import declared

Coordinates = dict[str, str]
"""Axis to value: source, time, nature, of, item, period, stage, year, total."""

_MAX_PIECES = 12  # levels of a heading; deeper ones are text of the table
_REMEMBERED = 1 << 14


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The words of ``lexicon.yml`` as patterns."""

    roles: tuple[tuple[str, re.Pattern[str]], ...]
    classifications: tuple[tuple[str, re.Pattern[str]], ...]
    phrases: tuple[tuple[re.Pattern[str], Coordinates], ...]
    words: tuple[tuple[str, str, re.Pattern[str]], ...]
    titles: tuple[tuple[str, str, re.Pattern[str]], ...]
    parts: dict[str, dict[str, str]]


@cache
def lexicon() -> Lexicon:
    """The lexicon, loaded once."""
    raw = declared(__file__, "lexicon.yml")
    return Lexicon(
        roles=tuple((role, re.compile(pattern)) for role, pattern in raw["roles"].items()),
        classifications=tuple((name, re.compile(pattern)) for name, pattern in raw["classifications"].items()),
        phrases=tuple(
            (re.compile(p["pattern"]), {axis: value for axis, value in p.items() if axis != "pattern"})
            for p in raw["phrases"]
        ),
        words=tuple(
            (axis, value, re.compile(pattern))
            for axis, values in raw["words"].items()
            for value, pattern in values.items()
        ),
        titles=tuple(
            (axis, value, re.compile(pattern))
            for axis, values in raw["titles"].items()
            for value, pattern in values.items()
        ),
        parts=raw["parts"],
    )


@lru_cache(_REMEMBERED)
def role_of(heading: str) -> str | None:
    """What a column of this heading holds when it leads the rows, or ``None``."""
    return next((role for role, pattern in lexicon().roles if pattern.fullmatch(heading)), None)


def classification_of(text: str) -> str | None:
    """The classification that the words of a heading name."""
    return next((name for name, pattern in lexicon().classifications if pattern.search(text)), None)


@lru_cache(_REMEMBERED)
def _coordinates(text: str) -> tuple[tuple[str, str], ...] | None:
    for pattern, given in lexicon().phrases:
        if pattern.fullmatch(text):
            return tuple(given.items())
    found: list[tuple[str, str]] = []
    at = 0
    while at < len(text):
        best: tuple[int, str, str] | None = None
        for axis, value, pattern in lexicon().words:
            hit = pattern.match(text, at)
            if hit and hit.end() > at and (best is None or hit.end() > best[0]):
                best = (hit.end(), axis, value or hit.group())
        if best is None:
            return None
        if best[1] != "filler":
            found.append((best[1], best[2]))
        at = best[0]
    return tuple(found)


def coordinates_of(text: str) -> Coordinates | None:
    """The coordinates that a heading states.

    Args:
        text: Key of one heading.

    Returns:
        Axis to value, the later word of an axis counts; ``None`` when a part of the heading is no word of ours.
    """
    found = _coordinates(text)
    if found is None:
        return None
    return dict(found)


def below(above: Coordinates, own: Coordinates) -> Coordinates:
    """The coordinates of a heading below another: its own count, and a source may be a part of the one above."""
    part = lexicon().parts.get(above.get("source", ""), {}).get(own.get("source", ""))
    return {**above, **own, **({"source": part} if part else {})}


def levels_of(pieces: Sequence[str]) -> list[str] | None:
    """Put together the headings over a column that a narrow cell has wrapped over several lines.

    Args:
        pieces: Keys of the texts over the column, top to bottom.

    Returns:
        As many levels as possible, each of which is understood whole; ``None`` when no way of joining is.
    """
    pieces = pieces[-_MAX_PIECES:]
    best: list[list[str] | None] = [[]]
    for stop in range(1, len(pieces) + 1):
        choice: list[str] | None = None
        for start in range(stop):
            before = best[start]
            text = "".join(pieces[start:stop])
            if before is None or (choice is not None and len(choice) >= len(before) + 1):
                continue
            if _coordinates(text) is not None or role_of(text) is not None:
                choice = [*before, text]
        best.append(choice)
    return best[-1]


def limits_of(title: str) -> Coordinates:
    """What the words of a title limit its table to: source, nature, axis."""
    given: Coordinates = {}
    for axis, value, pattern in lexicon().titles:
        if axis not in given and pattern.search(title):
            given[axis] = value
    return given
