"""Expressions over printed row names and codes that several tables need."""

from __future__ import annotations

import polars as pl

FUNCTIONAL_FORMS = (
    "revenue",
    "expenditure",
    "appropriation_expenditure",
    "general_expenditure",
    "general_basic",
    "carried_over_expenditure",
    "fund",
    "state_capital",
)
"""Forms whose codes are functional subjects."""

ECONOMIC_FORMS = (
    "basic_economic",
    "appropriation_basic_economic",
    "operating_cost",
    "general_economic",
    "basic_by_source",
)
"""Forms whose codes are economic subjects."""

UNCLASSIFIED = "none"
"""``subject_key`` of the member 未分科目."""

TOTAL = r"^(本年|当年|本期)?(收入|支出)?(合计|总计|小计)[:：]?$"


def plain(name: pl.Expr) -> pl.Expr:
    """Return a printed name without blanks and with half-width forms, for comparison."""
    return name.fill_null("").str.normalize("NFKC").str.replace_all(r"\s+", "")


def is_total(name: pl.Expr) -> pl.Expr:
    """Tell whether a row without code is the table's total: 合计, 总计, 本年收入合计, 收入总计."""
    return plain(name).str.contains(TOTAL)


def classification(form: pl.Expr) -> pl.Expr:
    """Return the classification that the codes of a form belong to."""
    return (
        pl.when(form.is_in(FUNCTIONAL_FORMS))
        .then(pl.lit("functional"))
        .when(form.is_in(ECONOMIC_FORMS))
        .then(pl.lit("economic"))
    )


def is_branch(code: pl.Expr, over: list[str]) -> pl.Expr:
    """Tell whether a code is the beginning of another code of its group, whatever its level.

    In sorted order the codes that begin with a code follow it directly, so its next distinct neighbour decides. The
    frame must hold every code of a group once and be sorted by the group's columns and the code.
    """
    following = code.shift(-1).over(over)
    return (following.str.starts_with(code) & (following != code)).fill_null(value=False)
