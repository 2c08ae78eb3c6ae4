"""What the views of measures say, over small cases: reforms, scorecard, projects, execution, sources."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from model_frames import cell, report, star, stated

from pipelines.model.finding_cell import finding_cell
from pipelines.warehouse.load import load

Query = Callable[[str], list[tuple[Any, ...]]]
Ask = Callable[..., Query]


@pytest.fixture
def ask(tmp_path: Path) -> Iterator[Ask]:
    """Load some reports and ask."""
    opened = []

    def loaded(*reports: dict[str, Any]) -> Query:
        database = tmp_path / "mingzhang.duckdb"
        load(star(reports), database, extractor_version="test")
        connection = duckdb.connect(str(database), read_only=True)
        opened.append(connection)
        return lambda sql: connection.execute(sql).fetchall()

    yield loaded
    for connection in opened:
        connection.close()


def economic(amounts: dict[str, int]) -> list[dict[str, Any]]:
    return [cell("basic_economic", code, "amount", amount) for code, amount in amounts.items()]


def said(fact: str, path: str, value: int | str, unit: str = "万元") -> dict[str, Any]:
    figure = stated(fact, None, value, path=path, is_subject=False)
    return figure if unit == "万元" else figure | {"unit": unit, "amount": None, "quote": f"{path}{value}{unit}"}


def test_amounts_that_a_reform_moved_are_marked(ask: Ask) -> None:
    before = report(economic({"30101": 10, "30311": 4, "30399": 1}), fiscal_year=2017)
    after = report(economic({"30101": 11, "30113": 5, "30399": 1}), fiscal_year=2018)
    query = ask(before, after)
    columns = "year_key, amount::int, printed_amount::int, is_restated, is_break"
    assert query(f"select {columns} from trend_expenditure_by_class where class_code = '301' order by 1") == [
        (2017, 140000, 100000, True, False),
        (2018, 160000, 160000, False, True),
    ]
    assert query(
        f"select {columns}, printed_codes from trend_expenditure_by_subject where subject_code = '30113' order by 1"
    ) == [(2017, 40000, None, True, False, "30311"), (2018, 50000, 50000, False, True, "30113")]
    assert query("select is_restated from trend_expenditure_by_subject where subject_code = '30399'") == [(False,)] * 2


def project(name: str, amount: int, section: str, **more: Any) -> dict[str, Any]:
    return {
        "project": name,
        "item": "",
        "kind": "current",
        "final_amount": amount * 10_000,
        "budget_amount": 2 * amount * 10_000,
        "section": section,
        **more,
    }


def test_each_project_once_up_to_the_printed_total(ask: Ask) -> None:
    total = [cell("expenditure", None, measure, n) for measure, n in (("total", 12), ("basic", 2), ("project", 10))]
    listed = [
        project("甲", 6, "项目绩效自评综述"),
        project("乙", 3, "项目绩效自评综述"),
        project("甲", 6, "2023年度甲项目自评表"),
        project("（2个项目合计）", 10, "项目自评结果"),
        project("甲", 99, "项目绩效自评综述", kind="total"),
    ]
    query = ask(report([*total, cell("expenditure", "201", "total", 12)], projects=listed))
    assert query("select project, amount_wan::int, derived, execution_rate, share from project_year order by 1") == [
        ("乙", 3, False, 0.5, Decimal("0.3")),
        ("未列明项目", 1, True, None, Decimal("0.1")),
        ("甲", 6, False, 0.5, Decimal("0.6")),
    ]
    assert query("select sum(amount_wan) = max(printed_total) / 10000 from project_year") == [(True,)]


def test_groups_of_a_table_of_projects_are_no_projects(ask: Ask) -> None:
    rows = [("通用项目", 5), ("甲", 2), ("乙", 3), ("丙", 4)]
    cells = [cell("project_expenditure", None, "total", 9, row=1)]
    cells += [
        cell("project_expenditure", None, "total", n, name=p, row=i) | {"project": p}
        for i, (p, n) in enumerate(rows, 2)
    ]
    query = ask(report([*cells, cell("expenditure_total", None, "project", 9)], stage="budget"))
    assert query("select project, is_leaf from fact_project order by row_no") == [
        ("通用项目", False),
        ("甲", True),
        ("乙", True),
        ("丙", True),
    ]
    assert query("select count(*), sum(amount_wan)::int, bool_or(derived) from project_year") == [(3, 9, False)]


def test_the_appropriation_is_split_by_budget_where_the_balance_does(ask: Ask) -> None:
    revenue = [
        cell("revenue", code, m, n)
        for code in (None, "201")
        for m, n in (("total", 9), ("appropriation", 8), ("other", 1))
    ]
    names = {"一、一般公共预算财政拨款收入": 6, "二、政府性基金预算财政拨款收入": 2, "三、其他收入": 1}
    lines = [cell("balance", None, "amount", n, name=name, side="revenue") for name, n in names.items()]
    query = ask(report([*revenue, *lines]))
    shares = "source, amount_wan::int, is_split, share::float, base_amount::int"
    assert query(f"select {shares} from revenue_structure order by 1") == [
        ("fund", 2, True, pytest.approx(2 / 9, abs=1e-6), 90000),
        ("general", 6, True, pytest.approx(6 / 9, abs=1e-6), 90000),
        ("other", 1, False, pytest.approx(1 / 9, abs=1e-6), 90000),
    ]


def scorecard_report() -> dict[str, Any]:
    general = [cell("general_expenditure", code, "total", 50) for code in (None, "201")]
    parts = [
        cell("expenditure", code, m, n)
        for code in (None, "201")
        for m, n in (("total", 60), ("basic", 20), ("project", 40))
    ]
    left = cell("balance", None, "amount", 3, name="年初结转和结余", side="revenue")
    text = [
        said("initial_budget", "一般公共预算财政拨款支出", 40),
        said("completion_percent", "一般公共预算财政拨款支出", 126, "%"),
        said("final", "“三公”经费", 0),
        said("headcount_in_service", "在职人员", 4, "人"),
        said("amount", "政府采购", 8),
        said("amount", "政府采购/授予中小企业", 2),
        said("amount", "机关运行经费", "5"),
    ]
    return report([*general, *parts, left], stated=text)


def test_one_scorecard_row_per_unit_year_and_stage(ask: Ask) -> None:
    query = ask(scorecard_report())
    columns = """
        expenditure_amount::int, expenditure_general_amount::int, basic_amount::int, project_amount::int,
        three_public_amount::int, reception_amount, carried_in_amount::int, operating_cost_amount::int,
        procurement_sme_share::float, staff_in_service, expenditure_per_head::int, head_base
    """
    assert query(f"select {columns} from unit_year where stage = 'final'") == [
        (600000, 500000, 200000, 400000, 0, None, 30000, 50000, 0.25, 4, 150000, "in_service")
    ]
    keys = query(
        """
        select count(*) from unit_year_measure as m
        left join published_cell as c on m.cell_key = c.cell_key
        left join fact_disclosure as d on m.disclosure_key = d.disclosure_key
        where m.value is distinct from coalesce(c.amount, d.amount, d.value)
        """
    )
    assert keys == [(0,)]


def test_execution_is_of_the_same_money(ask: Ask) -> None:
    query = ask(scorecard_report())
    columns = "budget_from, coverage, budget_amount_wan::int, final_amount_wan::int, execution_rate, published_rate"
    assert query(f"select {columns} from execution_by_unit") == [
        ("initial_budget", "general", 40, 50, Decimal("1.25"), Decimal("1.26"))
    ]
    assert query("select execution_rate, published_rate, execution_coverage from unit_year where stage = 'final'") == [
        (Decimal("1.25"), Decimal("1.26"), "general")
    ]


def test_a_figure_that_an_open_finding_touches_is_disputed(ask: Ask) -> None:
    first = report(
        [cell("general_expenditure", code, "total", 5) for code in (None, "201")], published_on=date(2026, 1, 1)
    )
    later = report(
        [cell("general_expenditure", code, "total", 6) for code in (None, "201")], published_on=date(2026, 2, 1)
    )
    query = ask(first, later)
    assert query("select expenditure_amount::int, is_disputed, disputed_measures from unit_year") == [
        (60000, True, ["expenditure", "expenditure_general"])
    ]


@pytest.mark.parametrize(
    ("severity", "class_", "accepted", "disputed"),
    [
        ("error", "arithmetic", None, True),
        ("error", "arithmetic", datetime(2026, 1, 1), False),
        ("warning", "malformed", None, True),
        ("warning", "missing", None, False),
        ("info", "rounding", None, False),
    ],
)
def test_only_what_speaks_against_a_figure_disputes_it(
    tmp_path: Path, severity: str, class_: str, accepted: datetime | None, disputed: bool
) -> None:
    """A warning that something is missing says nothing against the figures it names."""
    tables = star([report([cell("three_public", None, "final_three_public", 5)])])
    key = tables["published_cell"]["cell_key"][0]
    tables["quality.finding"] = pl.DataFrame(
        {
            "report_key": tables["dim_report"]["report_key"],
            "rule_id": "three_public_total",
            "class": class_,
            "severity": severity,
            "message": "……",
            "cell_keys": [[key]],
            "finding_key": "f",
            "accepted_at": [accepted],
        }
    )
    tables["quality.finding_cell"] = finding_cell(tables["quality.finding"])
    load(tables, tmp_path / "mingzhang.duckdb", extractor_version="test")
    with duckdb.connect(str(tmp_path / "mingzhang.duckdb"), read_only=True) as connection:
        [found] = connection.execute("select is_disputed, three_public_key from unit_year").fetchall()
    assert found == (disputed, key)


def general(amounts: dict[str | None, int], **identity: Any) -> dict[str, Any]:
    return report([cell("general_expenditure", code, "total", n) for code, n in amounts.items()], **identity)


def test_what_a_later_report_prints_differently(ask: Ask) -> None:
    first = general({None: 7, "201": 4, "204": 3}, published_on=date(2026, 1, 1))
    later = general({None: 8, "201": 5, "206": 3}, published_on=date(2026, 2, 1))
    query = ask(first, later)
    assert query(
        "select subject_code, before_amount_wan::int, after_amount_wan::int, difference::int from report_revision"
        " order by subject_code nulls first"
    ) == [(None, 7, 8, 10000), ("201", 4, 5, 10000), ("204", 3, None, None), ("206", None, 3, None)]


def test_a_budget_against_the_final_account_of_another_report(ask: Ask) -> None:
    query = ask(general({None: 8, "201": 8}, stage="budget"), general({None: 6, "201": 6}))
    assert query("select budget_from, coverage, is_widest, execution_rate, published_rate from execution_by_unit") == [
        ("budget", "general", True, Decimal("0.75"), None)
    ]


def test_years_without_a_report(ask: Ask) -> None:
    query = ask(general({None: 1}, fiscal_year=2020), general({None: 1}, fiscal_year=2022, stage="budget"))
    assert query("select year_key, stage from report_coverage where has_report order by all") == [
        (2020, "final"),
        (2022, "budget"),
    ]
    assert query("select count(*) from report_coverage where not has_report") == [(4,)]
