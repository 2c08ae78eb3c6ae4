"""Rows and columns of the three public expenses that are not this report's."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pipelines.core.document import Cell, Grid, Place
from pipelines.layout.table import Table
from pipelines.layout.three_public import three_public_rows
from pipelines.statements.catalogue import catalogue

FORM = catalogue().form("three_public")


def table(lines: list[list[str]]) -> Table:
    cells = [Cell(t, r, c, 1, 1, Place(page=1)) for r, line in enumerate(lines) for c, t in enumerate(line)]
    edges = [float(x) for x in range(len(lines[0]) + 1)]
    grid = Grid(len(lines), len(lines[0]), cells, Place(page=1), edges, "ruled")
    return Table(FORM, "", Place(page=1), [grid], unit="万元")


def read(lines: list[list[str]], stage: str = "budget") -> tuple[dict[str, Decimal | None], list[str]]:
    rows, unread = three_public_rows(table(lines), FORM, stage, 2023)
    return {m: r.number.value for row in rows for m, r in row.readings.items()}, unread


ACROSS = ["年度", "合计", "因公出国（境）费", "公务接待费"]


def test_the_row_of_another_year_is_left_aside() -> None:
    found, _ = read([ACROSS, ["2022年", "30.00", "10.00", "20.00"], ["2023年", "25.50", "8.00", "17.50"]])
    assert found == {
        "budget_total": Decimal("25.50"),
        "budget_abroad": Decimal("8.00"),
        "budget_reception": Decimal("17.50"),
    }


@pytest.mark.parametrize(
    ("stage", "headings", "numbers", "cost", "unread"),
    [
        ("budget", ["机关运行经费预算数"], ["90.00"], "90.00", []),
        ("final", ["机关运行经费预算数", "机关运行经费决算数"], ["90.00", "88.00"], "88.00", ["90.00"]),
    ],
)
def test_operating_cost_beside_the_three_expenses_is_a_form_of_its_own(
    stage: str, headings: list[str], numbers: list[str], cost: str, unread: list[str]
) -> None:
    lines = [["合计", "因公出国（境）费", "公务接待费", *headings], ["25.50", "8.00", "17.50", *numbers]]
    rows, left = three_public_rows(table(lines), FORM, stage, 2023)
    assert [(row.form, {m: r.number.value for m, r in row.readings.items()}) for row in rows] == [
        (None, {f"{stage}_{m}": Decimal(v) for m, v in zip(("total", "abroad", "reception"), lines[1], strict=False)}),
        ("operating_cost", {"amount": Decimal(cost)}),
    ]
    assert left == unread


@pytest.mark.parametrize("last", [True, False])
def test_units_beside_their_total_do_not_count(last: bool) -> None:
    units = [["本级", "20.50", "8.00", "12.50"], ["救助站", "5.00", "0.00", "5.00"]]
    total = [["合计", "25.50", "8.00", "17.50"]]
    found, _ = read([["单位", *ACROSS[1:]], *(units + total if last else total + units)])
    assert found["budget_total"] == Decimal("25.50")


def test_units_without_a_total_are_told_as_unread() -> None:
    found, unread = read(
        [["单位", *ACROSS[1:]], ["本级", "20.50", "8.00", "12.50"], ["救助站", "5.00", "0.00", "5.00"]]
    )
    assert found == {}
    assert "20.50" in unread


def test_line_numbers_and_last_year_are_no_amounts() -> None:
    found, _ = read(
        [
            ["项目", "行次", "上年预算数", "本年预算数"],
            ["合计", "1", "30.00", "25.50"],
            ["因公出国（境）费", "2", "10.00", "8.00"],
            ["公务接待费", "3", "20.00", "17.50"],
        ]
    )
    assert found["budget_total"] == Decimal("25.50")
    assert found["budget_abroad"] == Decimal("8.00")
