"""Torn and damaged texts of performance tables, put right by what the same report prints elsewhere.

A whole-unit table repeats the indicators of the project tables, and some reports print one table twice. Only texts that
were read with doubt are touched, and only rows of the same indicator may mend each other; a report read without doubt
stays as it is.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import replace
from difflib import SequenceMatcher

from pipelines.core.folding import key
from pipelines.performance.row import IndicatorRow, IndicatorTable, words

_TEXTS = ("indicator", "target", "actual")
_ZERO = re.compile(r"(?<![0-9A-Za-z.])0([A-Z]+)(?![0-9A-Za-z])")
_NUMBERS = re.compile(r"[0-9一二三四五六七八九十]")

_LIKE = 0.3
"""Likeness (difflib) of a doubtful text with the whole one that replaces it: half of it may be lost."""

_SAME = 0.6
"""Likeness of two rows, all texts together, that are the same indicator."""

_CLOSE = 0.7
"""Likeness of a text read without doubt with the one that outvotes it: one slip in it."""

_OUTVOTED, _LONG_ENOUGH = 2, 8
"""Other rows that agree against a text, and characters it has; short texts differ on purpose (90%, 95%)."""

_WHOLE = 4
"""Characters of a text that is known without the character a ruling doubled; shorter ones stand anywhere."""


def mend_indicators(tables: list[IndicatorTable], text: str) -> None:
    """Put doubtful texts right, in place.

    Args:
        tables: All tables of a document.
        text: Everything the document prints, cell by cell, without white space.
    """
    rows = [row for table in tables for row in table.rows]
    for row in rows:
        _spell(row, text)
    if not any(row.doubt for row in rows):
        return
    for row in rows:
        _untear(row, text)
    for table in tables:
        for row in table.rows:
            _take_from(row, _relatives(row, table, tables))
    for table in tables:
        twins = [t for t in tables if t is not table and key(t.title) == key(table.title) and t.title]
        for twin in twins:
            _restore_order(table, twin)
            _share_goals(table, twin)
    for table in tables:
        table.rows = [r for r in table.rows if not r.flat]


def _spell(row: IndicatorRow, text: str) -> None:
    """A zero before capitals is the letter, where the document elsewhere writes the word with it."""
    for name in (*_TEXTS, "goal"):
        row.put(name, _ZERO.sub(lambda m: "O" + m[1] if "O" + m[1] in text else m[0], row.get(name)))


def _untear(row: IndicatorRow, text: str) -> None:
    """Settle doubts that the rest of the report settles: a text that stands there elsewhere is read right.

    A character cut by a rule is read twice: then the text without the surplus one stands elsewhere.
    """
    for name in row.doubt & {*_TEXTS, "goal"}:
        torn = row.get(name)
        legible = not words().damaged.search(torn)
        if legible and text.count(torn) >= (1 if name in row.torn else 2):
            row.doubt.discard(name)
            continue
        shorter = (torn[:i] + torn[i + 1 :] for i in range(1, len(torn) - 1))
        whole = next((t for t in shorter if len(t) >= _WHOLE and t in text), None) if name in row.torn else None
        if whole is not None and name in {"indicator", "goal"}:
            row.put(name, whole)
            row.doubt.discard(name)


def _ratio(a: str, b: str) -> float:
    return SequenceMatcher(None, key(a), key(b), autojunk=False).ratio()


def _is_like(a: str, b: str, least: float) -> bool:
    """Whether two texts are at least so much alike; most are not, as their letters alone tell."""
    a, b = key(a), key(b)
    if a == b:
        return True
    matcher = SequenceMatcher(None, a, b, autojunk=False)
    return matcher.real_quick_ratio() >= least and matcher.quick_ratio() >= least and matcher.ratio() >= least


def _whole(row: IndicatorRow) -> str:
    return "".join(row.get(name) for name in _TEXTS)


def _relatives(row: IndicatorRow, own: IndicatorTable, tables: list[IndicatorTable]) -> list[IndicatorRow]:
    """Rows of the same indicator in other tables."""
    if row.fixed or row.flat:
        return []
    found = []
    level2, indicator, whole = key(row.level2), key(row.indicator), _whole(row)
    any_level, any_indicator = "level2" in row.doubt, "indicator" in row.doubt
    for table in tables:
        for other in table.rows if table is not own else []:
            if other.fixed or other.flat:
                continue
            same_level = any_level or key(other.level2) == level2 or "level2" in other.doubt
            same = same_level and (any_indicator or key(other.indicator) == indicator or "indicator" in other.doubt)
            if same and _is_like(whole, _whole(other), _SAME):
                found.append(other)
    return found


def _take_from(row: IndicatorRow, relatives: list[IndicatorRow]) -> None:
    """Take the texts of relatives where one's own are doubtful, or where they outvote a text with a slip in it."""
    if "level2" in row.doubt and (sure := [r.level2 for r in relatives if "level2" not in r.doubt]):
        row.level1, row.level2 = next((r.level1, r.level2) for r in relatives if r.level2 == sure[0])
        row.doubt.discard("level2")
    for name in _TEXTS:
        own = row.get(name)
        columns = (name,) if name == "indicator" else ("target", "actual")
        others = Counter(r.get(c) for r in relatives for c in columns if c not in r.doubt and r.get(c))
        if name in row.doubt:
            same_column = {r.get(name) for r in relatives}
            like = [t for t in others if t in same_column and _is_like(t, own, _LIKE)]
            best = max(like, key=lambda t: (others[t], _ratio(t, own)), default=None)
        else:
            close = [t for t, n in others.items() if n >= _OUTVOTED and t != own and own not in others]
            best = next(
                (t for t in close if len(t) >= _LONG_ENOUGH and _signs(t) == _signs(own) and _is_like(t, own, _CLOSE)),
                None,
            )
        if best is not None:
            row.put(name, best)
            row.doubt.discard(name)


def _signs(text: str) -> list[str]:
    return _NUMBERS.findall(text)


def _restore_order(table: IndicatorTable, twin: IndicatorTable) -> None:
    """Rows whose cells lost their order in one printing are taken from the other, if all their words stand there."""
    if not table.flat or twin.flat:
        return
    letters = Counter(key(table.flat))
    kept = [r for r in table.rows if not r.flat]
    first = next(((key(r.level2), key(r.indicator)) for r in kept if not r.fixed), None)
    missing = []
    for row in twin.rows:
        if (key(row.level2), key(row.indicator)) == first:
            break
        needed = Counter(key(row.level2 + row.indicator + "".join(row.get(n) for n in ("target", "actual", "score"))))
        if not needed - letters and not row.doubt & set(_TEXTS):
            missing.append(replace(row, place=table.place, values=dict(row.values), doubt=set()))
    table.rows = missing + kept


def _share_goals(table: IndicatorTable, twin: IndicatorTable) -> None:
    """The number and goal of a target: the printing that is not torn or cut off tells."""
    alike: dict[tuple[str, str], list[IndicatorRow]] = defaultdict(list)
    for other in twin.rows:
        alike[key(other.level2), key(other.indicator)].append(other)
    for row in table.rows:
        same = alike.get((key(row.level2), key(row.indicator)), [])
        same = [r for r in same if r.number == row.number] or (
            [r for r in same if r.goal in table.flat] if table.flat else []
        )
        if not same or row.fixed:
            continue
        other = same[0]
        cut = other.goal.startswith(row.goal) and len(other.goal) > len(row.goal)
        if row.goal and (cut or ("goal" in row.doubt and "goal" not in other.doubt) or row.number != other.number):
            row.number, row.target_no, row.goal = other.number, other.target_no, other.goal
