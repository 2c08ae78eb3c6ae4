"""What the views say, over small cases."""

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from model_frames import cell, report, star, stated

from pipelines.warehouse.load import load

Query = Callable[[str], list[tuple[Any, ...]]]


@pytest.fixture
def ask(tmp_path: Path) -> Iterator[Callable[[list[dict[str, Any]]], Query]]:
    """Load some reports and ask."""
    opened = []

    def loaded(reports: list[dict[str, Any]]) -> Query:
        database = tmp_path / "mingzhang.duckdb"
        load(star(reports), database, extractor_version="test")
        connection = duckdb.connect(str(database), read_only=True)
        opened.append(connection)
        return lambda sql: connection.execute(sql).fetchall()

    yield loaded
    for connection in opened:
        connection.close()


def balance(amount: int | str, name: str = "本年支出合计", side: str = "expenditure") -> dict[str, Any]:
    return cell("balance", None, "amount", amount, name=name, side=side)


def rows(form: str, amounts: dict[str | None, int | str], measure: str = "total") -> list[dict[str, Any]]:
    return [cell(form, code, measure, amount) for code, amount in amounts.items()]


def test_statement_total(ask) -> None:  # type: ignore[no-untyped-def]
    query = ask(
        [
            report(
                [
                    *rows("expenditure", {None: "10.02", "201": "10", "20101": "4.01", "20102": "6"}),
                    *rows("fund", {None: 9, "212": 5}),
                    *rows("general_expenditure", {"201": 3}),
                    cell("basic_economic", None, "amount", 7, name="人员经费合计"),
                    cell("basic_economic", None, "amount", 2, name="公用经费合计"),
                    *rows("basic_economic", {"301": 7, "302": 2}, "amount"),
                    cell("appropriation_basic_economic", None, "amount", 7, name="人员经费合计"),
                    *rows("appropriation_basic_economic", {"301": 7, "302": 2}, "amount"),
                    *rows("revenue", {None: 8, "201": 8}),
                ]
            )
        ]
    )
    got = query("select statement, published_amount, fact_amount, difference, is_within_tolerance from statement_total")
    wan = Decimal(10_000)
    assert {statement: (p and p / wan, f / wan, within) for statement, p, f, _, within in got} == {
        "expenditure": (Decimal("10.02"), Decimal("10.01"), True),
        "fund": (9, 5, False),
        "general_expenditure": (None, 3, None),
        "basic_economic": (9, 9, True),
        # one of two subtotals is no total
        "appropriation_basic_economic": (None, 9, None),
        "revenue": (8, 8, True),
    }
    assert all(d == (p - f if p is not None else None) for _, p, f, d, _ in got)


def test_the_tolerance_is_the_table_s_last_place(ask) -> None:  # type: ignore[no-untyped-def]
    query = ask(
        [
            report(
                [
                    *(cell("fund", code, "total", value, unit="元") for code, value in ((None, "3"), ("212", "1"))),
                    *rows("state_capital", {None: "3", "223": "1.5"}),
                    *rows("expenditure", {None: "3.000", "201": "1.001", "202": "1.001"}),
                ]
            )
        ]
    )
    got = dict(query("select statement, tolerance from statement_total"))
    assert got == {"fund": 1, "state_capital": 1_000, "expenditure": 15}


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (
            [
                *rows("expenditure", {"201": 9}),
                *rows("appropriation_expenditure", {"201": 8}),
                *rows("fund", {"212": 1}),
            ],
            {("expenditure", "all", False): 9},
        ),
        (
            [*rows("appropriation_expenditure", {"201": 8}), *rows("general_expenditure", {"201": 7})],
            {("appropriation_expenditure", "appropriation", False): 8},
        ),
        (
            [*rows("general_expenditure", {"201": 7}), *rows("fund", {"212": 1}), *rows("state_capital", {"223": 2})],
            {
                ("general_expenditure", "appropriation", False): 7,
                ("fund", "appropriation", False): 1,
                ("state_capital", "appropriation", False): 2,
            },
        ),
        ([*rows("general_expenditure", {"201": 7})], {("general_expenditure", "general", False): 7}),
        (
            [*rows("general_expenditure", {"201": 7}), balance(9)],
            {("general_expenditure", "general", False): 7, ("balance", "all", True): 2},
        ),
        (
            [
                *rows("appropriation_expenditure", {"201": "7.00"}),
                balance(9),
                *rows("expenditure_total", {None: "8.00"}),
            ],
            {("appropriation_expenditure", "appropriation", False): 7, ("expenditure_total", "all", True): 1},
        ),
        # a smaller total, and one larger by rounding, leave no remainder
        (
            [*rows("appropriation_expenditure", {"201": 7}), balance(6)],
            {("appropriation_expenditure", "appropriation", False): 7},
        ),
        ([*rows("expenditure", {"201": "7.00"}), balance("7.01")], {("expenditure", "all", False): 7}),
        # what is carried on to next year is no expenditure of this one
        (
            [*rows("expenditure", {"201": 7}), balance(7, "当年支出小计", "usage"), balance(9, "支出合计", "usage")],
            {("expenditure", "all", False): 7},
        ),
        ([*rows("expenditure_total", {None: 8})], {("expenditure_total", "all", True): 8}),
    ],
)
def test_expenditure_takes_one_source(ask, cells, expected) -> None:  # type: ignore[no-untyped-def]
    query = ask([report(cells)])
    got = query("select statement, coverage, derived, sum(amount_wan) from expenditure group by all")
    assert {(statement, coverage, derived): amount for statement, coverage, derived, amount in got} == expected


def test_departments_contain_their_units(ask) -> None:  # type: ignore[no-untyped-def]
    def of(scope: str, year: int, amount: int) -> dict[str, Any]:
        return report(rows("expenditure", {"201": amount}), scope=scope, fiscal_year=year)

    query = ask([of("department", 2023, 9), of("unit", 2023, 5), of("unit", 2022, 4)])
    assert query("select year_key, sum(amount_wan) from expenditure where countable group by all order by all") == [
        (2022, 4),
        (2023, 9),
    ]


def test_corrections_show_once(ask) -> None:  # type: ignore[no-untyped-def]
    query = ask(
        [
            report(
                [*rows("expenditure", {None: amount, "201": amount}), balance(amount)],
                file_name=f"{amount}",
                cover_date=day,
            )
            for amount, day in ((5, date(2024, 8, 1)), (6, date(2024, 9, 1)))
        ]
    )
    assert query("select sum(amount_wan) from expenditure") == [(6,)]
    assert query("select amount_wan from printed_total") == [(6,)]
    assert query("select file_name, version from dim_report where status = 'superseded'") == [("5", 1)]
    assert query("select warning_count from quality_by_report where file_name = '6'") == [(2,)]


def test_economic_takes_the_wider_statement(ask) -> None:  # type: ignore[no-untyped-def]
    both = [
        *rows("appropriation_basic_economic", {"30101": 3}, "amount"),
        *rows("basic_economic", {"30101": 2}, "amount"),
    ]
    query = ask([report(both), report(rows("basic_economic", {"30101": 2}, "amount"), fiscal_year=2022)])
    assert query("select year_key, statement, coverage, amount_wan from expenditure_economic order by 1") == [
        (2022, "basic_economic", "general", 2),
        (2023, "appropriation_basic_economic", "appropriation", 3),
    ]


def test_trends(ask) -> None:  # type: ignore[no-untyped-def]
    query = ask(
        [
            report(
                [
                    balance(total),
                    *rows("expenditure", {"2010101": total}),
                    *rows("basic_economic", {code: 2}, "amount"),
                    cell("three_public", None, "final_total", total),
                ],
                fiscal_year=year,
            )
            for year, total, code in ((2017, 8, "30311"), (2018, 10, "30113"), (2020, 20, "30113"))
        ]
    )
    by_unit = query("select year_key, amount_wan, change_amount, change_rate from trend_expenditure_by_unit order by 1")
    # 2020 has no year before it
    assert by_unit == [(2017, 8, None, None), (2018, 10, 20_000, Decimal("0.25")), (2020, 20, None, None)]
    economic = query(
        "select year_key, subject_code, previous_amount from trend_expenditure_by_subject"
        " where classification = 'economic' order by 1"
    )
    assert economic == [(2017, "30113", None), (2018, "30113", 20_000), (2020, "30113", None)]
    assert query("select year_key, change_amount from trend_three_public where stage = 'final' order by 1") == [
        (2017, None),
        (2018, 20_000),
        (2020, None),
    ]


def test_budget_execution_compares_what_both_print(ask) -> None:  # type: ignore[no-untyped-def]
    budget = {"2010101": 1, "2010102": 2, "208": 5, "2100101": 4}
    final = {"20101": 4, "2080505": 3, "2080506": 3, "22101": 6}
    query = ask([report(rows("expenditure", budget), stage="budget"), report(rows("expenditure", final))])
    got = query(
        "select subject_code, level, budget_amount / 10000, final_amount / 10000, execution_rate"
        " from budget_execution order by 1"
    )
    assert got == [
        ("20101", 2, 3, 4, Decimal("1.333333")),
        ("208", 1, 5, 6, Decimal("1.2")),
        ("2100101", 3, 4, None, None),
        ("22101", 2, None, 6, None),
    ]


def test_a_final_account_is_compared_with_its_own_initial_budget_and_with_the_published_one(ask) -> None:  # type: ignore[no-untyped-def]
    items = [stated("initial_budget", "2010101", 3), stated("initial_budget", "208", 5), stated("final", "208", 9)]
    final = report(rows("expenditure", {"2010101": 4, "2080505": 3, "2080506": 3}), stated=items)
    query = ask([final, report(rows("expenditure", {"201": 2}), stage="budget")])
    got = query(
        "select budget_from, subject_code, level, budget_amount / 10000, final_amount / 10000, budget_coverage"
        " from budget_execution order by 1, 2"
    )
    assert got == [
        ("budget", "201", 1, 2, 4, "all"),
        ("budget", "2080505", 3, None, 3, None),
        ("budget", "2080506", 3, None, 3, None),
        ("initial_budget", "2010101", 3, 3, 4, "general"),
        ("initial_budget", "208", 1, 5, 6, "general"),
    ]


def test_structure_and_profile(ask) -> None:  # type: ignore[no-untyped-def]
    cells = [*rows("expenditure", {"2010101": 3}, "basic"), *rows("expenditure", {"2080505": 1}, "project")]
    query = ask([report([*cells, *rows("expenditure", {None: 4}), cell("three_public", None, "final_total", "0.5")])])
    assert query(
        "select member_name, share from expenditure_structure where breakdown = 'functional_class' order by share"
    ) == [("社会保障和就业支出", Decimal("0.25")), ("一般公共服务支出", Decimal("0.75"))]
    assert query("select member, share from expenditure_structure where breakdown = 'nature' order by share") == [
        ("project", Decimal("0.25")),
        ("basic", Decimal("0.75")),
    ]
    assert query(
        "select unit_name, report_count, latest_final_year, latest_final_amount, latest_budget_year,"
        " largest_class_name, three_public_stage, three_public_amount, open_findings from unit_profile"
    ) == [("武汉市硚口区大数据中心", 1, 2023, 40_000, None, "一般公共服务支出", "final", 5_000, 0)]


def test_growth_is_compounded_over_the_years_between(ask) -> None:  # type: ignore[no-untyped-def]
    query = ask([report([balance(total)], fiscal_year=year) for year, total in ((2017, 8), (2019, 18), (2020, -1))])
    assert query("select year_key, first_year, compound_growth from trend_expenditure_by_unit order by 1") == [
        (2017, 2017, None),
        (2019, 2017, Decimal("0.5")),
        (2020, 2017, None),  # nothing grows into a negative amount
    ]


def test_a_series_does_not_go_on_with_other_money(ask) -> None:  # type: ignore[no-untyped-def]
    query = ask(
        [
            report(rows("general_expenditure", {None: 5, "201": 5}), fiscal_year=2022),
            report(rows("expenditure", {None: 9, "201": 9}), fiscal_year=2023),
        ]
    )
    for view in ("trend_expenditure_by_unit", "trend_expenditure_by_subject", "trend_expenditure_by_class"):
        assert query(f"select coverage, previous_amount, first_year from {view} order by year_key") == [
            ("general", None, 2022),
            ("all", None, 2023),
        ]


@pytest.mark.parametrize(
    ("cells", "complete"),
    [
        ([*rows("expenditure", {"201": 3, "208": 1}, "basic")], True),
        # the printed total is larger: part of the money has no subject
        ([*rows("general_expenditure", {"201": 3, "208": 1}, "basic"), balance(9)], False),
        # nobody says what all the money is
        ([*rows("general_expenditure", {"201": 3, "208": 1}, "basic")], False),
        ([*rows("general_expenditure", {"201": "3.00", "208": "1.00"}, "basic"), balance("4.00")], True),
        # the publisher's rows do not come to the publisher's total
        ([*rows("expenditure", {None: 7, "201": 3, "208": 1}, "basic"), balance(2)], False),
    ],
)
def test_shares_only_of_all_the_money(ask, cells, complete) -> None:  # type: ignore[no-untyped-def]
    query = ask([report(cells)])
    shares = query("select share from expenditure_structure where breakdown = 'functional_class' and member = '201'")
    assert shares == [(Decimal("0.75") if complete else None,)]
    assert query("select bool_and((share is not null) = is_complete) from expenditure_structure") == [(True,)]


def test_natures_come_from_the_totals_where_the_subjects_have_none(ask) -> None:  # type: ignore[no-untyped-def]
    totals = [cell("expenditure_total", None, m, v) for m, v in (("total", 4), ("basic", 3), ("project", 1))]
    query = ask([report([*rows("appropriation_expenditure", {"201": 4}), *totals])])
    assert query("select member, share from expenditure_structure where breakdown = 'nature' order by amount desc") == [
        ("basic", Decimal("0.75")),
        ("project", Decimal("0.25")),
    ]


def test_a_general_budget_is_compared_with_the_general_statement(ask) -> None:  # type: ignore[no-untyped-def]
    final = [*rows("expenditure", {"2010101": 9, "2120801": 5}), *rows("general_expenditure", {"2010101": 6})]
    query = ask([report(final, stated=[stated("initial_budget", "2010101", 4)])])
    columns = "subject_code, budget_amount_wan, final_amount_wan, execution_rate, final_coverage"
    assert query(f"select {columns} from budget_execution order by 1") == [
        ("2010101", 4, 6, Decimal("1.5"), "general"),
        ("2120801", None, 5, None, "all"),
    ]


def test_other_money_within_a_budgeted_class_has_a_row_of_its_own(ask) -> None:  # type: ignore[no-untyped-def]
    final = [*rows("expenditure", {"2120101": 9, "2120801": 5, "229": 1}), *rows("general_expenditure", {"2120101": 9})]
    query = ask([report(final, stated=[stated("initial_budget", "212", 4), stated("initial_budget", "229", 3)])])
    columns = "subject_code, budget_amount_wan, final_amount_wan, execution_rate"
    assert query(f"select {columns} from budget_execution order by 1") == [
        ("212", 4, 9, Decimal("2.25")),
        ("2120801", None, 5, None),
        ("229", 3, 1, None),
    ]


def test_no_rate_where_the_two_cover_different_money(ask) -> None:  # type: ignore[no-untyped-def]
    query = ask([report(rows("expenditure", {"201": 9}), stated=[stated("initial_budget", "201", 4)])])
    assert query("select budget_coverage, final_coverage, execution_rate from budget_execution") == [
        ("general", "all", None)
    ]


def test_peers_of_a_region_and_of_a_name(ask) -> None:  # type: ignore[no-untyped-def]
    names = {"武汉市硚口区大数据中心": 1, "武汉市青山区大数据中心": 3, "武汉市青山区财政局": 8}
    query = ask([report([balance(amount)], unit_name=name) for name, amount in names.items()])
    columns = "unit_name, peers, peer_count, rank, median_amount_wan, average_amount_wan, share"
    assert query(f"select {columns} from peer_comparison where unit_name like '%青山区大数据中心' order by peers") == [
        ("武汉市青山区大数据中心", "namesake", 2, 1, 2, 2, Decimal("0.75")),
        ("武汉市青山区大数据中心", "region", 3, 2, 3, 4, Decimal("0.25")),
    ]
    assert query("select share from peer_comparison where unit_name like '%财政局' and peers = 'namesake'") == [(None,)]


def test_the_largest_movers_come_first(ask) -> None:  # type: ignore[no-untyped-def]
    years = {2022: {"201": 5, "208": 9, "210": 1, "212": 7}, 2023: {"201": 6, "208": 2, "210": 1, "221": 30}}
    query = ask([report(rows("expenditure", amounts), fiscal_year=year) for year, amounts in years.items()])
    # 210 did not change, 212 and 221 stand in one of the years only
    assert query("select subject_code, change_amount_wan, change_rank from largest_movers order by 3") == [
        ("208", -7, 1),
        ("201", 1, 2),
    ]


def test_the_long_table_has_every_topic_once(ask) -> None:  # type: ignore[no-untyped-def]
    cells = [
        balance(9),
        *rows("expenditure", {None: 9, "201": 4, "208": 5}),
        *rows("general_expenditure", {None: 9, "201": 4, "208": 5}),
        *rows("basic_economic", {"301": 2}, "amount"),
        *rows("revenue", {None: 9, "201": 9}),
        *(cell("three_public", None, f"final_{m}", 3) for m in ("total", "reception")),
    ]
    query = ask([report(cells), report([balance(1)], scope="unit")])
    assert query("select topic, sum(amount_wan) from tidy_amount where countable group by all order by 1") == [
        ("economic", 2),
        ("expenditure", 9),
        ("revenue", 9),
        ("three_public", 3),
        ("total", 9),
    ]
    assert query("select scope, countable from tidy_amount where topic = 'total' order by 1") == [
        ("department", True),
        ("unit", False),
    ]
