"""What the narrative states of the body as a whole: measures, zeros, staff and procurement."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import polars as pl
from model_frames import cell, report, star, stated


def said(fact: str, path: str, value: str | int, *, unit: str = "万元", quote: str = "") -> dict[str, Any]:
    """One figure about the body."""
    figure = stated(fact, None, value, path=path, is_subject=False)
    if unit != "万元":
        figure |= {"unit": unit, "amount": None}
    return figure | {"quote": quote or f"{path}{value}{unit}"}


def facts(*figures: dict[str, Any], cells: Any = (), **identity: Any) -> dict[str, pl.DataFrame]:
    return star([report(cells, stated=list(figures), **identity)])


def amounts(frame: pl.DataFrame, by: str) -> dict[tuple[str, str], Decimal]:
    return {(row["stage"], row[by]): row["amount"] for row in frame.iter_rows(named=True)}


def test_a_stated_zero_is_a_row() -> None:
    found = facts(said("final", "公务接待费", 0), said("adjusted_budget", "公务接待费", "0.81"))
    assert amounts(found["fact_stated"], "measure") == {
        ("final", "reception"): 0,
        ("adjusted_budget", "reception"): 8100,
    }
    rows = found["fact_three_public"]
    assert amounts(rows, "category") == {("final", "reception"): 0, ("adjusted_budget", "reception"): 8100}
    assert rows["cell_key"].is_null().all() and rows["disclosure_key"].is_not_null().all()


def test_the_table_goes_before_the_text() -> None:
    table = [cell("three_public", None, "final_total", "1.67"), cell("three_public", None, "final_reception", "1.67")]
    found = facts(said("final", "公务接待费", 2), said("final", "因公出国(境)费", 0), cells=table)["fact_three_public"]
    assert amounts(found, "category") == {
        ("final", "three_public"): 16700,
        ("final", "reception"): 16700,
        ("final", "abroad"): 0,
    }
    assert found.filter("is_leaf")["amount"].sum() == 16700


def test_parts_that_are_stated_add_up_to_what_is_stated_of_the_three() -> None:
    whole = said("final", "“三公”经费", 5)
    parts = facts(whole, said("final", "公务接待费", 2), said("final", "公务用车购置及运行费", 3))["fact_three_public"]
    assert set(parts.filter("is_leaf")["category"]) == {"reception", "vehicle"}
    part = facts(whole, said("final", "公务接待费", 2))["fact_three_public"]
    assert set(part.filter("is_leaf")["category"]) == {"three_public"}


def test_two_figures_for_one_measure() -> None:
    differ = facts(said("final", "项目支出", 5), said("final", "项目支出", 7))["fact_stated"]
    assert differ.is_empty()
    part_of_it = facts(said("final", "政府采购", 5), said("final", "政府采购", 7))["fact_stated"]
    assert amounts(part_of_it, "measure") == {("final", "procurement"): 70000}
    better = facts(said("final", "项目支出", 5), said("amount", "项目支出", 7))["fact_stated"]
    assert amounts(better, "measure") == {("final", "project"): 50000}


def test_clauses_that_say_something_else() -> None:
    both = said("budget", "培训费", 263, quote="“三公”经费及会议费、培训费预算支出共263万元")
    inside = said("amount", "培训费", 0, quote="伙食补助费0万元、培训费0万元")
    assert facts(both, inside, stage="budget")["fact_stated"].is_empty()


def test_an_amount_of_the_budget_in_a_final_account() -> None:
    budget = said("amount", "公务接待费", "0.81", quote="预算安排公务接待费0.81万元")
    found = facts(budget, three_public_budget_stage="adjusted_budget")["fact_stated"]
    assert amounts(found, "measure") == {("adjusted_budget", "reception"): 8100}


def test_staff() -> None:
    stated_whole = [said("headcount_establishment", p, n, unit="人") for p, n in (("编制", 20), ("行政编制", 12))]
    only_parts = [said("headcount_retired", p, n, unit="人") for p, n in (("离休", 3), ("退休", 70))]
    offices = said("headcount_establishment", "预算编制范围的二级预算单位", 99, unit="个")
    rows = facts(*stated_whole, *only_parts, offices)["fact_staff"]
    totals = rows.filter("is_total").select("kind", "persons", "is_derived").rows()
    assert totals == [("establishment", 20, False), ("retired", 73, True)]
    assert rows.filter(~pl.col("is_total"))["group"].to_list() == ["行政编制", "离休", "退休"]


def test_procurement_of_table_columns_and_text() -> None:
    table = [
        cell("procurement", None, "amount", 10),
        cell("procurement", None, "amount", 4, name="A-货物", row=2),
        cell("procurement", None, "amount", 4, name="A-货物/办公费/复印纸", row=3),
    ]
    text = [
        said("budget", "政府采购/服务", 6),
        said("budget", "政府采购", 11),
        said("amount", "政府采购/授予中小企业", 3),
    ]
    rows = facts(*text, cells=table, stage="budget")["fact_procurement"]
    assert amounts(rows, "category") == {
        ("budget", "total"): 100000,
        ("budget", "goods"): 40000,
        ("budget", "services"): 60000,
        ("budget", "sme"): 30000,
    }
    assert set(rows.filter("is_kind")["category"]) == {"goods", "services"}


def test_the_body_among_its_units() -> None:
    units = {"某局": 6, "某局（本级）": 2, "某中心": 4}
    cells = [
        cell("three_public", None, "final_total", n, row=i) | {"sub_unit": u} for i, (u, n) in enumerate(units.items())
    ]
    rows = facts(cells=cells)["fact_three_public"]
    assert amounts(rows, "category") == {("final", "three_public"): 60000}


def test_another_report_prints_the_table() -> None:
    text = report([], stated=[said("budget", "公务接待费", "1.33")], stage="budget")
    table = report([cell("three_public", None, "budget_reception", "1.3253")], stage="budget")
    rows = star([text, table])["fact_three_public"]
    assert rows.filter("is_current")["amount"].to_list() == [Decimal("13253.00")]
