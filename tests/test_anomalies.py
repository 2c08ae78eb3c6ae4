"""The anomaly lists of the reports at hand: what is really wrong in them is found, and nothing else.

Every item of the lists is a finding (`FOUND`), an exception with the rule it would need (`EXCEPTIONS`), or a matter of
words only (`WORDING`). Figures are those of the lists, in the printed unit.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from pipelines.extraction.report import ReportReading, read_report
from pipelines.model.bodies import report_units
from pipelines.prove.across import across, comparable
from pipelines.prove.identities import READ, findings
from tests.identities_truth import truth_folder
from tests.shared import SHARED

FOLDER = truth_folder()
pytestmark = pytest.mark.skipif(FOLDER is None, reason="../shared/truth is not here: anomaly lists not compared")

CD, HP, QK21, QK23, QS, PT = (
    "caidian-2024-final",
    "huangpi-2022-final",
    "qiaokou-2021-budget",
    "qiaokou-2023-final",
    "qingshan-2020-final",
    "putuo-finance-2024-final",
)
HC17, HC18, HC19 = (f"jiangsu-high-court-{year}-budget" for year in (2017, 2018, 2019))
NP17, NP18, NP19 = "jiangsu-npc-2017-budget", "jiangsu-npc-2018-budget", "jiangsu-npc-2019-budget-narrative"

# item of a list: (report, rule, end of the subject, printed, expected) of its findings
Figure = tuple[str, str, str, str | None, str | None]
FOUND: dict[str, list[Figure]] = {
    # qiaokou-2023
    "QK23-01": [(QK23, "narrative_initial", "", "819.47", "819.48")],
    "QK23-02": [(QK23, "procurement_share", "服务/授予中小企业", "65.9", "66")],
    "QK23-03": [(QK23, "completion_percent", "因公出国(境)费", "0", None)],
    "QK23-04": [(QK23, "completion_percent", "公务用车购置及运行费", "0", None)],
    "QK23-05": [(QK23, "initial_part", "", "1189.35", "819.47")],
    "QK23-06": [(QK23, "percent_sign", "部门整体支出总额", "100", None)],
    "QK23-07": [(QK23, "missing_count", "", None, None)] * 2,
    "QK23-08": [(QK23, "duplicate_indicator", "", None, None)],
    # qingshan-2020
    "QS20-01": [
        (QS, "balance_class", "", "29.89", "29.88"),
        (QS, "appropriation_class", "", "29.89", "29.88"),
        (QS, "appropriation_class", "", "29.89", "29.88"),
        (QS, "narrative_subject", "卫生健康支出", "29.89", "29.88"),
        (QS, "narrative_subject", "卫生健康支出", "29.89", "29.88"),
    ],
    "QS20-02": [(QS, "subject_total", "合计", "1802.64", "1802.63")] * 4,  # with QS20-03
    "QS20-03": [(QS, "subject_total", "合计", "1802.64", "1802.63")] * 4,
    "QS20-04": [(QS, "subject_total", "合计", "385.13", "385.11")] * 2,
    "QS20-05": [(QS, "row_natures", "", "29.88", "29.87")] * 4,
    "QS20-06": [(QS, "row_natures", "", "16.17", "16.16")] * 2,
    "QS20-07": [(QS, "subject_class", "", "378.99", "379")],
    "QS20-08": [(QS, "subject_class", "", "6.14", "6.13")],
    "QS20-09": [(QS, "narrative_initial", "", "1170.84", "1170.83")],
    "QS20-10": [(QS, "completion_percent", "卫生健康支出", "107.12", "107.13")],
    "QS20-11": [(QS, "completion_percent", "公共安全支出", "0", None)],
    "QS20-12": [(QS, "completion_percent", "科学技术支出", "0", None)],
    "QS20-13": [
        (QS, "completion_percent", subject, "100", None)
        for subject in ("“三公”经费", "因公出国(境)费", "公务用车购置及运行费", "公务接待费")
    ],
    "QS20-14": [(QS, "change_percent", "“三公”经费", "0", None), (QS, "change_percent", "机关运行经费", "0", None)],
    "QS20-15": [(QS, "template_text", "", None, None)] * 6,
    "QS20-16": [(QS, "footnote_line", "57", "57", "59")],
    "QS20-17": [(QS, "performance_weight", "", "30", "20"), (QS, "execution_score", "", "30", "20")],
    "QS20-18": [(QS, "performance_budget", "", "1170.84", "1802.64")],
    "QS20-19": [(QS, "performance_total", "", "96", "94")],
    "QS20-20": [
        (QS, "indicator_score", indicator, unit, project)
        for indicator, unit, project in (
            ("机房巡查次数不小于240次", "20", "19"),
            ("机房重大安全事故0次", "20", "19"),
            ("网络安全检测报告不少于10次", "20", "19"),
            ("按时办结率100%", "38", "36"),
            ("群众投诉受理率100%", "38", "36"),
            ("保障区级中心机房正常运行", "80", "74"),
        )
    ],
    "QS20-21": [(QS, "score_blank", "车载视频正常运行", None, None)] * 2,
    "QS20-22": [(QS, "performance_points", "", "339", "100")],
    # huangpi-2022
    "HP22-01": [(HP, "completion_percent", "一般公共预算财政拨款支出", None, "78.12")],
    "HP22-02": [(HP, "narrative_table", "人员经费", "128.97", "128.98")],
    "HP22-03": [(HP, "general_basic", "", "135.01", "135.02")],
    "HP22-04": [
        (HP, "change_percent", subject, "-32.4", "-32.3")
        for subject in ("收支总计", "财政拨款收支总计", "一般公共预算财政拨款支出")
    ],
    "HP22-05": [(HP, "share_percent", "社会保障和就业支出", "1.2", "1.3")],
    "HP22-06": [(HP, "share_percent", "一般公共预算项目支出", "84.2", "100")],
    "HP22-07": [(HP, "narrative_table", "部门整体支出", "717.67", "852.68")],
    "HP22-08": [(HP, "performance_projects", "", "717.67", "712.51")],
    "HP22-09": [(HP, "project_statements", "", "2380400", "3250300")],
    "HP22-10": [(HP, "operating_cost", "", "72.83", "6.04")],
    "HP22-11": [(HP, "carried_over", "", "23.38", "0")],
    "HP22-13": [(HP, "duplicate_code", "42011622032T000000101", None, None)],
    "HP22-16": [(HP, "target_list", "", "4", "3")],
    # qiaokou-2021
    "QK21-01": [(QK21, "line_total", "本年支出合计", "2120.19", "2120.2")] * 2,
    "QK21-02": [(QK21, "subject_total", "合计", "2120.19", "2120.2")] * 2,
    "QK21-03": [(QK21, "subject_total", "合计", "231.69", "231.7")] * 2,
    "QK21-04": [(QK21, "subject_class", "", "213.81", "213.83")] * 2,
    "QK21-05": [(QK21, "subject_class", "", "17.88", "17.89")] * 2,
    "QK21-06": [(QK21, "share_percent", "支出构成/基本支出", "100", "11")],
    "QK21-07": [(QK21, "share_percent", "支出构成/项目支出", "100", "89")],
    "QK21-08": [(QK21, "heading_unit", "", None, None)],
    "QK21-09": [(QK21, "percent_sign", "网络攻击处理成功率", "100", None)],
    "QK21-11": [(QK21, "balance_revenue_line", "", None, "2120.19")],
    "QK21-12": [(QK21, "procurement_projects", "政府采购", "1840.84", "1840.4479")],
    "QK21-13": [(QK21, "procurement_projects", "货物", "61.12", "60.87")],
    "QK21-14": [(QK21, "procurement_projects", "服务", "1779.72", "1779.5779")],
    "QK21-15": [(QK21, "project_named", "政务网光纤租用费", "769900", "30000")],
    # caidian-2024
    "CD24-01": [(CD, "narrative_initial", "", "2374.69", "3371.14")],
    "CD24-02": [(CD, "narrative_table", "基本支出", "1569.07", "1569.06")],
    "CD24-03": [(CD, "general_basic", "", "1569.06", "1569.07")],
    "CD24-04": [(CD, "subject_class", "", "1268.9", "1268.89")],
    "CD24-05": [(CD, "subject_class", "", "94.08", "94.06")],
    "CD24-06": [(CD, "three_public_total", "", "1.67", "1.66")] * 2,
    "CD24-07": [(CD, "completion_percent", "其他社会保障和就业支出", "87.2", "114.68")],
    "CD24-08": [(CD, "completion_percent", "事业单位医疗", "83.7", "83.69")],
    "CD24-09": [(CD, "completion_percent", "小城镇基础设施建设", "100", None)],
    "CD24-10": [(CD, "completion_percent", "", "0", None)] * 14,  # thirteen, and CD24-18
    "CD24-11": [(CD, "share_percent", "一般公共服务支出", "5.56", "5.55")],
    "CD24-12": [(CD, "share_percent", "社会保障和就业支出", "4.96", "4.97")],
    "CD24-13": [(CD, "share_percent", "资源勘探工业信息等支出", "56.9", "56.91")],
    "CD24-14": [(CD, "share_percent", "授予小微企业", "9.34", "29.34")],
    "CD24-15": [(CD, "share_percent", "一般公共预算项目支出", "2.67", "4.12")],
    "CD24-16": [(CD, "performance_projects", "", "205.81", "140.33")],
    "CD24-17": [
        (CD, "change_percent", subject, "0", None) for subject in ("“三公”经费", "公务用车购置及运行费", "公务接待费")
    ],
    "CD24-18": [(CD, "completion_percent", "因公出国(境)费", "0", None)],
    "CD24-19": [(CD, "execution_rate", "", "262.78", "262.79")] * 2,
    "CD24-20": [(CD, "performance_budget", "", "3526.06", "9266.11")] * 2,
    "CD24-21": [(CD, "narrative_part", "小城镇基础设施建设", "500", "499.99")],
    "CD24-22": [(CD, "project_run", "其他网信事务支出", "115.18", "115.17")],
    "CD24-23": [(CD, "duplicate_project", "支持高企发展专项", "6200000", "3100000")],
    "CD24-25": [(CD, "execution_score", "", None, "8.98")],
    "CD24-27": [(CD, "target_project", "", "6", "7")],
    "CD24-28": [(CD, "project_remainder", "大数据中心网络经费", "0", "1208200")],
    "CD24-30": [(CD, "unread_figure", "部门整体支出", None, None)],
    "CD24-33": [(CD, "template_text", "", None, None)] * 3,
    # putuo
    "GF-01": [(PT, "narrative_table", "财政拨款收支总计", "0.3", "2961.68")],
    "GF-03": [(PT, "share_percent", "一般公共服务支出", "71.73", "71.65")],
    "putuo, rounding": [
        (PT, "balance_class", "", "326.71", "326.72"),
        (PT, "appropriation_class", "", "326.71", "326.72"),
        (PT, "subject_total", "合计", "2946.25", "2946.26"),
        *[(PT, "subject_total", "合计", "2940.05", "2940.06")] * 3,
        *[(PT, "subject_total", "合计", "2336.91", "2336.92")] * 2,
        (PT, "subject_class", "", "2082.85", "2082.86"),
        (PT, "subject_class", "", "171.07", "171.09"),
        *[(PT, "narrative_items", "", "2940.05", "2940.06")] * 2,
        (PT, "narrative_initial", "", "2993.92", "2993.93"),
        (PT, "procurement_kinds", "", "251.25", "251.26"),
        (PT, "procurement_awarded", "", "251.25", "251.26"),
    ],
    # jiangsu
    "HC17-1": [(HC17, "change_percent", "提租补贴", "79.05", "79.09")],
    "HC18-1": [
        (HC18, "prior_change", "一般行政事务管理", "-392.92", "-382.92"),
        (HC18, "change_percent", "一般行政事务管理", "-5.95", "-6.1"),
    ],
    "HC18-2": [(HC18, "percent_sign", "", "-9.52", None)],
    "HC18-3": [(HC18, "change_percent", "缴费支出", "100", None)] * 2,
    "NP17-1": [(NP17, "narrative_subject", "", "10528.33", "4545.94")],
    "NP17-2": [
        (NP17, "share_percent", "因公出国(境)费", "8.75", "26.69"),
        (NP17, "share_percent", "公务用车购置及运行费", "7.22", "22.02"),
        (NP17, "share_percent", "公务接待费", "16.81", "51.28"),
    ],
    "NP18-1": [(NP18, "change_percent", "单位预留机动经费", "1312.56", "1212.56")],
    "NP19-1": [(NP19, "unread_figure", "", None, None)],
    "CP-2": [(NP18, "template_text", "", None, None)] * 13,  # with NP-5
    "NP-5": [
        (NP19, "template_text", "", None, None),
        *[(NP18, "change_percent", "", "0", None)] * 6,  # nothing against nothing, 增长（减少）0%
        *[(NP19, "change_percent", "", "0", None)] * 4,
    ],
    "jiangsu, rounding": [
        (HC17, "share_percent", "单位预留机动经费", "0.64", "0.63"),
        (HC17, "share_percent", "公务用车购置及运行费", "45.43", "45.42"),
        (HC19, "share_percent", "公务接待费", "16.93", "16.92"),
        (NP17, "change_percent", "机关运行经费", "254.23", "254.24"),
        (NP18, "share_percent", "单位预留机动经费", "10.61", "10.6"),
        (NP18, "share_percent", "公务用车购置及运行费", "22.03", "22.02"),
    ],
}

EXCEPTIONS = {
    "QK23-09": "the figures of running text about results, held against the indicators of the project's table",
    "HP22-12": "the subject that each cost line of a project is charged to",
    "QK21-16": "which projects are new this year and have no evaluation of the year before",
    "QK21-22": "quantities inside the words that a cost is worked out by",
    "QK21-23": "earlier years' rows of a project, blank and printed one line lower",
    "GF-02": "持平 with its subject after it, held against the reasons that follow",
    "NP17-3": "a sentence that says two tables are equal; from 2018 on they are, before they need not be",
    "NP19-3": "two changes of one project in different sections; the list itself says that nothing settles it",
}
"""Items with figures that no rule finds, and the rule they would need."""

WORDING = {
    *("QK23-10", "QK23-11", "QS20-23", "QS20-24", "QS20-25", "QS20-26", "QS20-27", "QS20-28"),
    *("HP22-14", "HP22-15", "HP22-17", "HP22-18", "HP22-19"),
    *("QK21-10", "QK21-17", "QK21-18", "QK21-19", "QK21-20", "QK21-21"),
    *("CD24-24", "CD24-26", "CD24-29", "CD24-31", "CD24-32", "CD24-34", "CD24-35", "CD24-36"),
    *("GF-04", "GF-05", "HC-4", "NP17-4", "NP18-2", "NP19-2"),
}
"""Names, sentences and numbering."""

MUST = {"rounding", "arithmetic", "percentage", "footnote", "year-over-year", "share"}
SETTLED_BY_TABLES = {"QS20-01", "QK21-11"}
"""Items of class cross-table that are between statutory tables."""

EXTRA = {
    (CD, "economic_public"): "公用经费合计 is blank in the dump (section 7 of the list)",
    (CD, "unread_number"): "noise of the dump in its last row (section 7 of the list)",
    (QK23, "score_blank"): "the score cell is lost in the dump (section 7 of the list)",
}
"""Findings that are in no list and true all the same."""


@pytest.fixture(scope="module")
def readings() -> dict[str, pl.DataFrame]:
    with (SHARED / "truth" / "manifest.csv").open(encoding="utf-8-sig", newline="") as stream:
        files = {line["report"]: SHARED / "reports" / line["file"] for line in csv.DictReader(stream)}
    read = [_read(report, file) for report, file in files.items()]
    parts = ("report", "tables", "cells", "disclosures", "performance", "projects", "remarks")
    return {name: pl.concat(getattr(r, part) for r in read) for name, part in zip(READ, parts, strict=True)}


def _read(report: str, file: Path) -> ReportReading:
    return read_report(file, report, report, file.suffix.removeprefix("."))


@pytest.fixture(scope="module")
def found(readings: dict[str, pl.DataFrame]) -> pl.DataFrame:
    reports = readings["report_reading"]
    units = report_units(reports).select("report_key", "unit_key")
    described = reports.join(units, on="report_key", how="left").with_columns(year_key="fiscal_year")
    return pl.concat([findings(readings)[0], across(comparable(readings), described)[0]])


def _figures(found: pl.DataFrame) -> Counter[tuple[str, str, str, Decimal | None, Decimal | None]]:
    rows = found.select("report_key", "rule_id", pl.col("subject_name").fill_null(""), "printed", "expected")
    return Counter(rows.rows())


def _count(figures: Counter[tuple[str, str, str, Decimal | None, Decimal | None]], wanted: Figure) -> int:
    report, rule, subject, printed, expected = wanted
    numbers = tuple(None if n is None else Decimal(n) for n in (printed, expected))
    return sum(
        count
        for (r, u, name, *got), count in figures.items()
        if (r, u) == (report, rule) and name.endswith(subject) and tuple(got) == numbers
    )


def _listed() -> dict[str, str]:
    """Every item of the lists with its class."""
    items = {}
    for file in (SHARED / "truth").glob("anomalies-*.md"):
        for line in file.read_text(encoding="utf-8").splitlines():
            if match := re.match(r"\| ((?:QK|QS|HP|CD|GF|HC|NP|CP)\d*-\d+) \| ([^|]+) \| ([^|]+) \|", line):
                items[match[1]] = match[3].strip() if match[2].strip().startswith("jiangsu") else match[2].strip()
    return items


@pytest.mark.parametrize("item", FOUND)
def test_an_item_of_the_lists_is_found(item: str, found: pl.DataFrame) -> None:
    figures = _figures(found)
    for wanted, times in Counter(FOUND[item]).items():
        assert _count(figures, wanted) >= times, wanted


def test_every_item_is_found_or_named() -> None:
    listed = _listed()
    assert set(listed) == {i for i in {*FOUND, *EXCEPTIONS, *WORDING} if "rounding" not in i}
    must = {item for item, kind in listed.items() if kind in MUST} | SETTLED_BY_TABLES
    assert must <= set(FOUND)
    others = {item for item in listed if item not in must and item not in WORDING}
    assert len(others & set(FOUND)) >= Decimal("0.8") * len(others)


def test_nothing_else_is_found(found: pl.DataFrame) -> None:
    named = {(figure[0], figure[1]) for figures in FOUND.values() for figure in figures}
    serious = found.filter(pl.col("severity") != "info")
    got = set(serious.select("report_key", "rule_id").rows())
    assert got - named == set(EXTRA)
    known = [figure for figures in FOUND.values() for figure in set(figures)]
    for row in serious.iter_rows(named=True):
        one = _figures(serious.filter(pl.col("message") == row["message"]).head(1))
        if (row["report_key"], row["rule_id"]) not in EXTRA:
            assert any(_count(one, wanted) for wanted in known), row["message"]
