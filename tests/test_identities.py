"""The identities over every hand-checked report: what the anomaly lists name must appear, and nothing else."""

from __future__ import annotations

from decimal import Decimal

import polars as pl
import pytest

from pipelines.prove.identities import comparisons, coverage
from tests.identities_truth import found_in, no_tables, readings, truth_cells, truth_folder

FOLDER = truth_folder()
pytestmark = pytest.mark.skipif(FOLDER is None, reason="../shared/truth is not here: hand-checked reports not compared")

# report, form, code or name, measure, printed, expected: the rounding rows of anomalies-*.md within and between tables
ROUNDING = [
    ("qingshan-2020-final", "balance", "210", "amount", "29.89", "29.88"),  # QS20-01
    ("qingshan-2020-final", "appropriation_balance", "210", "total", "29.89", "29.88"),
    ("qingshan-2020-final", "appropriation_balance", "210", "general", "29.89", "29.88"),
    ("qingshan-2020-final", "revenue", "合计", "total", "1802.64", "1802.63"),  # QS20-02
    ("qingshan-2020-final", "revenue", "合计", "appropriation", "1802.64", "1802.63"),
    ("qingshan-2020-final", "expenditure", "合计", "total", "1802.64", "1802.63"),  # QS20-03
    ("qingshan-2020-final", "general_expenditure", "合计", "total", "1802.64", "1802.63"),
    ("qingshan-2020-final", "expenditure", "合计", "basic", "385.13", "385.11"),  # QS20-04
    ("qingshan-2020-final", "general_expenditure", "合计", "basic", "385.13", "385.11"),
    ("qingshan-2020-final", "expenditure", "210", "total", "29.88", "29.87"),  # QS20-05
    ("qingshan-2020-final", "expenditure", "21011", "total", "29.88", "29.87"),
    ("qingshan-2020-final", "general_expenditure", "210", "total", "29.88", "29.87"),
    ("qingshan-2020-final", "general_expenditure", "21011", "total", "29.88", "29.87"),
    ("qingshan-2020-final", "expenditure", "2101103", "total", "16.17", "16.16"),  # QS20-06
    ("qingshan-2020-final", "general_expenditure", "2101103", "total", "16.17", "16.16"),
    ("qingshan-2020-final", "basic_economic", "301", "amount", "378.99", "379.00"),  # QS20-07
    ("qingshan-2020-final", "basic_economic", "302", "amount", "6.14", "6.13"),  # QS20-08
    ("huangpi-2022-final", "general_expenditure", "合计", "basic", "135.01", "135.02"),  # HP22-03
    ("qiaokou-2021-budget", "balance", "本年支出合计", "amount", "2120.19", "2120.20"),  # QK21-01
    ("qiaokou-2021-budget", "appropriation_balance", "本年支出合计", "amount", "2120.19", "2120.20"),
    ("qiaokou-2021-budget", "expenditure", "合计", "total", "2120.19", "2120.20"),  # QK21-02
    ("qiaokou-2021-budget", "general_expenditure", "合计", "total", "2120.19", "2120.20"),
    ("qiaokou-2021-budget", "expenditure", "合计", "basic", "231.69", "231.70"),  # QK21-03
    ("qiaokou-2021-budget", "general_expenditure", "合计", "basic", "231.69", "231.70"),
    ("qiaokou-2021-budget", "basic_economic", "301", "total", "213.81", "213.83"),  # QK21-04
    ("qiaokou-2021-budget", "basic_economic", "301", "personnel", "213.81", "213.83"),
    ("qiaokou-2021-budget", "basic_economic", "302", "total", "17.88", "17.89"),  # QK21-05
    ("qiaokou-2021-budget", "basic_economic", "302", "public", "17.88", "17.89"),
    ("caidian-2024-final", "general_expenditure", "合计", "basic", "1569.06", "1569.07"),  # CD24-03
    ("caidian-2024-final", "basic_economic", "301", "amount", "1268.90", "1268.89"),  # CD24-04
    ("caidian-2024-final", "basic_economic", "302", "amount", "94.08", "94.06"),  # CD24-05
    ("caidian-2024-final", "three_public", "", "budget_total", "1.67", "1.66"),  # CD24-06
    ("caidian-2024-final", "three_public", "", "final_total", "1.67", "1.66"),
    ("putuo-finance-2024-final", "balance", "208", "amount", "326.71", "326.72"),
    ("putuo-finance-2024-final", "appropriation_balance", "208", "total", "326.71", "326.72"),
    ("putuo-finance-2024-final", "appropriation_balance", "208", "general", "326.71", "326.72"),
    ("putuo-finance-2024-final", "revenue", "合计", "total", "2946.25", "2946.26"),
    ("putuo-finance-2024-final", "revenue", "合计", "appropriation", "2940.05", "2940.06"),
    ("putuo-finance-2024-final", "expenditure", "合计", "total", "2940.05", "2940.06"),
    ("putuo-finance-2024-final", "expenditure", "合计", "basic", "2336.91", "2336.92"),
    ("putuo-finance-2024-final", "general_expenditure", "合计", "total", "2940.05", "2940.06"),
    ("putuo-finance-2024-final", "general_expenditure", "合计", "basic", "2336.91", "2336.92"),
    ("putuo-finance-2024-final", "basic_economic", "301", "amount", "2082.85", "2082.86"),
    ("putuo-finance-2024-final", "basic_economic", "302", "amount", "171.07", "171.09"),
]

# cells left blank although what they sum up is printed: QK21-11, and section 7 of anomalies-text.md (blank in the dump)
BLANK = [
    ("qiaokou-2021-budget", "balance_revenue_line", "cross_table", "一.财政拨款(补助)", "2120.19"),
    ("caidian-2024-final", "economic_public", "missing", "公用经费合计", "94.35"),
]


@pytest.fixture(scope="module")
def cells() -> pl.DataFrame:
    assert FOLDER is not None
    return truth_cells(FOLDER)  # cells only: what the narrative says has its own test


@pytest.fixture(scope="module")
def found(cells: pl.DataFrame) -> pl.DataFrame:
    return found_in(cells, no_tables(), readings(cells))[0]


def test_rounding_of_the_anomaly_lists_is_all_that_rounds(found: pl.DataFrame) -> None:
    rounding = found.filter(pl.col("class") == "rounding")
    got = {
        (r["report_key"], r["form"], r["subject_code"] or r["subject_name"], r["measure"], r["printed"], r["expected"])
        for r in rounding.iter_rows(named=True)
    }
    assert got == {(*key, Decimal(printed), Decimal(expected)) for *key, printed, expected in ROUNDING}
    assert rounding["severity"].unique().to_list() == ["info"]


def test_nothing_else_is_found(found: pl.DataFrame) -> None:
    rest = found.filter(pl.col("class") != "rounding", pl.col("form").is_not_null())
    assert sorted(
        (r["report_key"], r["rule_id"], r["class"], r["subject_name"], r["printed"], r["expected"])
        for r in rest.iter_rows(named=True)
    ) == sorted((*key, None, Decimal(expected)) for *key, expected in BLANK)
    assert rest["severity"].unique().to_list() == ["warning"]


def test_jiangsu_tables_hold(cells: pl.DataFrame, found: pl.DataFrame) -> None:
    assert found.filter(pl.col("report_key").str.starts_with("jiangsu")).is_empty()
    ran = comparisons({"extracted_cell": cells}).filter(
        pl.col("report_key").str.starts_with("jiangsu"),
        pl.col("result") == "equal",
        pl.col("rule_id") != "duplicate_row",
    )
    assert ran.height > 600


def test_every_cell_is_under_a_comparison(cells: pl.DataFrame) -> None:
    assert coverage(cells)["coverage"].min() == Decimal(1)


def test_order_of_the_cells_does_not_matter(cells: pl.DataFrame) -> None:
    assert comparisons({"extracted_cell": cells.sample(fraction=1, shuffle=True, seed=7)}).equals(
        comparisons({"extracted_cell": cells})
    )
