"""Rows torn by a page break inside their cells: the rest of each cell comes back to its beginning, or nothing moves."""

from __future__ import annotations

import pytest

from pipelines.core.document import Box, Cell, Grid, Place
from pipelines.layout.torn_rows import mend_torn_rows

HEAD = ["科目编码", "科目名称", "合计", "基本支出"]
WHOLE = ["201", "一般公共服务支出", "1,122.11", "3.44"]


def page(number: int, *rows: list[str], widths: tuple[float, ...] = (60, 120, 80, 80)) -> Grid:
    edges = [0.0]
    for width in widths:
        edges.append(edges[-1] + width)
    cells = [
        Cell(text, r, c, 1, 1, Place(page=number, box=Box(edges[c], 20.0 * r, edges[c + 1], 20.0 * r + 20)))
        for r, row in enumerate(rows)
        for c, text in enumerate(row)
    ]
    return Grid(len(rows), len(widths), cells, Place(page=number), edges, "ruled")


def rows(grid: Grid) -> list[list[str]]:
    return [[cell.text for cell in grid.row(row)] for row in range(grid.rows)]


@pytest.mark.parametrize("heads", [True, False])
@pytest.mark.parametrize(
    ("upper", "lower", "whole"),
    [
        (
            ["214", "交通\n运输", "4,265\n,108.", "88,4"],
            ["", "支出", "08", "60.73"],
            ["214", "交通\n运输\n支出", "4,265,108.08", "88,460.73"],
        ),
        (["2101", "行政单位", "57.0", ""], ["101", "医疗", "0", ""], ["2101101", "行政单位\n医疗", "57.00", ""]),
        (["210", "卫生", "122.0", "-3,9"], ["", "健康", "0", "87.10"], ["210", "卫生\n健康", "122.00", "-3,987.10"]),
    ],
)
def test_the_rest_of_a_torn_row_comes_back(upper: list[str], lower: list[str], whole: list[str], heads: bool) -> None:
    pages = [page(1, HEAD, WHOLE, upper), page(2, *([HEAD] if heads else []), lower, WHOLE)]
    mend_torn_rows(pages)
    assert rows(pages[0])[-1] == whole
    assert rows(pages[1])[heads:] == [[""] * 4, WHOLE]
    assert [cell.place.page for cell in pages[0].row(2)] == [1] * 4


def test_columns_of_the_next_page_may_be_fewer() -> None:
    codes = page(
        1,
        ["类", "款", "名称", "合计"],
        ["213", "", "农林", "5.10"],
        ["213", "", "农林", "5.10"],
        ["213", "", "农林", "5.10"],
        ["214", "", "交通", "4,265.0"],
    )
    merged = page(2, ["", "运输", "8"], ["215", "商业", "5.10"], widths=(180, 80, 80))
    merged.edges = [0.0, 180.0, 260.0, 340.0]
    codes.edges = [0.0, 60.0, 180.0, 260.0, 340.0]
    mend_torn_rows([codes, merged])
    assert rows(codes)[-1] == ["214", "", "交通\n运输", "4,265.08"]


@pytest.mark.parametrize(
    "lower",
    [
        ["20101", "人大事务", "57.70", "0.55"],  # a row by itself
        ["", "", "12.30", ""],  # an amount that is whole
        ["", "支出", "", ""],  # only the rest of a name: what reads rows knows that
        ["", "8", "08", ""],  # digits below a name
    ],
)
def test_a_row_by_itself_stays(lower: list[str]) -> None:
    pages = [page(1, HEAD, WHOLE), page(2, lower, WHOLE)]
    mend_torn_rows(pages)
    assert [rows(p) for p in pages] == [[HEAD, WHOLE], [lower, WHOLE]]


@pytest.mark.parametrize(
    ("upper", "lower"),
    [
        (["", "栏次", "1", "2"], ["", "合计", "1,103.44", "577.41"]),  # the row that counts, and the total below it
        (["", "其他支出", "57", ""], ["", "结转下年", "12.30", ""]),  # whole numbers beside others
        (["", "农林水支出", "", ""], ["", "交通运输支出", "", ""]),
    ],
)
def test_what_could_be_two_rows_is_two(upper: list[str], lower: list[str]) -> None:
    pages = [page(1, HEAD, WHOLE, upper), page(2, lower, WHOLE, WHOLE)]
    mend_torn_rows(pages)
    assert [rows(p) for p in pages] == [[HEAD, WHOLE, upper], [lower, WHOLE, WHOLE]]


def test_a_name_alone_may_be_torn() -> None:
    pages = [page(1, HEAD, WHOLE, ["", "十七、援助", "0.00", ""]), page(2, ["", "其他地区支出", "", ""], WHOLE)]
    mend_torn_rows(pages)
    assert rows(pages[0])[-1][1] == "十七、援助\n其他地区支出"
