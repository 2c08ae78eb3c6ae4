"""What narrative and appendices saw and took nowhere is given, so that nothing printed is dropped without a trace."""

from __future__ import annotations

import pytest

from pipelines.core.leftovers import Leftover, plain_figure
from pipelines.layout.appendix import appendices
from pipelines.narrative import narrative
from pipelines.performance.indicators import performance_rows
from pipelines.projects.projects import project_rows
from pipelines.repair.torn_indicators import mend_indicators
from tests.appendix_documents import FINAL, document, grid


def figures(leftovers: list[Leftover]) -> list[str]:
    return [left.figure for left in leftovers]


@pytest.mark.parametrize(
    ("printed", "plain"),
    [("1,234.50", "1234.5"), ("0012", "12"), ("0", "0"), ("0.00", "0"), ("10.0", "10"), ("72.83.1", "72.83.1")],
)
def test_figures_are_compared_without_what_says_nothing(printed: str, plain: str) -> None:
    assert plain_figure(printed) == plain


def test_figures_of_the_narrative_without_a_meaning_are_left() -> None:
    text = "1.2023年6月30日，项目支出决算为5万元，单价100万元以上的设备7台，走访37处。"
    found = narrative(document("一、支出决算情况说明", text), FINAL, [])
    assert [d.printed for d in found.disclosures] == ["5", "7"]
    assert figures(found.leftovers) == ["100", "37"]
    assert "走访37处" in found.leftovers[1].text and found.leftovers[1].place.line == 2


def test_figures_beside_indicators_are_left() -> None:
    rows = [
        ["", "一级指标", "二级指标", "三级指标", "年初目标值", "实际完成值", "得分"],
        ["", "产出指标", "数量指标", "培训次数", "3次", "4次", "20"],
        ["7,700", "", "", "", "", "", ""],
        ["", "", "质量指标", "合格率", "≥95%", "96%", "10"],
        ["", "", "", "备注88", "", "", ""],
    ]
    found = document("2023年度某局整体绩效自评表", grid(rows))
    performance = performance_rows(found, FINAL, appendices(found), mend_indicators)
    assert len(performance.rows) == 2
    assert figures(performance.leftovers) == ["7,700"]  # what follows the last row may be another table


def test_figures_beside_projects_are_left() -> None:
    rows = [["项目名称", "预算数"], ["网络运行维护", "5.10"], ["合计", "55"], ["会议保障2期", "3"]]
    found = document("单位：万元", "2023年项目支出预算表", grid(rows))
    projects = project_rows(found, FINAL, appendices(found))
    assert [(row["project"], str(row["budget_amount"])) for row in projects.rows] == [
        ("网络运行维护", "51000.00"),
        ("会议保障2期", "30000.00"),
    ]
    assert figures(projects.leftovers) == ["55"]
