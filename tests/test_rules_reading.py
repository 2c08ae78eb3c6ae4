"""Every rule that looks beyond the cells of the tables, on a report small enough to check by eye.

As in ``test_identities_rules.py``: it holds, it breaks with both figures, it cannot be run. The cases are in
``rule_cases_reading.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from pipelines.extraction.report import read_report
from pipelines.prove.catalogue import catalogue
from pipelines.prove.identities import READ, comparisons, coverage, findings
from pipelines.prove.schemas import BROKEN, WITHIN
from tests import rule_cases_cells
from tests.hostile import scan
from tests.reading_frames import Frames, as_report, projects, reading, remarks, said, scored, tables, together
from tests.rule_cases_reading import (
    CASES,
    EXECUTION,
    FORM,
    FORMS,
    GENERAL,
    PERSONNEL,
    PUBLIC,
    SERVICES,
    TOTAL,
    cells,
    cost,
    tiny_balance,
)

Proof = dict[str, tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]]


@pytest.fixture(scope="module")
def proof() -> Proof:
    """Per variant of all cases at once: comparisons, findings, outcomes."""
    result = {}
    for variant, place in (("holds", 0), ("breaks", 1), ("gone", 4)):
        reports = [as_report(case[place], rule) for rule, case in CASES.items()]  # type: ignore[arg-type]
        read = {
            name: pl.concat([r[name] for r in reports if name in r] or [pl.DataFrame(schema=schema)])
            for name, schema in READ.items()
        }
        compared = comparisons(read)
        result[variant] = (compared, *findings(read, compared))
    return result


def _own(frame: pl.DataFrame, rule: str) -> pl.DataFrame:
    return frame.filter(pl.col("report_key") == rule, pl.col("rule_id") == rule)


def test_every_rule_about_one_report_has_a_case() -> None:
    within = catalogue().filter(pl.col("kind").is_in(WITHIN))["rule_id"]
    elsewhere = {"duplicate_row", "project_run", "unit_total", "project_total", "fund_total"}  # test_rules_axes.py
    assert {*CASES, *rule_cases_cells.CASES, *elsewhere} == set(within)


@pytest.mark.parametrize("rule", CASES)
def test_rule_holds(rule: str, proof: Proof) -> None:
    compared, _, outcome = proof["holds"]
    assert set(_own(compared, rule)["result"]) == {"equal"}
    assert _own(outcome, rule)["outcome"].item() == "passed"


@pytest.mark.parametrize("rule", CASES)
def test_rule_breaks_with_both_figures(rule: str, proof: Proof) -> None:
    _, found, outcome = proof["breaks"]
    _, _, printed, expected, _ = CASES[rule]
    broken = _own(found, rule).filter(pl.col("class") != "rounding")
    figures = tuple(None if figure is None else Decimal(figure) for figure in (printed, expected))
    assert broken.select("printed", "expected").rows() == [figures]
    kind = catalogue().row(by_predicate=pl.col("rule_id") == rule, named=True)
    assert broken.select("class", "severity").rows() == [(kind["class"], kind["severity"])]
    assert _own(outcome, rule)["outcome"].item() == "failed"


@pytest.mark.parametrize("rule", CASES)
def test_rule_that_cannot_run_does_not_pass(rule: str, proof: Proof) -> None:
    compared, _, outcome = proof["gone"]
    assert not {"equal", "rounding", *BROKEN} & set(_own(compared, rule)["result"])
    assert set(_own(outcome, rule)["outcome"]) <= {"not_applicable", "insufficient_data"}


@pytest.mark.parametrize(
    ("named", "charged", "result"),
    [
        (("311.80", "300.00", "540.00", "7.00"), ("1151.80", "90.00"), ["equal"]),
        (("311.80", "300.00", "540.00", "7.00"), ("1151.79", "90.00"), ["rounding"]),
        (("311.80", "300.00", "540.00", "7.00"), ("1151.70", "90.00"), []),
        (("311.80", "300.00", "540.00", "7.00"), ("1151.80", "1151.80"), []),  # which of them?
        ([f"{n}.10" for n in range(100, 140)], ("109.10", "90.00"), []),  # so many sums meet something by chance
    ],
)
def test_projects_named_in_a_row_meet_a_subject(
    named: Sequence[str], charged: tuple[str, str], result: list[str]
) -> None:
    rows = [
        (f"项目{n}", "", "current", "", str(Decimal(yuan) * 10_000), "项目支出主要用于") for n, yuan in enumerate(named)
    ]
    subjects = [(f"201010{n} 甲{n}", {"total": yuan, "project": yuan}) for n, yuan in enumerate(charged)]
    compared = comparisons(as_report(together(projects(*rows), cells("general_expenditure", *subjects)), "r"))
    own = _own(compared.with_columns(report_key=pl.col("rule_id")), "project_run")
    assert own["result"].to_list() == result
    if result:
        assert own.select("printed", "expected").row(0) == (Decimal("1151.80"), Decimal(charged[0]))
        assert own["cell_keys"].list.len().to_list() == [1]


@pytest.mark.parametrize(
    ("frames", "result"),
    [
        (together(PUBLIC, said((PERSONNEL, "amount", "4.10"))), "beyond"),  # an economic table without 合计
        (together(PUBLIC, said(("一般公共预算财政拨款基本支出", "amount", "4.10"))), None),
        (cells("fund", ("合计", {"total": "3.00"})) | said(("财政拨款支出", "final", "9.00")), None),
        (
            together(tiny_balance(), said(("财政拨款支出", "final", "9.10"))),
            "insufficient",
        ),  # no table of general money
    ],
)
def test_a_figure_of_the_narrative_without_its_table_settles_nothing(frames: Frames, result: str | None) -> None:
    compared = comparisons(as_report(frames, "r")).filter(pl.col("rule_id") == "narrative_table")
    assert compared["result"].to_list() == ([] if result is None else [result])


def test_a_balance_without_numbers_is_missing_and_a_fund_table_is_empty() -> None:
    read = together(tables(*FORMS[1:], "three_public", "state_capital"), tables("balance", "fund", cells=0))
    found, _ = findings({name: pl.DataFrame(schema=schema) for name, schema in READ.items()} | read)
    assert found.select("rule_id", "form").rows() == [("empty_form", "fund"), ("missing_form", "balance")]


@pytest.mark.parametrize(
    ("pages", "remark", "result"),
    [
        ([3], 3, ["equal"]),
        ([3], 4, ["equal"]),
        ([3], 5, []),  # too far above
        ([3, 3], 3, []),  # which of the two is not told
        ([3, 4], 4, ["beyond"]),
    ],
)
def test_what_is_left_belongs_to_the_project_just_above(pages: list[int], remark: int, result: list[str]) -> None:
    rows = [(f"项目{n}", "", "current", "700", f"{500 + n}", FORM) for n in range(len(pages))]
    read = together(projects(*rows), remarks(("remainder", None, "剩余资金200元")))
    read["extracted_project"] = read["extracted_project"].with_columns(
        source_line=pl.lit(None, pl.Int32), page=pl.Series(pages, dtype=pl.Int32)
    )
    read["extracted_remark"] = read["extracted_remark"].with_columns(
        source_line=pl.lit(None, pl.Int32), page=pl.lit(remark, pl.Int32)
    )
    compared = comparisons(read).filter(pl.col("rule_id") == "project_remainder")
    assert compared["result"].to_list() == result


@pytest.mark.parametrize(
    ("budget", "final", "results"),
    [("700", "500", ["equal", "equal"]), ("700", "", ["equal"]), ("", "500", ["equal"]), ("", "200", ["beyond"])],
)
def test_a_project_of_two_columns_is_compared_column_by_column(budget: str, final: str, results: list[str]) -> None:
    rows = projects(("甲", "", "current", "700", "500", FORM), ("甲", "子项", "detail", budget, final, FORM))
    compared = comparisons(together(rows)).filter(pl.col("rule_id") == "project_details")
    assert compared["result"].to_list() == results


def test_template_text_needs_no_figure_beside_it() -> None:
    compared = comparisons(together(remarks(("template", None, "收入总计XXX万元"))))
    assert compared.filter(pl.col("rule_id") == "template_text")["result"].to_list() == ["beyond"]


def test_a_bound_does_not_cover_a_cell() -> None:
    read = together(
        cells("basic_economic", ("公用经费合计", {"amount": "9.00"})), said(("机关运行经费", "amount", "1.00"))
    )
    compared = comparisons(read)
    assert compared.filter(pl.col("rule_id") == "operating_cost")["result"].to_list() == ["equal"]
    assert coverage(read["extracted_cell"], compared)["covered"].to_list() == [0]


def test_a_second_statement_of_a_subject_is_compared_too() -> None:
    stated = said((SERVICES, "final", "6.00", "201"), (SERVICES, "final", "7.00", "201"))
    compared = comparisons(as_report(together(GENERAL, stated), "r")).filter(pl.col("rule_id") == "narrative_subject")
    assert sorted(compared["result"]) == ["beyond", "equal"]


def test_a_scan_without_text_is_one_finding(tmp_path: Path) -> None:
    path = tmp_path / "scan.pdf"
    path.write_bytes(scan())
    read = read_report(path, "r", "sha", "pdf")
    frames = dict(zip(READ, (read.report, read.tables, read.cells, read.disclosures), strict=False))
    found, outcome = findings({name: frames.get(name, pl.DataFrame(schema=READ[name])) for name in READ})
    assert found.select("rule_id", "class", "severity").rows() == [("unread_report", "missing", "error")]
    assert "图片" in found["message"].item()
    ended = dict(outcome.select("rule_id", "outcome").iter_rows())
    assert ended.pop("unread_report") == "failed"
    assert set(ended.values()) == {"unreadable"}


def test_a_report_without_any_numbers_is_no_flood() -> None:
    read = as_report(together(reading(status="empty"), tables("balance", cells=0)), "r")
    found, _ = findings({name: read.get(name, pl.DataFrame(schema=schema)) for name, schema in READ.items()})
    assert found.is_empty()


def test_every_finding_has_words_even_where_nothing_has_a_name() -> None:
    nameless = together(
        scored(
            (EXECUTION, "总额", "6.00", "8.00", "19", "10"),
            ("产出指标", "甲", "1", "1", "60"),
            ("产出指标", "甲", "1", "1"),
        ),
        cost("4000", "7000"),
        said((TOTAL, "final", "9.00"), (TOTAL, "initial_budget", "0"), (TOTAL, "completion_percent", "12.5%")),
    )
    blank = {"table_title": None, "section": None, "indicator": None, "subject_path": None}
    frames = {
        name: frame.with_columns(pl.lit(None, pl.String()).alias(c) for c in blank if c in frame.columns)
        for name, frame in as_report(nameless, "r").items()
    }
    found, _ = findings({name: frames.get(name, pl.DataFrame(schema=schema)) for name, schema in READ.items()})
    assert found.height > 0
    assert found["message"].null_count() == 0
