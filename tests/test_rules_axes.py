"""Totals over units, projects and funds; what nobody read accuses nobody; how lines of a balance nest."""

from __future__ import annotations

from decimal import Decimal

import polars as pl
import pytest

from pipelines.core.frames import PUBLISHED_TABLE
from pipelines.prove.identities import comparisons
from tests.identities_truth import found_in, no_tables, readings, tiny

UNITS = [
    ("合计", {"total": "9.00", "general": "7.00", "other": "2.00"}),
    ("合计", {"total": "5.00", "general": "4.00", "other": "1.00"}),
    ("合计", {"total": "4.00", "general": "3.00", "other": "1.00"}),
]


def table(
    form: str, rows: list[tuple[str, dict[str, str]]], coordinate: str, values: list[str | None], **more: str
) -> pl.DataFrame:
    """A form whose rows differ in one coordinate; rows without a value are the whole."""
    by_row = dict(enumerate(values, 1))
    return tiny(form, rows, **more).with_columns(
        pl.col("row_no").replace_strict(by_row, return_dtype=pl.String).alias(coordinate)
    )


def changed(cells: pl.DataFrame, row: int, measure: str, text: str) -> pl.DataFrame:
    at = (pl.col("row_no") == row) & (pl.col("measure") == measure)
    value = Decimal(text)
    return cells.with_columns(
        value=pl.when(at).then(pl.lit(value, pl.Decimal(24, 8))).otherwise("value"),
        amount=pl.when(at).then(pl.lit(value * 10_000, pl.Decimal(18, 2))).otherwise("amount"),
        raw_text=pl.when(at).then(pl.lit(text)).otherwise("raw_text"),
    )


def errors(cells: pl.DataFrame, tables: pl.DataFrame | None = None) -> set[str]:
    found = found_in(cells, no_tables() if tables is None else tables, readings(cells))[0]
    return set(found.filter(pl.col("severity") == "error")["rule_id"])


def outcome(cells: pl.DataFrame, rule: str, tables: pl.DataFrame | None = None) -> str:
    ended = found_in(cells, no_tables() if tables is None else tables, readings(cells))[1]
    return str(ended.filter(pl.col("rule_id") == rule)["outcome"].item())


def unread(form: str, text: str) -> pl.DataFrame:
    """The table of a form that left something unread."""
    row = {"report_key": "r", "table_no": 1, "form": form, "unread": text}
    return pl.DataFrame([[row.get(name) for name in PUBLISHED_TABLE]], schema=PUBLISHED_TABLE, orient="row")


def test_a_total_is_the_sum_of_its_units() -> None:
    cells = table("revenue", UNITS, "sub_unit", [None, "某局", "某中心"])
    assert outcome(cells, "unit_total") == "passed"
    assert {"unit_total", "row_sources"} <= errors(changed(cells, 3, "other", "6.00"))


def test_a_department_printed_above_its_units_is_no_part_of_the_total() -> None:
    rows = [UNITS[0], *UNITS]
    cells = table("revenue", rows, "sub_unit", [None, "某委", "某局", "某中心"])
    assert outcome(cells, "unit_total") == "passed"


def test_units_that_do_not_make_up_the_total_accuse_nobody() -> None:
    cells = table("revenue", UNITS[:2], "sub_unit", [None, "某局"])
    assert outcome(cells, "unit_total") == "not_applicable"


def test_a_total_is_the_sum_of_its_projects() -> None:
    rows = [("合计", UNITS[0][1]), ("维护", UNITS[1][1]), ("购置", UNITS[2][1])]
    cells = table("project_expenditure", rows, "project", [None, "维护", "购置"])
    assert outcome(cells, "project_total") == "passed"
    assert "project_total" in errors(changed(cells, 2, "total", "5.50"))


@pytest.mark.parametrize(("text", "expected"), [("2.00", set()), ("3.00", {"fund_total"})])
def test_an_amount_is_the_sum_of_its_funds(text: str, expected: set[str]) -> None:
    rows = [("合计", {"total": "9.00"}), ("合计", {"total": "7.00"}), ("合计", {"total": text})]
    more = [
        ("维护", {"total": "5.00"}),
        ("维护", {"total": "5.00"}),
        ("购置", {"total": "4.00"}),
        ("购置", {"total": "4.00"}),
    ]
    cells = table(
        "project_expenditure", rows + more, "fund", [None, "general", "fund", None, "general", None, "general"]
    )
    row = pl.col("row_no").replace_strict({1: 1, 2: 1, 3: 1, 4: 2, 5: 2, 6: 3, 7: 3}, return_dtype=pl.Int32)
    assert errors(cells.with_columns(row_no=row)) & {"fund_total"} == expected


TREE = [
    ("合计", {"total": "9.00"}),
    ("201 一般公共服务支出", {"total": "9.00"}),
    ("20101 人大事务", {"total": "4.00"}),
    ("20102 政协事务", {"total": "2.00"}),
]


@pytest.mark.parametrize(
    ("text", "ended"),
    [
        (None, "failed"),
        ("20103 政府办公厅(室)及相关机构事务 total 3.00", "unreadable"),  # a row of the same class
        ("3.00", "unreadable"),  # the very difference
        ("1.00\n2.00", "unreadable"),  # in two numbers
        ("20101 人大事务 total 4.0 0", "unreadable"),
        ("数量 3", "failed"),
        ("某数 88.00", "failed"),
    ],
)
def test_a_sum_that_touches_unread_numbers_is_unreadable(text: str | None, ended: str) -> None:
    cells = tiny("general_expenditure", TREE)
    tables = no_tables() if text is None else unread("general_expenditure", text)
    assert outcome(cells, "subject_class", tables) == ended
    assert ("subject_class" in errors(cells, tables)) == (ended == "failed")


def test_a_doubtful_number_makes_a_warning_at_most() -> None:
    cells = tiny("general_expenditure", TREE)
    doubt = pl.when(pl.col("row_no") == 3).then(pl.lit("ruled; a second reading gives 7.00")).otherwise(pl.lit("ruled"))
    assert not errors(cells.with_columns(method=doubt))
    assert errors(cells)


def test_two_columns_of_one_heading_accuse_nobody() -> None:
    rows = [
        ("合计", {"budget_three_public": "3.00", "budget_reception": "1.00"}),
        ("合计", {"budget_three_public": "2.00"}),
    ]
    heading = pl.when(pl.col("measure") == "budget_reception").then(pl.lit("公务接待费")).otherwise(pl.lit("小计"))
    fund = pl.when(pl.col("row_no") == 2).then(pl.lit("general"))
    cells = tiny("three_public", rows).with_columns(heading=heading, fund=fund)
    assert not errors(cells.with_columns(row_no=pl.lit(1, pl.Int32)))
    assert errors(cells.filter(pl.col("row_no") == 1))


def test_lines_of_a_balance_nest_by_their_numbering() -> None:
    rows = [
        "一、部门预算 9.00",
        "1、财政拨款 7.00",
        "(1)一般公共预算拨款 7.00",
        "2、其他收入 2.00",
        "本年收入合计 9.00",
    ]
    cells = tiny("balance", [(name, {"amount": text}) for name, text in map(str.split, rows)], side="revenue")
    assert outcome(cells, "line_part") == outcome(cells, "line_total") == "passed"
    assert errors(changed(cells, 3, "amount", "6.00")) == {"line_part"}


def test_a_total_printed_above_its_classes_is_their_sum() -> None:
    rows = ["一、本年支出合计 9.00", "教育支出 5.00", "进修及培训 5.00", "住房保障支出 4.00", "住房改革支出 4.00"]
    rows += ["住房公积金 4.00", "二、年终结转结余 1.00", "支出总计 10.00"]
    lines = [(name, {"amount": text}) for name, text in map(str.split, rows)]
    cells = tiny("appropriation_balance", lines, side="expenditure", stage="budget")
    assert outcome(cells, "line_total") == outcome(cells, "subject_class") == "passed"
    assert "line_total" in errors(changed(cells, 2, "amount", "6.00"))
    assert "subject_section" in errors(changed(cells, 6, "amount", "6.00"))


def test_a_change_between_sums_is_accused_once() -> None:
    def parts(total: str, abroad: str, reception: str) -> list[str]:
        return [total, abroad, reception]

    columns = {"prior_budget": parts("9.00", "1.00", "2.00"), "budget": parts("5.00", "2.00", "3.00")}
    columns["change"] = parts("-4.00", "1.00", "1.00")
    names = ("total", "abroad", "reception")
    row = {f"{stage}_{name}": text for stage, texts in columns.items() for name, text in zip(names, texts, strict=True)}
    found = comparisons({"extracted_cell": tiny("three_public", [("合计", row)])})
    beyond = found.filter(pl.col("result") == "beyond", pl.col("rule_id") == "three_public_total")
    assert beyond["measure"].to_list() == ["prior_budget_total"]
