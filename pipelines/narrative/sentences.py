"""Sentences of the narrative: where reasons are given in them, what a figure is quoted with, what nobody took."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipelines.core.leftovers import FIGURE, Leftover
from pipelines.core.lexicon import CJK, CLAUSE_END
from pipelines.narrative.grammar import grammar
from pipelines.narrative.prose import Paragraph
from pipelines.narrative.subjects import NUMBERING_AND_CODE

_LISTED = re.compile(r"\d(?:[万亿千]?元|%|人次?|名|辆|个|台(?:\(套\))?|套|批次?)、")
_TAIL_END = re.compile(rf"、|{CLAUSE_END.pattern}")
_NO_FIGURE = re.compile(
    r"20\d\d(?:年度?)?(?:[-.]?\d{1,2}月)?(?:\d{1,2}日)?|\d{1,2}月(?:\d{1,2}日)?|\((?:类|款|项)?\d{3,7}\)"
)

_LONGEST_TAIL = 14
"""Characters after a number that still belong to its quote (万元 of what, 的比例)."""

_LONGEST_QUOTE = 160
"""Characters of a quote before its number at most; longer sentences are cut at the front."""

_AROUND = 12
"""Characters on either side of a leftover that say what it may be."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a paragraph and where in it reasons are given."""

    paragraph: Paragraph
    start: int
    stop: int
    reasons: list[tuple[int, int]]

    @property
    def text(self) -> str:
        """The folded text of its paragraph."""
        return self.paragraph.text

    def in_reasons(self, at: int) -> bool:
        """Whether a character of the paragraph belongs to a reason."""
        return any(start <= at < stop for start, stop in self.reasons)


def reasons_of(text: str, start: int, stop: int) -> list[tuple[int, int]]:
    """Where a sentence gives reasons: from the word that says so to its end, or to a semicolon that ends them."""
    known = grammar()
    found: list[tuple[int, int]] = []
    at = start
    while (match := known.reasons.search(text, at, stop)) is not None:
        end = match.end()
        while (semicolon := text.find(";", end, stop)) >= 0:
            if not known.reasons_go_on.match(text[semicolon + 1 : stop]):
                break
            end = semicolon + 1
        at = stop if semicolon < 0 else semicolon
        found.append((match.start(), at))
    return found


def quote_of(sentence: Sentence, start: int, end: int, words: int) -> str:
    """The clause of a figure as printed, with the clauses before where it says too little alone."""
    text = sentence.text
    inner = [m.end() for pattern in (CLAUSE_END, _LISTED) for m in pattern.finditer(text, sentence.start, start)]
    bounds = [sentence.start, *sorted(inner)]
    first = len(bounds) - 1
    while first > 0 and len(CJK.findall(text[bounds[first] : start])) < words:
        first -= 1
    begin = max(bounds[first], end - _LONGEST_QUOTE)
    after = _TAIL_END.search(text, end, sentence.stop)
    rest = after.start() if after else sentence.stop
    return sentence.paragraph.raw[begin : rest if rest - end <= _LONGEST_TAIL else end]


def leftovers_of(paragraph: Paragraph, taken: Sequence[tuple[int, int]]) -> Iterator[Leftover]:
    """The figures of a paragraph that were not taken."""
    rest = _NO_FIGURE.sub(lambda found: " " * len(found.group()), paragraph.text)
    for start, stop in taken:
        rest = rest[:start] + " " * (stop - start) + rest[stop:]
    numbering = NUMBERING_AND_CODE.match(rest)
    for found in FIGURE.finditer(rest, numbering.end() if numbering else 0):
        text = paragraph.raw[max(0, found.start() - _AROUND) : found.end() + _AROUND]
        yield Leftover(found.group(), text, paragraph.place(found.start()))
