"""Sources of ``fact_revenue``."""

from decimal import Decimal
from typing import Any

import pytest
from model_frames import cell, report, star


def sources(cells: list[dict[str, Any]]) -> dict[tuple[str, str], Decimal]:
    """Amounts in 万元 by code and source."""
    tables = star([report(cells)])
    found = tables["fact_revenue"].join(tables["dim_subject"].select("subject_key", "code"), on="subject_key")
    return {
        (code or "", source): amount / 10_000 for code, source, amount in found["code", "source", "amount"].iter_rows()
    }


def lines(*rows: tuple[str, int]) -> list[dict[str, Any]]:
    return [cell("revenue", None, "amount", value, name=name, row=n) for n, (name, value) in enumerate(rows, 1)]


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ({"total": 3, "appropriation": 2, "other": 1}, {"appropriation": 2, "other": 1}),
        ({"total": 3}, {"undivided": 3}),
        (
            {"total": 9, "carried_over": 2, "current_year": 7, "appropriation": 6, "general": 5, "fund": 1, "other": 1},
            {"carried_over": 2, "general": 5, "fund": 1, "other": 1},
        ),
        ({"total": 9, "carried_over": 2, "current_year": 7}, {"carried_over": 2, "current_year": 7}),
    ],
)
def test_sources_of_a_row(printed: dict[str, int], expected: dict[str, int]) -> None:
    cells = [cell("revenue", "2010101", measure, value) for measure, value in printed.items()]
    cells.append(cell("revenue", "201", "total", 99))
    assert sources(cells) == {("2010101", source): value for source, value in expected.items()}


def test_merged_groups() -> None:
    cells = lines(
        ("合计", 30),
        ("一般公共预算资金/小计", 12),
        ("一般公共预算资金/公共财政拨款(补助)资金", 10),
        ("一般公共预算资金/专项收入", 2),
        ("政府性基金/小计", 3),
        ("财政专户管理资金/小计", 4),
        ("财政专户管理资金/专户管理教育收费", 3),
        ("财政专户管理资金/其他非税收入", 1),
        ("其他资金/小计", 6),
        ("其他资金/事业收入", 1),
        ("其他资金/经营收入", 2),
        ("其他资金/其他收入", 3),
        ("上年结转和结余资金/小计", 5),
        ("上年结转和结余资金/其中：动用上年结转和结余资金", 4),
    )
    assert sources(cells) == {
        ("", "general"): 12,
        ("", "fund"): 3,
        ("", "special_account"): 4,
        ("", "institutional"): 1,
        ("", "operating"): 2,
        ("", "other"): 3,
        ("", "carried_over"): 5,
    }


def test_numbered_outline() -> None:
    cells = lines(
        ("一.财政拨款（补助）", 12),
        ("（一）公共预算财政拨款（补助）", 10),
        ("1.经费拨款（补助）", 10),
        ("（二）政府性基金预算财政拨款（补助）", 2),
        ("二.事业收入", 3),
        ("三.上级补助收入", 4),
        ("四.附属单位上缴收入", 5),
        ("本年收入合计", 24),
        ("五.上年结转", 6),
        ("收入总计", 30),
    )
    assert sources(cells) == {
        ("", "general"): 10,
        ("", "fund"): 2,
        ("", "institutional"): 3,
        ("", "superior_subsidy"): 4,
        ("", "affiliate_remittance"): 5,
        ("", "carried_over"): 6,
    }


def test_the_total_row_alone() -> None:
    assert sources(lines(("合计", 5))) == {("", "undivided"): 5}
    assert sources([cell("revenue", None, "total", 5), cell("revenue", None, "appropriation", 5)]) == {
        ("", "appropriation"): 5
    }
