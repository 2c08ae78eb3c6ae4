"""A row of a performance table laid over its headings: what its cells say first, where they stand second."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache

from pipelines.core.folding import key
from pipelines.core.lexicon import CJK
from pipelines.layout.appendix import Piece, Record, tidy
from pipelines.performance.row import words

_WEIGHT = re.compile(r"[(（]\s*(\d+(?:\.\d+)?)\s*(?:分(?:\s*\*.*)?[)）]?|[)）]?$)")
_SCORE = re.compile(r"-?\d+(?:\.\d+)?分?")
_VALUE = re.compile(r"[≥≤><=＞＜]|\d")
_SIGN = re.compile(r"[≥≤><=＝≈]|大于|小于|等于|大于等于|小于等于|定性|正向|反向")
_LABEL = re.compile(r"\D{0,2}(?:长期|年度)?.{0,2}(?:绩效|目标|指标).{0,4}|[(（]?\d+(?:\.\d+)?分?[)）]?|.{0,3}分[)）]?")


@dataclass(frozen=True, slots=True)
class Heading:
    """A column: what it holds and where it stands."""

    name: str
    col: float


Fit = Callable[[str, str], float]


@dataclass(frozen=True, slots=True)
class Aligned:
    """A row laid over its headings: texts by column, and the columns whose text was put together or is damaged."""

    texts: dict[str, str]
    doubt: frozenset[str]
    skipped: tuple[str, ...]
    places: dict[str, float]


def align(record: Record, headings: list[Heading], cols: int, judge: Fit, missing: dict[str, float]) -> Aligned:
    """Lay the cells of a row over the headings, in order, so that contents and positions agree best.

    Neighbouring cells may be one torn cell, cells that fit nowhere are left out.

    Args:
        record: The row.
        headings: The columns, from left to right.
        cols: Number of columns of the grid the headings stand in; positions count only where it is the row's.
        judge: How well a text fits a column.
        missing: What a column without a text costs.
    """
    pieces = record.pieces
    weight = 0.0 if abs(record.cols - cols) > 2 else (1.0 if record.geometric else 0.3)
    groups, left_out = _laid(pieces, headings, weight, judge, missing)
    texts: dict[str, str] = {}
    doubt = set()
    for heading, group in zip(headings, groups, strict=True):
        texts[heading.name], torn = join([pieces[k].text for k in group])
        if torn or words().damaged.search(texts[heading.name]):
            doubt.add(heading.name)
    places = {h.name: pieces[g[0]].col for h, g in zip(headings, groups, strict=True) if g}
    return Aligned(texts, frozenset(doubt), tuple(tidy(pieces[k].text) for k in left_out), places)


_TEAR = 1.2
"""What it costs to take two cells for one."""


def _laid(
    pieces: tuple[Piece, ...], headings: list[Heading], weight: float, judge: Fit, missing: dict[str, float]
) -> tuple[list[list[int]], list[int]]:
    """The numbers of the cells that lie under each heading, and of those that lie under none."""
    lacks = [missing.get(h.name, 0.0) for h in headings]
    # scores[h]: the best with the cells so far under the first h headings; starts[h]: where the last one's cells begin,
    # if the cell before is one of them. steps[i][h] tells how it was reached.
    scores, starts = [-sum(lacks[:h]) for h in range(len(headings) + 1)], [-1] * (len(headings) + 1)
    steps: list[list[str]] = [["miss"] * (len(headings) + 1)]
    for i, piece in enumerate(pieces):
        left_out = _skip(piece.text)
        after, begun, how = [scores[0] - left_out], [-1], ["skip"]
        for h, heading in enumerate(headings):
            best, start, step = scores[h + 1] - left_out, -1, "skip"
            distance = min(abs(piece.col - heading.col), 4)
            taken = scores[h] + judge(heading.name, piece.text) + weight * (3 - distance)
            if taken > best:
                best, start, step = taken, i, "take"
            first = starts[h + 1]
            if first >= 0 and scores[h + 1] - _TEAR > best:
                whole = join([p.text for p in pieces[first : i + 1]])[0]
                torn = scores[h + 1] - _TEAR + min(0.0, judge(heading.name, whole))
                if torn > best:
                    best, start, step = torn, first, "join"
            if after[h] - lacks[h] > best:
                best, start, step = after[h] - lacks[h], -1, "miss"
            after.append(best)
            begun.append(start)
            how.append(step)
        scores, starts = after, begun
        steps.append(how)
    return _traced(steps, len(headings))


def _traced(steps: list[list[str]], headings: int) -> tuple[list[list[int]], list[int]]:
    """Follow the steps back."""
    groups: list[list[int]] = [[] for _ in range(headings)]
    skipped: list[int] = []
    i, h = len(steps) - 1, headings
    while i or h:
        match steps[i][h]:
            case "miss":
                h -= 1
            case "skip":
                i -= 1
                skipped.insert(0, i)
            case "take":
                i, h = i - 1, h - 1
                groups[h].insert(0, i)
            case _:
                i -= 1
                groups[h - 1].insert(0, i)
    return groups, skipped


@lru_cache(1 << 12)
def _skip(text: str) -> float:
    folded = key(text)
    if _LABEL.fullmatch(folded) and not words().level2_names.fullmatch(folded):
        return 0.1
    return 0.6 if not CJK.search(folded) and not _SCORE.fullmatch(folded) and not _VALUE.search(folded) else 2.5


def join(texts: list[str]) -> tuple[str, bool]:
    """Put torn cells together: what both sides of the rule print stands once, half a character is no text.

    Returns:
        The text, and whether it was torn.
    """
    joined = tidy(texts[0]) if texts else ""
    for text in texts[1:]:
        piece = tidy(text)
        shared = next((n for n, (a, b) in enumerate(zip(joined, piece, strict=False)) if a != b), len(joined))
        if 2 <= shared < len(piece) and len(joined) - shared <= 1:  # the cell once more, this time whole
            joined = piece
            continue
        overlap = next((n for n in range(min(4, len(piece), len(joined)), 0, -1) if joined.endswith(piece[:n])), 0)
        piece = piece[overlap:]
        if joined and CJK.match(joined[-1]) and re.match(r"[0-9A-Za-z☆§&](?=[\u3400-\u9fff])", piece):
            piece = piece[1:]
        joined += piece
    return joined, len(texts) > 1


MISSING = {"level1": 0.0, "level2": 0.6, "indicator": 1.5, "target": 1.3, "actual": 0.8, "score": 0.5, "weight": 0.5}


@lru_cache(1 << 14)
def fit(name: str, text: str) -> float:
    """How well a text fits a column of indicators."""
    folded = key(text)
    w = words()
    seen = _Seen(
        folded,
        level1=w.level1_of(folded) is not None,
        level2=w.level2_names.fullmatch(unweighted(folded)) is not None,
        number=_SCORE.fullmatch(folded) is not None,
        like_value=_VALUE.search(folded) is not None or w.values.match(folded) is not None,
    )
    return _FITS.get(name.partition("#")[0], _fit_value)(seen)


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a text looks like."""

    text: str
    level1: bool
    level2: bool
    number: bool
    like_value: bool

    @property
    def level(self) -> bool:
        return self.level1 or self.level2


def _fit_level1(seen: _Seen) -> float:
    if seen.level1:
        return 2.0 if seen.level2 else 4.0
    return 1.0 if words().tail_of_level(seen.text) else -4.0


def _fit_level2(seen: _Seen) -> float:
    plain = unweighted(seen.text)
    names = words().level2
    if seen.level2:
        return 4.0
    if len(plain) <= 16 and re.search(r"指标$|满意度", plain):
        return 2.5
    alike = [n for n in names if abs(len(n) - len(plain)) <= 1]
    if len(plain) >= 3 and (any(n.startswith(plain) for n in names) or get_close_matches(plain, alike, 1, 0.7)):
        return 2.0
    return 0.3 if words().tail_of_level(seen.text) else (-6.0 if seen.number else -2.0)


def _fit_indicator(seen: _Seen) -> float:
    if seen.level:
        return -4.0 if seen.level1 else -2.5
    return -2.0 if len(CJK.findall(seen.text)) < 2 else 1.0


def _fit_goal(seen: _Seen) -> float:
    return -5.0 if seen.level else (-4.0 if seen.number else 0.5)


def _fit_other(seen: _Seen) -> float:
    if words().basis.search(seen.text):
        return 1.5
    return -5.0 if seen.level else (-1.0 if seen.like_value else 0.0)


def _fit_score(seen: _Seen) -> float:
    return 1.0 if seen.number else -8.0


def _fit_value(seen: _Seen) -> float:
    return -4.0 if seen.level else (1.0 if seen.like_value else 0.3)


def _fit_sign(seen: _Seen) -> float:
    return 2.0 if _SIGN.fullmatch(seen.text) else -8.0


def _fit_measure(seen: _Seen) -> float:
    return -8.0 if seen.number or seen.level or len(seen.text) > 6 else 1.2


_FITS: dict[str, Callable[[_Seen], float]] = {
    "level1": _fit_level1,
    "level2": _fit_level2,
    "indicator": _fit_indicator,
    "goal": _fit_goal,
    "other": _fit_other,
    "before": _fit_goal,
    "sign": _fit_sign,
    "measure": _fit_measure,
    "score": _fit_score,
    "weight": _fit_score,
}


def is_label(text: str) -> bool:
    """Whether a text is the label of a merged cell beside the indicators (年度绩效指标, (80分))."""
    return _LABEL.fullmatch(key(text)) is not None


def is_score(text: str) -> bool:
    """Whether a text is a number of points."""
    return _SCORE.fullmatch(key(text)) is not None


def weight_in(text: str) -> str:
    """The points that a label names in brackets."""
    found = _WEIGHT.search(key(text))
    return found.group(1) if found else ""


def unweighted(text: str) -> str:
    """A label without its points."""
    return _WEIGHT.sub("", text)
