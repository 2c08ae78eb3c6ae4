"""Rules made into the edges of tables: pieces on one line put together, open ends of tables closed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

from pipelines.formats.pdf.rulings import Rule

_SNAP = 3.0  # points; lines nearer than this are one (double rules, rules and the borders of fills)
_MIN_EDGE = 4.0  # points; shorter edges part nothing
_ENDS = 3  # parallel rules that end together: where the rule across them is missing
_WIDE, _HIGH = 40.0, 10.0  # points that such ends must span

Edge = dict[str, Any]


def table_edges(rules: Sequence[Rule]) -> list[Edge]:
    """Edges of tables, snapped and joined, as pdfplumber's functions take them."""
    merged = [rule for level in (True, False) for rule in _merged([r for r in rules if r.level == level])]
    long = [r for r in merged if r.stop - r.start >= _MIN_EDGE]
    return [_edge(r) for r in _close_open_ends(long)]


def _merged(rules: Sequence[Rule]) -> list[Rule]:
    """Pieces put together where they lie on one line and touch."""
    joined: list[Rule] = []
    for cluster in _clusters(rules, "at"):
        at = sum(r.at for r in cluster) / len(cluster)
        line: list[Rule] = []
        for rule in sorted(cluster, key=lambda r: r.start):
            last = line[-1] if line else None
            if last is not None and rule.start <= last.stop + _SNAP:
                if rule.stop > last.stop:
                    line[-1] = last._replace(stop=rule.stop)
            else:
                line.append(rule._replace(at=at))
        joined += line
    return joined


def _close_open_ends(rules: list[Rule]) -> list[Rule]:
    """Add the rule that a table lost at a page break, or never had at its sides.

    Where several parallel rules end on one line and nothing crosses them there, the missing rule is drawn, so that the
    outermost row or column becomes a cell. Two tables one below the other, each with its sides, lack nothing.
    """
    added: list[Rule] = []
    for level, least in ((True, _WIDE), (False, _HIGH)):  # of the rule to be added
        ending = [r for r in rules if r.level != level]
        along = [r for r in rules if r.level == level]
        for end in ("start", "stop"):
            for ends in _clusters(ending, end):
                at = sum(getattr(r, end) for r in ends) / len(ends)
                low, high = min(r.at for r in ends), max(r.at for r in ends)
                there = [(r.start, r.stop) for r in along if abs(r.at - at) <= _SNAP + 1]
                is_open = len(ends) >= _ENDS and high - low > least and not _covered(there, low, high)
                if is_open and not _mostly_closed(there, [r.at for r in ends]):
                    added.append(Rule(level, at, low, high, 0.0))
    return rules + added


def _mostly_closed(pieces: Sequence[tuple[float, float]], at: Sequence[float]) -> bool:
    """Whether pieces of rules close at least half of the spans between neighbouring rules that end on their line."""
    spans = list(pairwise(sorted(at)))
    return 2 * sum(_covered(pieces, a, b) for a, b in spans if b - a > _SNAP) >= len(spans)


def _clusters(rules: Iterable[Rule], attribute: str) -> list[list[Rule]]:
    groups: list[list[Rule]] = []
    last = 0.0
    for value, rule in sorted(((getattr(r, attribute), r) for r in rules), key=lambda pair: pair[0]):
        if groups and value - last <= _SNAP:
            groups[-1].append(rule)
        else:
            groups.append([rule])
        last = value
    return groups


def _covered(pieces: Iterable[tuple[float, float]], low: float, high: float) -> bool:
    """Whether pieces of rules on one line cover most of the span from ``low`` to ``high``."""
    return sum(max(0.0, min(stop, high) - max(start, low)) for start, stop in pieces) >= 0.6 * (high - low)


def _edge(rule: Rule) -> Edge:
    x0, x1 = (rule.start, rule.stop) if rule.level else (rule.at, rule.at)
    top, bottom = (rule.at, rule.at) if rule.level else (rule.start, rule.stop)
    return {
        "object_type": "line",
        "orientation": "h" if rule.level else "v",
        "x0": x0,
        "top": top,
        "x1": x1,
        "bottom": bottom,
        "width": x1 - x0,
        "height": bottom - top,
    }
