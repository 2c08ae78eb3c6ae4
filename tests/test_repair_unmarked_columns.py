"""Columns by identities: what is assigned adds up, what two assignments fit is left open."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.repair.unmarked_columns import divide, possible, three_public

FEN = Decimal("0.01")
MEASURES = ("total", "basic", "project", "operating")
amounts = st.decimals(min_value=1, max_value=10_000, places=2)
parts = st.dictionaries(st.sampled_from(MEASURES[1:]), amounts, min_size=1)


def values_of(row: dict[str, Decimal]) -> list[Decimal]:
    """A row as a dump prints it: the total and its parts, without the blanks."""
    return [sum(row.values(), Decimal(0)), *(row[m] for m in MEASURES if m in row)]


@given(parts)
def test_the_true_columns_are_possible_and_all_possible_ones_add_up(row: dict[str, Decimal]) -> None:
    values = values_of(row)
    options = possible(values, MEASURES, FEN)
    assert ("total", *(m for m in MEASURES if m in row)) in options
    for option in options:
        given_ = dict(zip(option, values, strict=True))
        assert given_.pop("total") == sum(given_.values())


@settings(max_examples=50)
@given(st.lists(parts, min_size=1, max_size=5))
def test_children_divided_add_up_to_their_parent(rows: list[dict[str, Decimal]]) -> None:
    parent = {m: sum((r.get(m, Decimal(0)) for r in rows), Decimal(0)) for m in MEASURES[1:]}
    parent = {m: v for m, v in parent.items() if v}
    parent = {"total": sum(parent.values(), Decimal(0)), **parent}
    children = [values_of(r) for r in rows]
    found = divide(parent, children, MEASURES, FEN)
    if found is None:  # two assignments fit
        return
    for measure, amount in parent.items():
        read = [dict(zip(a, v, strict=True)).get(measure, Decimal(0)) for a, v in zip(found, children, strict=True)]
        assert abs(sum(read) - amount) <= FEN * (len(rows) + 1)


def test_two_equal_children_in_different_columns_stay_open() -> None:
    parent = {"total": Decimal(20), "basic": Decimal(10), "project": Decimal(10)}
    assert divide(parent, [[Decimal(10), Decimal(10)]] * 2, MEASURES, FEN) is None


def test_parts_that_do_not_add_up_are_impossible() -> None:
    assert possible([Decimal(10), Decimal(3), Decimal(4)], MEASURES, FEN) == []


@given(st.tuples(amounts, amounts, amounts, amounts))
def test_three_public_options_satisfy_both_identities(drawn: tuple[Decimal, ...]) -> None:
    abroad, purchase, running, reception = drawn
    vehicle = purchase + running
    values = [abroad + vehicle + reception, abroad, vehicle, purchase, running, reception]
    options = list(three_public(values, FEN))
    assert ("total", "abroad", "vehicle", "vehicle_purchase", "vehicle_running", "reception") in options
    for option in options:
        row = dict(zip(option, values, strict=True))
        assert abs(row["vehicle"] - row["vehicle_purchase"] - row["vehicle_running"]) <= FEN * 2
