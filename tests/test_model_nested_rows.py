"""Groups among rows that only their amounts tell."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.model import nested_rows
from pipelines.model.nested_rows import leaves

Tree = list["Tree"] | int
trees = st.recursive(st.integers(1, 50), lambda inner: st.lists(inner, min_size=2, max_size=4), max_leaves=12)


def total(tree: Tree) -> int:
    return tree if isinstance(tree, int) else sum(map(total, tree))


def rows(tree: Tree) -> list[int]:
    return [tree] if isinstance(tree, int) else [total(tree), *(n for part in tree for n in rows(part))]


@given(st.lists(trees, min_size=1, max_size=4))
def test_leaves_add_up_to_the_total(forest: list[Tree]) -> None:
    amounts = [Decimal(n) for tree in forest for n in rows(tree)]
    whole = Decimal(sum(map(total, forest)))
    found = leaves(amounts, whole)
    assert found is not None
    assert sum(n for n, is_leaf in zip(amounts, found, strict=True) if is_leaf) == whole


@pytest.mark.parametrize(
    ("amounts", "whole", "expected"),
    [
        ([3, 1, 2], 3, [False, True, True]),
        ([5, 3, 1, 2, 2, 4], 9, [False, False, True, True, True, True]),
        ([7, 7], 7, [False, True]),
        ([1, 2], 3, [True, True]),
        ([0, 3], 3, [True, True]),
        ([1, 2], 4, None),
        ([], 4, None),
    ],
)
def test_cases(amounts: list[int], whole: int, expected: list[bool] | None) -> None:
    assert leaves([Decimal(n) for n in amounts], Decimal(whole)) == expected


def test_nothing_is_claimed_of_what_takes_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nested_rows, "MOST_STATES", 3)
    assert leaves([Decimal(n) for n in (6, 1, 2, 3)], Decimal(6)) is None
