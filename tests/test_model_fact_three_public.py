"""Stages and leaves of ``fact_three_public``."""

import pytest
from model_frames import cell, report, star


@pytest.mark.parametrize(
    ("said", "stage"),
    [(None, "initial_budget"), ("initial_budget", "initial_budget"), ("adjusted_budget", "adjusted_budget")],
)
def test_budget_column_of_a_final_account(said: str | None, stage: str) -> None:
    cells = [
        cell("three_public", None, m, 1) for m in ("budget_total", "budget_reception", "final_total", "final_reception")
    ]
    facts = star([report(cells, three_public_budget_stage=said)])["fact_three_public"]
    assert set(facts["stage"]) == {stage, "final"}
    assert set(facts.filter("is_leaf")["category"]) == {"reception"}


def test_budget_report() -> None:
    printed = {
        "total": 10,
        "three_public": 6,
        "abroad": 1,
        "vehicle": 3,
        "vehicle_purchase": 0,
        "vehicle_running": 3,
        "reception": 2,
        "meeting": 3,
        "training": 1,
    }
    cells = [cell("three_public", None, f"budget_{category}", value) for category, value in printed.items()]
    facts = star([report(cells, stage="budget")])["fact_three_public"]
    assert set(facts["stage"]) == {"budget"} and facts.height == len(printed)
    leaves = facts.filter("is_leaf")
    assert leaves["amount"].sum() == 100_000
    assert set(leaves["category"]) == {
        "abroad",
        "vehicle_purchase",
        "vehicle_running",
        "reception",
        "meeting",
        "training",
    }


def test_a_total_alone_is_a_leaf() -> None:
    assert star([report([cell("three_public", None, "final_total", 1)])])["fact_three_public"]["is_leaf"].all()
