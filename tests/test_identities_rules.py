"""Every rule of the catalogue on a table small enough to check by eye: it holds, it breaks, it cannot be run."""

from __future__ import annotations

from decimal import Decimal

import polars as pl
import pytest

from pipelines.prove.catalogue import RULES, catalogue, sql
from pipelines.prove.identities import comparisons, coverage
from pipelines.prove.schemas import COMPARISON, COVERAGE, FINDING, OUTCOME
from tests.identities_truth import found_in, no_tables, readings, tiny
from tests.rule_cases_cells import ALL_APPROPRIATED, CASES, SPENDING_SIDE, TREE, Cell, amounts


def _case(rule: str, variant: str) -> pl.DataFrame:
    """The cells of a case as the report `rule`: as they hold, with one text changed, or without the needed ones."""
    forms, cell, text, _, _, needed = CASES[rule]
    cells = pl.concat([tiny(form, rows, side=side, report=rule) for form, side, rows in forms])
    if variant == "gone":
        return cells.filter(~pl.any_horizontal([_at(c) for c in needed]))
    if variant == "broken":
        value = Decimal(text)
        return cells.with_columns(
            value=pl.when(_at(cell)).then(pl.lit(value, pl.Decimal(24, 8))).otherwise("value"),
            amount=pl.when(_at(cell)).then(pl.lit(value * 10_000, pl.Decimal(18, 2))).otherwise("amount"),
            raw_text=pl.when(_at(cell)).then(pl.lit(text)).otherwise("raw_text"),
        )
    return cells


def _at(cell: Cell) -> pl.Expr:
    form, side, row, measure = cell
    return (
        (pl.col("form") == form) & (pl.col("side") == side) & (pl.col("row_no") == row) & (pl.col("measure") == measure)
    )


def _of(rule: str, cells: pl.DataFrame) -> pl.DataFrame:
    return comparisons({"extracted_cell": cells}).filter(pl.col("rule_id") == rule)


Proof = dict[str, tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame, pl.DataFrame]]


@pytest.fixture(scope="module")
def proof() -> Proof:
    """Per variant of all cases at once: cells, comparisons, findings, outcomes."""
    result = {}
    for variant in ("holds", "broken", "gone"):
        cells = pl.concat([_case(rule, variant) for rule in CASES])
        reports = readings(pl.DataFrame({"report_key": list(CASES)}))
        result[variant] = (cells, comparisons({"extracted_cell": cells}), *found_in(cells, no_tables(), reports))
    return result


def _own(frame: pl.DataFrame, rule: str) -> pl.DataFrame:
    return frame.filter(pl.col("report_key") == rule, pl.col("rule_id") == rule)


def test_every_rule_has_a_case_and_every_file_a_rule() -> None:
    assert {p.stem for p in RULES.glob("[!_]*.sql")} == set(catalogue()["sql"]) - {""}
    for rule, name in catalogue().filter(pl.col("sql") != "").select("rule_id", "sql").iter_rows():
        assert rule in sql(name) or name == "row_sum"


@pytest.mark.parametrize("rule", CASES)
def test_rule_holds(rule: str, proof: Proof) -> None:
    _, compared, _, outcome = proof["holds"]
    results = set(_own(compared, rule)["result"])
    assert "equal" in results and not {"rounding", "beyond", "blank"} & results
    assert _own(outcome, rule)["outcome"].item() == "passed"


@pytest.mark.parametrize("rule", CASES)
def test_rule_breaks_with_both_figures(rule: str, proof: Proof) -> None:
    cells, _, found, outcome = proof["broken"]
    _, cell, _, printed, expected, _ = CASES[rule]
    broken = _own(found, rule).filter(pl.col("severity") == "error")
    figures = broken.select("printed", "expected", "difference").rows()
    assert (Decimal(printed), Decimal(expected), Decimal(printed) - Decimal(expected)) in figures
    changed = cells.filter(_at(cell), pl.col("report_key") == rule)["cell_key"].item()
    assert changed in broken["cell_keys"].explode().to_list()
    assert _own(outcome, rule)["outcome"].item() == "failed"


@pytest.mark.parametrize("rule", CASES)
def test_rule_that_cannot_run_does_not_pass(rule: str, proof: Proof) -> None:
    _, compared, _, outcome = proof["gone"]
    assert not {"equal", "rounding", "beyond"} & set(_own(compared, rule)["result"])
    blank = "blank" in _own(compared, rule)["result"].to_list()
    ended = _own(outcome, rule)["outcome"].item()
    assert ended == "failed" if blank else ended in {"not_applicable", "insufficient_data"}


@pytest.mark.parametrize(("abroad", "outcome"), [("2.00", "passed"), ("2.50", "failed")])
def test_three_public_expenses_one_below_the_other_add_up(abroad: str, outcome: str) -> None:
    measures = {"total": "9.00", "abroad": abroad, "vehicle": "4.00", "vehicle_running": "4.00", "reception": "3.00"}
    cells = tiny("three_public", [("合计", {f"budget_{m}": amount}) for m, amount in measures.items()])
    found, outcomes = found_in(cells, no_tables(), readings(cells))
    assert outcomes.filter(pl.col("rule_id") == "three_public_total")["outcome"].item() == outcome
    assert outcomes.filter(pl.col("rule_id") == "three_public_vehicle")["outcome"].item() == "passed"
    broken = found.filter(pl.col("rule_id") == "three_public_total")
    assert broken["difference"].to_list() == ([Decimal("-0.50")] if outcome == "failed" else [])


def test_a_code_twice_in_a_form() -> None:
    cells = tiny(
        "expenditure", [("201 一般公共服务支出", {"total": "1.00"}), ("201 一般公共服务支出", {"total": "1.00"})]
    )
    found, outcome = found_in(cells, no_tables(), readings(cells))
    twice = found.filter(pl.col("rule_id") == "duplicate_row")
    assert twice.select("class", "severity", "message").rows() == [
        ("duplicate", "warning", "支出表“201 一般公共服务支出”：同一编码出现 2 次")
    ]
    assert twice["cell_keys"].to_list() == [cells["cell_key"].to_list()]
    assert outcome.filter(pl.col("rule_id") == "duplicate_row")["outcome"].item() == "failed"
    _, outcome = found_in(cells.head(1), no_tables(), readings(cells))
    assert outcome.filter(pl.col("rule_id") == "duplicate_row")["outcome"].item() == "passed"


@pytest.mark.parametrize(
    ("printed", "result"), [("3.00", "equal"), ("3.02", "rounding"), ("3.03", "beyond"), ("2.98", "rounding")]
)
def test_a_sum_of_three_cells_may_miss_by_two_of_the_last_place(printed: str, result: str) -> None:
    rows = [("合计", {"total": printed}), *[(f"20{n} 类", {"total": "1.00"}) for n in range(1, 4)]]
    assert _of("subject_total", tiny("general_expenditure", rows))["result"].item() == result


def test_the_last_place_is_the_finest_the_table_shows() -> None:
    rows = [("合计", {"total": "4"}), ("201 类", {"total": "1"}), ("202 类", {"total": "2"})]
    assert _of("subject_total", tiny("general_expenditure", rows))["result"].item() == "rounding"
    rows[2] = ("202 类", {"total": "2.0"})
    assert _of("subject_total", tiny("general_expenditure", rows))["result"].item() == "rounding", "a single cell"
    rows[0] = ("合计", {"total": "4.0"})
    assert _of("subject_total", tiny("general_expenditure", rows))["result"].item() == "beyond"


def test_two_units_are_compared_in_yuan() -> None:
    balance = tiny("balance", SPENDING_SIDE, side="expenditure")
    in_yuan = tiny("expenditure", [("合计", {"total": "110012.34"})], unit="元")
    broken = _of("balance_expenditure", pl.concat([balance, in_yuan]))
    assert broken.select("printed", "expected", "tolerance", "result").rows() == [
        (Decimal("110012.34"), Decimal(110000), Decimal("50.005"), "rounding")
    ]


@pytest.mark.parametrize("rule", ["appropriation_total", "appropriation_class", "expenditure_appropriated"])
@pytest.mark.parametrize("absent", ["general_expenditure", "fund"])
def test_a_table_in_another_file_makes_no_broken_sum(rule: str, absent: str) -> None:
    forms = [*ALL_APPROPRIATED, ("expenditure", "", amounts("合计 11.00", "212 城乡社区支出 4.00"))]
    parts = [tiny(form, rows, side=side) for form, side, rows in forms if form != absent]
    cells = pl.concat(parts).with_columns(
        measure=pl.when(pl.col("form") == "expenditure").then(pl.lit("total")).otherwise("measure")
    )
    results = _of(rule, cells)["result"].to_list()
    assert "insufficient" in results or not results
    assert "beyond" not in results, "columns of a single fund may still agree"


def test_a_level_that_is_not_printed_is_no_fault() -> None:
    rows = [("201 类", {"total": "3.00"}), ("2010101 项", {"total": "1.00"}), ("2010201 项", {"total": "2.00"})]
    assert _of("subject_class", tiny("general_expenditure", rows))["result"].item() == "equal"


def test_a_blank_parent_is_a_warning_and_a_blank_branch_is_not_compared() -> None:
    rows = [("201 类", {"total": "3.00", "basic": "3.00"}), ("20101 款", {"total": "3.00", "project": "3.00"})]
    cells = tiny("general_expenditure", [*rows, ("202 类", {"project": "1.00", "total": "1.00"})])
    found, _ = found_in(cells, no_tables(), readings(cells))
    blank = found.filter(pl.col("rule_id") == "subject_class", pl.col("class") == "missing")
    assert blank.select("severity", "measure", "printed", "expected").rows() == [
        ("warning", "project", None, Decimal(3))
    ]
    basic = _of("subject_class", cells).filter(pl.col("measure") == "basic")
    assert basic["result"].to_list() == ["insufficient"]


def test_the_older_national_balance_with_its_sub_lines() -> None:
    revenue = amounts(
        "一、财政拨款收入 9.00",
        "其中：政府性基金预算财政拨款 4.00",
        "六、其他收入 1.00",
        "本年收入合计 10.00",
        "用事业基金弥补收支差额 0.50",
        "年初结转和结余 2.00",
        "其中：项目支出结转和结余 2.00",
        "总计 12.50",
    )
    results = _of("line_total", tiny("balance", revenue, side="revenue"))["result"].to_list()
    assert results == ["equal", "equal"]


def test_a_line_nobody_can_place_stops_the_comparison() -> None:
    lines = amounts("一、财政拨款收入 9.00", "某项资金 1.00", "本年收入合计 10.00")
    assert _of("line_total", tiny("balance", lines, side="revenue"))["result"].to_list() == ["insufficient"]


def test_grouped_revenue_rows() -> None:
    rows = amounts("合计 5.00", "一般公共预算资金/小计 4.00", "一般公共预算资金/补助 4.00", "其他资金/小计 1.00")
    compared = comparisons({"extracted_cell": tiny("revenue", rows, stage="budget")})
    assert compared.filter(pl.col("rule_id").str.starts_with("path"))["result"].to_list() == ["equal", "equal"]


def test_message_names_the_place_and_both_figures() -> None:
    cells = tiny("general_expenditure", [("合计", {"total": "3.10"}), ("201 类", {"total": "3.00"})])
    found, _ = found_in(cells, no_tables(), readings(cells))
    assert found["message"].to_list() == [
        "一般公共预算支出表“合计”（合计）：表列 3.10，各类之和 3.00，相差 0.10万元，超出四舍五入允许的 0.01"
    ]


def test_outcomes_of_reports_without_numbers() -> None:
    cells = tiny("fund", [("合计", {"total": "0"})])
    nothing = cells.clear()
    quarantined = readings(cells, "quarantined")
    stopped = found_in(nothing, no_tables(), quarantined)[1].filter(pl.col("rule_id") != "unread_report")
    assert stopped["outcome"].unique().to_list() == ["unreadable"]
    empty = found_in(nothing, no_tables(), readings(cells, "empty"))[1].filter(pl.col("rule_id") != "unread_report")
    assert empty["outcome"].unique().to_list() == ["not_applicable"]
    printed = pl.DataFrame({"report_key": ["r"], "form": ["three_public"]})
    tables = no_tables().select("report_key", "form").vstack(printed)
    outcome = found_in(nothing, tables, readings(cells))[1]
    insufficient = outcome.filter(pl.col("outcome") == "insufficient_data")["rule_id"].to_list()
    assert insufficient == ["three_public_three", "three_public_total", "three_public_vehicle"]


def test_frames_have_their_schemas_and_no_float() -> None:
    cells = tiny("general_expenditure", TREE)
    found, outcome = found_in(cells, no_tables(), readings(cells))
    got = coverage(cells)
    for frame, schema in (
        (comparisons({"extracted_cell": cells}), COMPARISON),
        (found, FINDING),
        (outcome, OUTCOME),
        (got, COVERAGE),
    ):
        assert dict(frame.schema) == schema
        assert not any(dtype.is_float() for dtype in frame.schema.values())
    assert got.rows() == [("r", 6, 6, Decimal(1))]


def test_coverage_counts_only_comparisons_that_ran() -> None:
    cells = tiny("general_expenditure", [*TREE, ("人员", {"personnel": "1.00"})])
    assert coverage(cells).rows() == [("r", 7, 6, Decimal("0.857142"))]
