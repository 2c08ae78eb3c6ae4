"""``fact_performance`` and ``fact_project``: blanks, keys, and what a later report replaces."""

from __future__ import annotations

from decimal import Decimal

from model_frames import cell, report, star

INDICATOR = {
    "table_title": "自评表",
    "indicator": "巡查次数",
    "target_value": "≥4次",
    "actual_value": "",
    "source_line": 3,
}
PROJECT = {"project": "城管专项", "item": "", "kind": "current", "budget_amount": Decimal("10.00"), "source_line": 2}


def test_rows_carry_unit_and_year_and_blanks_are_null() -> None:
    found = star([report([cell("fund", "2120801", "total", 1)], indicators=[INDICATOR], projects=[PROJECT])])
    indicator, project = found["fact_performance"].to_dicts()[0], found["fact_project"].to_dicts()[0]
    assert (indicator["indicator"], indicator["target_value"], indicator["actual_value"]) == ("巡查次数", "≥4次", None)
    assert (project["item"], project["budget_amount"], project["final_amount"]) == ("", Decimal("10.00"), None)
    assert indicator["year_key"] == project["year_key"] == 2023
    assert indicator["is_current"] and project["is_current"]
