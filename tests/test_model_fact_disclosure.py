"""Figures of the narrative in the star schema, and what of them becomes expenditure."""

from datetime import date
from decimal import Decimal

import polars as pl
from model_frames import cell, report, star, stated

CELLS = [cell("expenditure", "2010101", "total", 4), cell("expenditure", None, "total", 4)]


def narrative(tables: dict[str, pl.DataFrame]) -> list[tuple[object, ...]]:
    facts = tables["fact_expenditure"].filter(pl.col("statement") == "narrative")
    return facts.select("subject_key", "stage", "amount", "cell_key", "is_current").rows()


def test_initial_budgets_become_expenditure_at_the_finest_subject_stated() -> None:
    items = [
        stated("initial_budget", "201", 3),
        stated("initial_budget", "2010101", 3),
        stated("initial_budget", "208", "5.5"),
        stated("initial_budget", "210", 0),
        stated("final", "2010101", 4),
        stated("initial_budget", None, 8, is_subject=False),
        stated("initial_budget", None, 8),
        stated("initial_budget", "221", None),
    ]
    tables = star([report(CELLS, stated=items)])
    assert [(k, s, a, c, n) for k, s, a, c, n in narrative(tables)] == [
        ("functional-2010101", "initial_budget", Decimal(30_000), None, True),
        ("functional-208", "initial_budget", Decimal(55_000), None, True),
        ("functional-210", "initial_budget", Decimal(0), None, True),
    ]
    keys = tables["fact_expenditure"].filter(pl.col("statement") == "narrative")["disclosure_key"]
    assert keys.is_in(tables["fact_disclosure"]["disclosure_key"].to_list()).all()


def test_an_amount_stated_twice_is_stated_once_and_parts_add_up() -> None:
    items = [stated("initial_budget", "2010101", n) for n in (3, 3, 2)]
    assert [row[2] for row in narrative(star([report(CELLS, stated=items)]))] == [Decimal(50_000)]


def test_of_two_reports_of_the_same_accounts_the_later_counts() -> None:
    first = report(CELLS, stated=[stated("initial_budget", "2010101", 3)], cover_date=date(2024, 8, 1))
    again = report(CELLS, stated=[stated("initial_budget", "2010101", 2)], cover_date=date(2024, 9, 1))
    assert sorted((row[2], row[4]) for row in narrative(star([again, first]))) == [
        (Decimal(20_000), True),
        (Decimal(30_000), False),
    ]


def test_the_narrative_of_a_budget_has_no_initial_budget() -> None:
    assert narrative(star([report(CELLS, stage="budget", stated=[stated("initial_budget", "2010101", 3)])])) == []
