"""Which column a number stood in, when a dump kept the numbers of a row but lost its blank cells.

The order of the headings and the accounting identities decide: the parts of a row add up to its total, and the
children of a row add up to it in every column.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import combinations

_MAX_STATES = 20_000
"""Sums of columns that are followed at most: a real table keeps to a few hundred, a hostile one would not end."""

Assignment = tuple[str, ...]


def possible(values: Sequence[Decimal], measures: Sequence[str], unit: Decimal) -> list[Assignment]:
    """Assignments of the numbers of a row to measures, left to right, whose parts add up to the first number.

    Args:
        values: The numbers of the row; the first is the total.
        measures: The measures a number may stand for, in the order of the columns, the total first.
        unit: One unit of the last printed place.

    Returns:
        Tuples of measures, one per value, in the order of the columns.
    """
    if not values or len(values) > len(measures):
        return []
    parts = values[1:]
    tolerance = unit / 2 * (len(parts) + 1)
    if parts and abs(sum(parts) - values[0]) > tolerance:
        return []
    return [(measures[0], *chosen) for chosen in combinations(measures[1:], len(parts))]


def divide(
    parent: Mapping[str, Decimal], children: Sequence[Sequence[Decimal]], measures: Sequence[str], unit: Decimal
) -> list[Assignment] | None:
    """Assign the numbers of all children of a row so that every column adds up to the row.

    Args:
        parent: The row's amounts by measure.
        children: The numbers of each child, left to right.
        measures: The measures in the order of the columns, the total first.
        unit: One unit of the last printed place.

    Returns:
        One assignment per child, or ``None`` when no assignment adds up or two different ones do.
    """
    used = [m for m in measures if m in parent]
    tolerance = unit / 2 * (len(children) + 1)
    states: dict[tuple[Decimal, ...], list[list[Assignment]]] = {tuple(Decimal(0) for _ in used): [[]]}
    for values in children:
        following: dict[tuple[Decimal, ...], list[list[Assignment]]] = {}
        for assignment in possible(values, used, unit) or []:
            given = dict(zip(assignment, values, strict=True))
            for sums, histories in states.items():
                grown = tuple(s + given.get(m, Decimal(0)) for s, m in zip(sums, used, strict=True))
                if all(g <= parent[m] + tolerance for g, m in zip(grown, used, strict=True)):
                    kept = following.setdefault(grown, [])
                    kept.extend([*h, assignment] for h in histories[: 2 - len(kept)])
        if not following or len(following) > _MAX_STATES:
            return None
        states = following
    solutions = [
        history
        for sums, histories in states.items()
        if all(abs(s - parent[m]) <= tolerance for s, m in zip(sums, used, strict=True))
        for history in histories
    ]
    return solutions[0] if len(solutions) == 1 else None


_ORDER = ("total", "abroad", "vehicle", "vehicle_purchase", "vehicle_running", "reception")


def three_public(values: Sequence[Decimal], unit: Decimal) -> Iterator[Assignment]:
    """Assignments of a row of the three public expenses that satisfy its two identities."""
    for chosen in combinations(_ORDER[1:], len(values) - 1):
        orders = [chosen]
        if {"vehicle_purchase", "vehicle_running"} <= set(chosen):  # either of the two is printed first
            swap = {"vehicle_purchase": "vehicle_running", "vehicle_running": "vehicle_purchase"}
            orders.append(tuple(swap.get(c, c) for c in chosen))
        for order in orders:
            given = dict(zip(("total", *order), values, strict=True))
            parts = [given[c] for c in ("abroad", "vehicle", "reception") if c in given]
            cars = [given[c] for c in ("vehicle_purchase", "vehicle_running") if c in given]
            if parts and abs(sum(parts) - given["total"]) > unit / 2 * (len(parts) + 1):
                continue
            if ("vehicle" in given) != bool(cars) or (cars and abs(sum(cars) - given["vehicle"]) > unit / 2 * 3):
                continue
            if parts or len(values) == 1:
                yield ("total", *order)
