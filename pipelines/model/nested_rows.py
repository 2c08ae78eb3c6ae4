"""Which rows of a list divide others, where only their amounts tell: a group and, below it, its parts."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

MOST_STATES = 200_000
"""Sums tried for one list; lists of some hundred rows need a few thousand. Beyond it nothing is claimed."""


def leaves(amounts: Sequence[Decimal], total: Decimal) -> list[bool] | None:
    """Tell the rows that no other rows divide.

    A row is divided when the rows right after it, each with what divides it in turn, add up to it. The rows at the top
    must add up to the total.

    Args:
        amounts: of the rows, in the order of print.
        total: printed for all of them.

    Returns:
        Whether each row is a leaf; ``None`` where no such division is found. Of several the one with most levels.
    """
    n = len(amounts)
    tried = 0
    # by row: where its subtree may end, and at which rows its children then stand
    ends: list[dict[int, tuple[int, ...]]] = [{} for _ in range(n)]

    def divide(start: int, whole: Decimal) -> dict[int, tuple[int, ...]] | None:
        """The ends of all runs from a row on that add up to a whole, with the rows at the top of each run."""
        nonlocal tried
        found: dict[int, tuple[int, ...]] = {}
        reached: dict[tuple[int, Decimal], tuple[int, ...]] = {(start, Decimal(0)): ()}
        waiting = [(start, Decimal(0))]
        while waiting:
            tried += 1
            if tried > MOST_STATES:
                return None
            at, added = waiting.pop()
            tops = reached[at, added]
            if added == whole and tops:
                found.setdefault(at, tops)
            if at == n or added + amounts[at] > whole:
                continue
            for end in ends[at]:
                state = (end, added + amounts[at])
                if state not in reached:
                    reached[state] = (*tops, at)
                    waiting.append(state)
        return found

    for row in range(n - 1, -1, -1):
        runs = divide(row + 1, amounts[row]) if amounts[row] > 0 else {}
        if runs is None:
            return None
        ends[row] = {row + 1: (), **runs}
    tops = (divide(0, total) or {}).get(n)
    if tops is None:
        return None
    is_leaf = [True] * n
    waiting = _spans(tops, n)
    while waiting:
        row, end = waiting.pop()
        children = ends[row][end]
        is_leaf[row] = not children
        waiting += _spans(children, end)
    return is_leaf


def _spans(tops: tuple[int, ...], end: int) -> list[tuple[int, int]]:
    """Each row with the row after its subtree, which is the next row at its level."""
    return list(zip(tops, (*tops[1:], end), strict=True)) if tops else []
