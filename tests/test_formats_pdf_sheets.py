"""Sheets that are not pages: two pages on one, and right-hand columns on a page of their own."""

from __future__ import annotations

import pytest

from pipelines.core.document import Block, Box, Cell, Grid, Line, Place
from pipelines.formats.pdf.glyphs import Glyph
from pipelines.formats.pdf.margins import without_margins
from pipelines.formats.pdf.sheets import SheetSizes, halves, joined_columns

SHEET = Box(0.0, 0.0, 840.0, 595.0)


def line(text: str, x0: float, middle: float) -> list[Glyph]:
    return [Glyph(ch, x0 + 10 * i, middle - 5, x0 + 10 * i + 10, middle + 5, 10.0, middle) for i, ch in enumerate(text)]


def is_title(text: str) -> bool:
    return text.endswith("表")


def parts(glyphs: list[Glyph], *, doubled: bool = False) -> list[str]:
    sizes = SheetSizes([(420.0, 595.0)] if doubled else [])
    found = halves(glyphs, [], SHEET, is_title, sizes)
    return ["".join(g.text for g in held) for _, held, _ in found]


ROWS = [g for n in range(5) for x in (60.0, 480.0) for g in line(f"事务{n}", x, 100.0 + 20 * n)]


@pytest.mark.parametrize(
    "told",
    [
        line("收入总表", 100.0, 40.0) + line("支出总表", 520.0, 40.0),
        line("第7页", 180.0, 570.0) + line("第8页", 600.0, 570.0),
    ],
)
def test_two_pages_on_a_sheet_are_told_by_titles_or_page_numbers(told: list[Glyph]) -> None:
    assert len(parts(told + ROWS)) == 2


def test_a_list_of_contents_beside_a_cover_tells_two_pages() -> None:
    contents = [g for n in range(4) for g in line(f"第{n}部分......{n + 1}", 480.0, 100.0 + 20 * n)]
    assert len(parts(line("水务局", 150.0, 200.0) + line("部门预算", 150.0, 230.0) + contents)) == 2


@pytest.mark.parametrize(("height", "count"), [(40.0, 2), (80.0, 1)])
def test_headings_said_again_tell_two_pages_unless_they_stand_side_by_side(height: float, count: int) -> None:
    def heads(x0: float, middle: float) -> list[Glyph]:
        return [g for n, name in enumerate(("编码", "名称", "合计")) for g in line(name, x0 + 60 * n, middle)]

    assert len(parts(heads(60.0, 80.0) + heads(480.0, height) + ROWS)) == count


def test_other_pages_half_as_wide_tell_two_pages() -> None:
    assert len(parts(ROWS, doubled=True)) == 2


def test_a_sheet_that_holds_two_pages_tells_of_the_others() -> None:
    sizes = SheetSizes([(840.0, 595.0)])
    told = line("收入总表", 100.0, 40.0) + line("支出总表", 520.0, 40.0)
    assert [len(halves(glyphs, [], SHEET, is_title, sizes)) for glyphs in (ROWS, told + ROWS, ROWS)] == [1, 2, 2]


def test_a_wide_table_with_a_free_middle_is_one_page() -> None:
    assert len(parts(ROWS)) == 1
    assert len(parts(line("收入支出总表", 390.0, 40.0) + ROWS, doubled=True)) == 1


def test_running_text_in_two_columns_is_read_column_by_column() -> None:
    text = "本年支出共计若干万元，用于若干事项"
    columns = [g for n in range(4) for x in (60.0, 450.0) for g in line(text, x, 100.0 + 20 * n)]
    first, second = parts(columns)
    assert first == second == text * 4
    sizes = SheetSizes([(840.0, 595.0)])
    assert [len(halves(glyphs, [], SHEET, is_title, sizes)) for glyphs in (columns, ROWS)] == [2, 2]


def grid(page: int, rows: list[list[str]], top: float = 100.0, height: float = 20.0) -> Grid:
    cells = [
        Cell(text, r, c, 1, 1, Place(page, Box(50.0 * c, top + height * r, 50.0 * c + 50, top + height * (r + 1))))
        for r, row in enumerate(rows)
        for c, text in enumerate(row)
    ]
    width = len(rows[0])
    box = Box(0.0, top, 50.0 * width, top + height * len(rows))
    return Grid(len(rows), width, cells, Place(page, box), [50.0 * c for c in range(width + 1)], "ruled")


def title(page: int) -> Line:
    return Line("支出总表", Place(page, Box(0.0, 40.0, 80.0, 50.0)))


LEFT = [["科目", "合计"], ["栏次", "1"], ["甲", "30.00"], ["乙", "10.00"], ["丙", "20.00"]]
RIGHT = [["基本", "项目"], ["2", "3"], ["10.00", "20.00"], ["", "10.00"], ["10.00", "10.00"]]


def rows_of(block: Block) -> list[list[str]]:
    assert isinstance(block, Grid)
    return [[cell.text for cell in block.row(r)] for r in range(block.rows)]


def test_right_hand_columns_on_the_next_page_join_their_rows() -> None:
    (_, joined) = joined_columns([title(1), grid(1, LEFT), grid(2, RIGHT, top=50.0)], is_title)
    assert rows_of(joined) == [a + b for a, b in zip(LEFT, RIGHT, strict=True)]
    assert isinstance(joined, Grid) and {cell.place.page for cell in joined.cells if cell.col > 1} == {2}


def test_names_repeated_on_the_right_hand_page_are_not_read_twice() -> None:
    again = [[a[0], *b] for a, b in zip(LEFT, RIGHT, strict=True)]
    (_, joined, _) = joined_columns([title(1), grid(1, LEFT), title(2), grid(2, again)], is_title)
    assert rows_of(joined) == [a + b for a, b in zip(LEFT, RIGHT, strict=True)]


def test_a_table_printed_twice_is_not_joined_with_itself() -> None:
    assert len(joined_columns([title(1), grid(1, LEFT), title(2), grid(2, LEFT)], is_title)) == 4


@pytest.mark.parametrize("in_turn", [True, False])
def test_left_and_right_pages_come_in_turn_or_one_after_the_other(in_turn: bool) -> None:
    more = [LEFT[0], LEFT[1], ["丁", "1.00"], ["戊", "2.00"], ["己", "3.00"]]
    right = [RIGHT[0], RIGHT[1], ["1.00", ""], ["", "2.00"], ["3.00", ""]]
    pages = [LEFT, RIGHT, more, right] if in_turn else [LEFT, more, RIGHT, right]
    blocks = joined_columns([title(1), *(grid(n, page) for n, page in enumerate(pages, 1))], is_title)
    assert [rows_of(b)[2] for b in blocks[1:]] == [["甲", "30.00", "10.00", "20.00"], ["丁", "1.00", "1.00", ""]]


@pytest.mark.parametrize(
    "other",
    [
        [["基本", "项目"], ["1", "2"], *RIGHT[2:]],  # counted anew
        RIGHT[:4],  # fewer rows
        [["基本", "项目"], ["2", "3"], ["甲", "20.00"], *RIGHT[3:]],  # names of its own
    ],
)
def test_another_table_on_the_next_page_stays_by_itself(other: list[list[str]]) -> None:
    assert len(joined_columns([title(1), grid(1, LEFT), grid(2, other)], is_title)) == 3


def test_another_title_above_it_makes_a_grid_a_table_of_its_own() -> None:
    other = Line("收入总表", Place(2, Box(0.0, 40.0, 80.0, 50.0)))
    assert len(joined_columns([title(1), grid(1, LEFT), other, grid(2, RIGHT)], is_title)) == 4


def test_rows_at_other_heights_are_not_those_of_the_left_page() -> None:
    assert len(joined_columns([title(1), grid(1, LEFT), grid(2, RIGHT, height=33.0)], is_title)) == 3


def test_headings_that_return_with_an_unruled_table_are_no_running_header() -> None:
    page, running = Box(0.0, 0.0, 600.0, 800.0), frozenset({"科目名称合计基本支出", "某局预算"})
    heads = line("科目名称", 50.0, 40.0) + line("合计", 200.0, 40.0) + line("基本支出", 300.0, 40.0)
    body = line("行政运行", 50.0, 120.0)
    assert without_margins(heads + body, page, [3], running, [])[0] == heads + body
    assert without_margins(line("某局预算", 50.0, 40.0) + body, page, [3], running, [])[0] == body
