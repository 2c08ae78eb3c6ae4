"""Reports of one unit against each other: last year's amounts, the budget of a final account, jumps, second copies."""

from __future__ import annotations

from decimal import Decimal

import polars as pl
import pytest
from model_frames import cell, report, star

from pipelines.model.cross_report_finding import cross_report_outcome
from pipelines.prove.across import across, comparable
from pipelines.prove.catalogue import catalogue
from tests.identities_truth import tiny
from tests.reading_frames import Frames, as_report, reading, said, together

TOTAL, SERVICES = "一般公共预算财政拨款支出", "一般公共服务支出"
Report = tuple[str, int, str, Frames]  # key, year, stage, what it says


def table(amount: str, *, form: str = "general_expenditure") -> Frames:
    rows = [("合计", {"total": amount}), ("201 一般公共服务支出", {"total": amount})]
    return {"extracted_cell": tiny(form, rows)}


def balance(amount: str) -> Frames:
    return {"extracted_cell": tiny("balance", [("收入总计", {"amount": amount})], side="revenue")}


def compared(*reports: Report) -> tuple[pl.DataFrame, pl.DataFrame]:
    """FINDING and OUTCOME of reports of one unit."""
    figures = [
        comparable(as_report(together(reading(stage, year), frames), key)) for key, year, stage, frames in reports
    ]
    described = pl.DataFrame(
        [(key, "u", year, stage, "loaded") for key, year, stage, _ in reports],
        schema=["report_key", "unit_key", "year_key", "stage", "status"],
        orient="row",
    )
    return across(pl.concat(figures), described)


def outcome(ended: pl.DataFrame, key: str, rule: str) -> str:
    return str(ended.filter(pl.col("report_key") == key, pl.col("rule_id") == rule)["outcome"].item())


def final(year: int, amount: str, *figures: tuple[str, ...]) -> Report:
    stated = said((TOTAL, "final", amount), *figures) if figures else {}
    return (f"f{year}", year, "final", together(table(amount), stated))


def test_every_rule_over_years_is_here() -> None:
    rules = set(catalogue().filter(pl.col("kind") == "across")["rule_id"])
    assert rules == {"prior_change", "initial_budget", "series_break"}


@pytest.mark.parametrize(
    ("stated", "ended", "figures"),
    [
        ("2.00", "passed", []),
        ("-2.00", "failed", [(Decimal(-2), Decimal(2), "cross_report", "warning")]),
        ("2.01", "passed", [(Decimal("2.01"), Decimal(2), "rounding", "info")]),
    ],
)
def test_a_stated_change_is_held_against_last_years_report(
    stated: str, ended: str, figures: list[tuple[Decimal, Decimal, str, str]]
) -> None:
    found, outcomes = compared(final(2023, "7.00"), final(2024, "9.00", (TOTAL, "change_amount", stated)))
    assert found.select("printed", "expected", "class", "severity").rows() == figures
    assert outcome(outcomes, "f2024", "prior_change") == ended
    assert outcome(outcomes, "f2023", "prior_change") == "not_applicable"


def test_without_last_years_report_nothing_is_compared() -> None:
    found, outcomes = compared(final(2022, "7.00"), final(2024, "9.00", (TOTAL, "change_amount", "5.00")))
    assert found.is_empty()
    assert outcome(outcomes, "f2024", "prior_change") == "insufficient_data"


def test_a_subject_that_last_year_did_not_have_was_nothing() -> None:
    year = together(table("9.00"), said((SERVICES, "final", "9.00", "201"), (SERVICES, "change_amount", "9.00", "201")))
    other = {"extracted_cell": tiny("general_expenditure", [("208 社会保障和就业支出", {"total": "7.00"})])}
    found, outcomes = compared(("f2023", 2023, "final", other), ("f2024", 2024, "final", year))
    assert found.is_empty()
    assert outcome(outcomes, "f2024", "prior_change") == "passed"


def test_a_change_of_another_amount_means_something_else() -> None:
    stated = said((TOTAL, "final", "9.00"), (TOTAL, "final", "0.00"), (TOTAL, "change_amount", "0.00"))
    found, _ = compared(final(2023, "7.00"), ("f2024", 2024, "final", together(table("9.00"), stated)))
    assert found.is_empty()


@pytest.mark.parametrize(("stated", "ended"), [("8.00", "passed"), ("6.00", "failed")])
def test_the_initial_budget_is_that_of_the_budget_report(stated: str, ended: str) -> None:
    budget = ("b2024", 2024, "budget", table("8.00"))
    found, outcomes = compared(budget, final(2024, "9.00", (TOTAL, "initial_budget", stated)))
    assert found.select("printed", "expected").rows() == ([(Decimal(6), Decimal(8))] if ended == "failed" else [])
    assert outcome(outcomes, "f2024", "initial_budget") == ended


@pytest.mark.parametrize(("amount", "expected"), [("9000.00", []), ("80000.00", [(Decimal(80000), Decimal(8))])])
def test_a_jump_by_ten_thousand_is_another_unit(amount: str, expected: list[tuple[Decimal, Decimal]]) -> None:
    found, outcomes = compared(("f2023", 2023, "final", balance("7.00")), ("f2024", 2024, "final", balance(amount)))
    assert found.select("printed", "expected").rows() == expected
    assert found["class"].to_list() == ["unit"] * len(expected)
    assert outcome(outcomes, "f2024", "series_break") == ("failed" if expected else "passed")


def test_superseded_reports_are_not_compared() -> None:
    _, ended = across(
        pl.DataFrame(),
        pl.DataFrame(
            {"report_key": ["r"], "unit_key": ["u"], "year_key": [2024], "stage": ["final"], "status": ["superseded"]}
        ),
    )
    assert set(ended["outcome"]) == {"not_applicable"}


def test_the_outcome_of_a_form_published_twice() -> None:
    def made(second: int) -> dict[str, str]:
        copies = [
            report([cell("fund", "2010101", "total", n)], file_name=f"{i}", key=f"{i}")
            for i, n in enumerate((5, second))
        ]
        tables = star(
            [*copies, report([cell("fund", "2010101", "total", 5)], file_name="2", key="2", fiscal_year=2020)]
        )
        names = tables["dim_report"].select("report_key", "file_name")
        ended = cross_report_outcome(tables["report_form"], tables["dim_report"]).join(names, on="report_key")
        return dict(ended.select("file_name", "outcome").iter_rows())

    assert made(5) == {"0": "passed", "1": "passed", "2": "not_applicable"}
    assert made(6) == {"0": "failed", "1": "failed", "2": "not_applicable"}
