"""What a document prints about its body, year, stage and scope, and where."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache

from pipelines.core.document import Document, Place
from pipelines.core.folding import name_key
from pipelines.identity.captions import Caption, captions
from pipelines.identity.names import is_body, plain
from pipelines.identity.pieces import Piece, pieces, rows_alone
from pipelines.identity.titles import Title, titles
from pipelines.identity.words import STAGES, YEAR, as_year, words

OPENING = 80
"""Pieces from the top, without a menu's, in which a title is the report's own; further down it may be a chapter's."""

COVER = 12
"""Pieces from the top that a cover holds: a year or a body alone on its line counts there."""

_SENTENCE = 1000  # first characters of a paragraph in which a sentence is looked for
_STATING = 3  # the first patterns of the list state the year of the report, the others may speak of another
_NAME = r"(?P<name>[^,，。;；:：、\s]{3,60}?)"


@dataclass(frozen=True, slots=True)
class Naming:
    """One printing of a body's name: what kind of printing, and where."""

    kind: str
    name: str
    place: Place
    text: str
    scope: str | None = None


@dataclass(slots=True)
class Evidence:
    """All that a document prints about its identity.

    Attributes:
        titles: In reading order.
        captions: In reading order.
        namings: Every printing of a body's name.
        opening: The first pieces.
        stated: Years and stages that sentences state for the account as a whole.
        text: The folded text, for regions.
        rows: Folded texts that stand alone in one of the first rows of a grid.
    """

    titles: list[Title] = field(default_factory=list)
    captions: list[Caption] = field(default_factory=list)
    namings: list[Naming] = field(default_factory=list)
    opening: list[Piece] = field(default_factory=list)
    stated: list[tuple[int | None, str]] = field(default_factory=list)
    text: str = ""
    rows: list[str] = field(default_factory=list)


def evidence_of(document: Document) -> Evidence:
    """Collect what a document prints about its identity."""
    found = list(pieces(document))
    result = Evidence(
        opening=[piece for piece in found if piece.order < OPENING],
        text="\n".join(name_key(line.text) for line in document.lines()),
        rows=[name_key(text) for text in rows_alone(document)],
    )
    result.titles = titles(found)
    result.captions = list(captions(document))
    result.namings = [
        *_of_titles(result.titles),
        *_of_cover(found, result.titles),
        *_of_headings(found),
        *(Naming(c.kind, c.name, c.place, c.name, c.scope) for c in result.captions),
        *_of_sentences(document, result.stated),
    ]
    return result


def is_opening(title: Title) -> bool:
    """Whether a title is the report's own: near the top, no heading or entry of a contents list, no wrapped prose."""
    return title.order < OPENING and not title.numbered and not title.loose


def _of_titles(found: Sequence[Title]) -> Iterator[Naming]:
    for title in found:
        if title.name:
            kind = "heading" if title.numbered else "title" if is_opening(title) else "later_title"
            yield Naming(kind, title.name, title.place, title.text, title.scope)


def _of_cover(found: Sequence[Piece], known: Sequence[Title]) -> Iterator[Naming]:
    """A body alone on a line of a cover whose title names none."""
    first = next((title for title in known if title.piece < COVER and not title.numbered), None)
    if first is None or first.name:
        return
    for piece in found[:COVER]:
        name = plain(piece.text)
        if not piece.spoken and not piece.numbered and is_body(name):
            yield Naming("cover", name, piece.place, piece.text)


def _of_headings(found: Sequence[Piece]) -> Iterator[Naming]:
    """第一部分 某局概况: only what a heading says of the whole."""
    pattern = _overview()
    for piece in found:
        if piece.numbered and (heading := pattern.fullmatch(piece.text)):
            name = plain(heading["name"])
            if is_body(name):
                yield Naming("heading", name, piece.place, piece.text)


@cache
def _overview() -> re.Pattern[str]:
    return re.compile(rf"(?P<name>.+?){words()['overview']}")


@cache
def _sentences() -> list[re.Pattern[str]]:
    data = words()
    return [
        re.compile(
            pattern.replace("NAME", _NAME)
            .replace("YEAR", f"(?P<year>{YEAR})")
            .replace("LEVEL", data["level"])
            .replace("MONEY", data["money"])
        )
        for pattern in data["sentences"]
    ]


def _of_sentences(document: Document, stated: list[tuple[int | None, str]]) -> Iterator[Naming]:
    """Bodies that sentences name as the one whose accounts these are; ``stated`` gets the years and stages."""
    lines = document.lines()
    for number, line in enumerate(lines):
        text = name_key(line.text)
        if "算" not in text:
            continue
        behind = name_key(lines[number - 1].text) if number else ""
        for joined in (text, behind + text) if behind else (text,):
            named = list(_named(joined[:_SENTENCE], line.place, stated))
            if named:
                yield from named
                break


def _named(text: str, place: Place, stated: list[tuple[int | None, str]]) -> Iterator[Naming]:
    for number, pattern in enumerate(_sentences()):
        for found in pattern.finditer(text):
            year = found.groupdict().get("year")
            name = plain(found["name"])
            if is_body(name):
                if number < _STATING:
                    stated.append((as_year(year) if year else None, STAGES[found[0][-2:]]))
                yield Naming("sentence", name, place, found[0])
                return
