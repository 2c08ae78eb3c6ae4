"""A row of a performance table laid over its headings: what its cells say first, where they stand second."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache

from pipelines.core.folding import key, remembered
from pipelines.core.lexicon import CJK, HAN
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

# Agreement of contents and of positions is added up in points: a column's distance counts one point each.
IMPOSSIBLE, WRONG, UNLIKELY, NEUTRAL, LIKELY, STRONG, CERTAIN = -8.0, -4.0, -2.0, 0.3, 1.0, 2.0, 4.0
"""How well a text fits a column: four columns' distance make up for certainty, none for what is impossible."""

_REACH = 3
"""Columns from its heading at which the position of a cell speaks neither for it nor against it."""

_FARTHEST = 4
"""Columns of distance that count at most: dumps lose whole runs of blank cells."""

_GEOMETRIC, _COUNTED, _UNRELATED = 1.0, 0.3, 0.0
"""What a column of distance counts: true positions, counted marks of a dump, a grid of other columns."""

_OTHER_COLUMNS = 2
"""Columns by which two grids may differ whose positions are still compared."""

_TEAR = 1.2
"""What it costs to take two cells for one: more than a likely fit, less than a strong one."""

_LABEL_LEFT, _SIGN_LEFT, _TEXT_LEFT = 0.1, 0.6, 2.5
"""What it costs to leave out a cell: the label of a merged one, signs that say nothing, text or a number."""

_LEVEL_LENGTH = 16
"""Characters of a name of level 2 that is not declared but ends like one."""

_ALIKE = 0.7
"""Likeness (difflib) of a damaged name of level 2 with the declared one."""

_OVERLAP = 4
"""Characters that may be printed on both sides of a ruling that cuts a cell."""

_MEASURE_LENGTH = 6
"""Characters of a unit of measure (万平方米/年)."""


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
    related = abs(record.cols - cols) <= _OTHER_COLUMNS
    weight = (_GEOMETRIC if record.geometric else _COUNTED) if related else _UNRELATED
    groups, left_out = _laid(pieces, headings, weight, judge, missing)
    texts: dict[str, str] = {}
    doubt = set()
    for heading, group in zip(headings, groups, strict=True):
        texts[heading.name], torn = join([pieces[k].text for k in group])
        if torn or words().damaged.search(texts[heading.name]):
            doubt.add(heading.name)
    places = {h.name: pieces[g[0]].col for h, g in zip(headings, groups, strict=True) if g}
    return Aligned(texts, frozenset(doubt), tuple(tidy(pieces[k].text) for k in left_out), places)


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
            distance = min(abs(piece.col - heading.col), _FARTHEST)
            taken = scores[h] + judge(heading.name, piece.text) + weight * (_REACH - distance)
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
        return _LABEL_LEFT
    says_nothing = not CJK.search(folded) and not _SCORE.fullmatch(folded) and not _VALUE.search(folded)
    return _SIGN_LEFT if says_nothing else _TEXT_LEFT


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
        overlap = next(
            (n for n in range(min(_OVERLAP, len(piece), len(joined)), 0, -1) if joined.endswith(piece[:n])), 0
        )
        piece = piece[overlap:]
        if joined and CJK.match(joined[-1]) and re.match(rf"[0-9A-Za-z☆§&](?=[{HAN}])", piece):
            piece = piece[1:]
        joined += piece
    return joined, len(texts) > 1


MISSING = {"level1": 0.0, "level2": 0.6, "indicator": 1.5, "target": 1.3, "actual": 0.8, "score": 0.5, "weight": 0.5}
"""What a column costs that a row leaves blank: every row has an indicator and a target, merged levels are blank."""


@lru_cache(1 << 14)
def fit(name: str, text: str) -> float:
    """How well a text fits a column of indicators."""
    return _FITS.get(name.partition("#")[0], _fit_value)(_seen(text))


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


@remembered
def _seen(text: str) -> _Seen:
    folded = key(text)
    w = words()
    return _Seen(
        folded,
        level1=w.level1_of(folded) is not None,
        level2=w.level2_names.fullmatch(unweighted(folded)) is not None,
        number=_SCORE.fullmatch(folded) is not None,
        like_value=_VALUE.search(folded) is not None or w.values.match(folded) is not None,
    )


def _fit_level1(seen: _Seen) -> float:
    if seen.level1:
        return STRONG if seen.level2 else CERTAIN
    return LIKELY if words().tail_of_level(seen.text) else WRONG


def _fit_level2(seen: _Seen) -> float:
    plain = unweighted(seen.text)
    names = words().level2
    if seen.level2:
        return CERTAIN
    if len(plain) <= _LEVEL_LENGTH and re.search(r"指标$|满意度", plain):
        return STRONG
    alike = [n for n in names if abs(len(n) - len(plain)) <= 1]
    if len(plain) >= 3 and (any(n.startswith(plain) for n in names) or get_close_matches(plain, alike, 1, _ALIKE)):
        return STRONG
    return NEUTRAL if words().tail_of_level(seen.text) else (IMPOSSIBLE if seen.number else UNLIKELY)


def _fit_indicator(seen: _Seen) -> float:
    if seen.level:
        return WRONG if seen.level1 else UNLIKELY
    return UNLIKELY if len(CJK.findall(seen.text)) < 2 else LIKELY


def _fit_goal(seen: _Seen) -> float:
    return WRONG if seen.level or seen.number else NEUTRAL


def _fit_other(seen: _Seen) -> float:
    if words().basis.search(seen.text):
        return STRONG
    return WRONG if seen.level else (UNLIKELY if seen.like_value else 0.0)


def _fit_score(seen: _Seen) -> float:
    return LIKELY if seen.number else IMPOSSIBLE


def _fit_value(seen: _Seen) -> float:
    return WRONG if seen.level else (LIKELY if seen.like_value else NEUTRAL)


def _fit_sign(seen: _Seen) -> float:
    return STRONG if _SIGN.fullmatch(seen.text) else IMPOSSIBLE


def _fit_measure(seen: _Seen) -> float:
    return IMPOSSIBLE if seen.number or seen.level or len(seen.text) > _MEASURE_LENGTH else LIKELY


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
