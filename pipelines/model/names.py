"""Expressions over printed row names and codes that several tables need."""

from __future__ import annotations

import polars as pl

from pipelines.statements.catalogue import catalogue

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
    """Return the classification that the codes of a statement belong to; null where it prints none."""
    known = {s.name: s.classification for s in catalogue().statements if s.classification != "none"}
    return form.replace_strict(known, default=None, return_dtype=pl.String)


def is_branch(code: pl.Expr, over: list[str]) -> pl.Expr:
    """Tell whether a code is the beginning of another code of its group, whatever its level.

    In sorted order the codes that begin with a code follow it directly, so its next distinct neighbour decides. The
    frame must hold every code of a group once and be sorted by the group's columns and the code.
    """
    following = code.shift(-1).over(over)
    return (following.str.starts_with(code) & (following != code)).fill_null(value=False)
