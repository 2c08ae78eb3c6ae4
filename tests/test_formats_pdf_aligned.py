"""Tables without rulings between their columns: spread words, short rows, headings that rulings part."""

from __future__ import annotations

import pytest

from pipelines.core.document import Grid
from pipelines.formats.pdf.aligned import aligned_grid, holds_several_numbers
from pipelines.formats.pdf.edges import table_edges
from pipelines.formats.pdf.glyphs import Glyph
from pipelines.formats.pdf.headings import is_counting
from pipelines.formats.pdf.open_rows import parted_rows
from pipelines.formats.pdf.ruled import ruled_grid, ruled_tables
from pipelines.formats.pdf.rulings import Rule
from pipelines.formats.pdf.words import joined_numbers, word_of

SIZE = 9.0


def word(text: str, x: float, top: float, white: float = 0.0) -> list[Glyph]:
    """Glyphs of a word, half as wide as high for digits; ``white`` between them, in points."""
    glyphs = []
    for letter in text:
        wide = SIZE if letter > "\u2fff" else SIZE / 2
        glyphs.append(Glyph(letter, x, top, x + wide, top + SIZE, SIZE, top + SIZE / 2))
        x += wide + white
    return glyphs


def row(top: float, *cells: tuple[float, str]) -> list[Glyph]:
    return [g for x, text in cells for g in word(text, x, top)]


def rows(first: float, xs: tuple[float, ...], *lines: tuple[str, ...]) -> list[Glyph]:
    return [
        g
        for n, line in enumerate(lines)
        for g in row(first + 16 * n, *((x, t) for x, t in zip(xs, line, strict=True) if t))
    ]


def texts(grid: Grid | None) -> list[list[str]]:
    assert grid is not None
    return [[c.text.replace(" ", "") for c in grid.row(r)] for r in range(grid.rows)]


BODY = [
    ("201", "教育支出", "12.30", "10.00"),
    ("202", "文化支出", "22.30", "20.00"),
    ("203", "其他支出", "2.30", "1.00"),
]
XS = (40.0, 100.0, 250.0, 350.0)


@pytest.mark.parametrize("white", [6.0, 8.05, 8.15, 12.0])
def test_letters_of_a_heading_are_one_word_however_far_they_are_spread(white: float) -> None:
    heads = word("科目", 40, 100) + word("名称", 100, 100) + word("合计数", 230, 100, white)
    heads += word("备注", 350, 100, white)  # two letters are known by the others
    assert texts(aligned_grid(heads + rows(120, XS, *BODY), 1))[0] == ["科目", "名称", "合计数", "备注"]


def test_a_year_may_be_spread_and_a_row_that_counts_is_no_word() -> None:
    heads = word("科目", 40, 100) + word("名称", 100, 100) + word("2026年预算", 220, 100, 8.5) + word("上年", 352, 100)
    assert texts(aligned_grid(heads + rows(120, XS, *BODY), 1))[0] == ["科目", "名称", "2026年预算", "上年"]
    assert is_counting([word_of(word(text, 60.0 * n, 0)) for n, text in enumerate(["**"] * 5 + ["1", "2", "3"])])


def test_a_name_that_fills_its_column_is_no_part_of_the_next() -> None:
    body = [("甲局某处", "房屋修缮", "12.30", "10.00"), ("乙局一二三四", "物资储备", "22.30", "20.00")]
    grid = aligned_grid(rows(100, XS, ("单位", "项目", "合计", "基本"), *body), 1)
    assert texts(grid)[-1] == ["乙局一二三四", "物资储备", "22.30", "20.00"]


def test_a_heading_does_not_go_on_below_a_ruling() -> None:
    heads = word("科目", 40, 100) + word("名称", 100, 100)
    heads += word("基本支出", 340, 96) + word("小计", 250, 106) + word("人员经费", 340, 106) + word("公用", 450, 106)
    body = [(*line, "5.00") for line in BODY]
    ruling = (240.0, 105.5, 480.0, 105.5)
    parted = aligned_grid(heads + rows(130, (*XS, 450.0), *body), 1, level=[ruling])
    assert parted is not None
    assert {c.text for c in parted.cells if c.row < 3} >= {"基本支出", "人员经费"}
    assert "基本支出\n人员经费" in {c.text for c in aligned_grid(heads + rows(130, (*XS, 450.0), *body), 1).cells}  # type: ignore[union-attr]


@pytest.mark.parametrize("x", [89.0, 91.0])
def test_names_that_never_share_a_line_are_two_columns_under_two_headings(x: float) -> None:
    """The second heading is set in the middle of its column and may begin beside the words of it."""
    head = row(10, (30.0, "大类"), (x, "专项"), (160.0, "总计"))
    body = rows(40, (20.0, 62.0, 160.0), ("货物", "", "5.00"), ("", "印刷费", "3.00"), ("服务", "", "2.00"))
    grid = aligned_grid(head + body, 1)
    assert grid is not None
    assert [c.col for c in grid.cells if c.text in ("货物", "印刷费", "3.00")] == [0, 1, 2]


def test_codes_set_to_the_left_of_their_column_belong_to_the_level_over_it() -> None:
    heads = row(100, (80, "类"), (180, "款"), (300, "名称"), (400, "合计"))
    heads += row(112, (78, "**"), (178, "**"), (298, "**"), (402, "1"))
    body = [("201", "", "教育支出", "12.30"), ("", "01", "普通教育", "10.00"), ("", "02", "职业教育", "2.30")]
    grid = aligned_grid(heads + rows(130, (40, 140, 290, 390), *body), 1)
    assert grid is not None and grid.cols == 4
    assert [c.col for c in grid.row(0)] == [0, 1, 2, 3]
    assert texts(grid)[-1] == ["02", "职业教育", "2.30"]


def test_pieces_of_numbers_come_together_though_others_stand_a_little_higher() -> None:
    pieces = [[word_of(word("1,234,567.", 200, 40)), word_of(word("88.10", 300, 52))], [word_of(word("80", 236, 50))]]
    assert [w.text for line in joined_numbers(pieces, []) for w in line if w.box.x0 < 260] == ["1,234,567.80"]


def test_a_row_without_upright_rulings_below_ruled_headings_is_cut_at_them() -> None:
    rects = [(40.0, 100.0, 100.0, 120.0), (100.0, 100.0, 240.0, 120.0), (240.0, 100.0, 330.0, 120.0)]
    whole = (40.0, 120.0, 330.0, 140.0)
    heads = row(105, (45, "编码"), (105, "名称"), (245, "合计"))
    cut = parted_rows(
        ruled_grid([*rects, whole], g := heads + row(125, (45, "201"), (105, "教育"), (260, "3.40")), 1), g
    )
    assert texts(cut) == [["编码", "名称", "合计"], ["201", "教育", "3.40"]]
    note = heads + row(125, (45, "注：合计数比上年增加了 3.40 万元"), (260, "3.40"))
    assert len(parted_rows(ruled_grid([*rects, whole], note, 1), note).row(1)) == 1


def test_a_caption_close_above_a_heading_is_no_part_of_it() -> None:
    heads = row(90, (345, "单位：元")) + row(100, (40, "科目"), (100, "名称"), (250, "合计"), (350, "备注"))
    found = texts(aligned_grid(heads + rows(120, XS, *BODY), 1))
    assert found[:2] == [["单位：元"], ["科目", "名称", "合计", "备注"]]


def test_codes_and_names_set_in_under_one_heading_are_one_column() -> None:
    heads = row(100, (100, "功能分类科目"), (290, "合计"))
    body = row(120, (40, "201"), (58, "教育支出"), (290, "12.30")) + row(
        136, (50, "20102"), (77, "普通教育"), (290, "12.30")
    )
    body += row(152, (60, "2010203"), (96, "初中教育"), (290, "12.30")) + row(164, (60, "支出"))
    assert texts(aligned_grid(heads + body, 1)) == [
        ["功能分类科目", "合计"],
        ["201教育支出", "12.30"],
        ["20102普通教育", "12.30"],
        ["2010203初中教育\n支出", "12.30"],
    ]


def test_codes_that_stand_apart_from_their_names_keep_their_column() -> None:
    heads = row(100, (100, "功能分类科目"), (290, "合计"))
    body = row(120, (40, "201"), (100, "教育支出"), (290, "12.30"))
    body += row(136, (40, "20102"), (110, "普通教育"), (290, "12.30"))
    assert texts(aligned_grid(heads + body, 1))[1:] == [["201", "教育支出", "12.30"], ["20102", "普通教育", "12.30"]]


def test_headings_end_at_the_ruling_below_them() -> None:
    heads = row(100, (40, "科目"), (100, "名称")) + row(92, (290, "基本支出"))
    heads += row(112, (250, "小计"), (350, "公用"))
    body = rows(150, XS, *BODY)
    grid = aligned_grid(heads + body, 1, level=[(30.0, 126.0, 400.0, 126.0)])
    assert grid is not None
    assert [(c.col, c.col_span) for c in grid.cells if c.text == "基本支出"] == [(2, 2)]


def test_a_total_is_no_part_of_the_name_above_it() -> None:
    body = row(100, (40, "科目"), (250, "合计")) + row(120, (40, "教育支出"), (250, "12.30"))
    body += row(132, (40, "国债支出")) + row(144, (40, "本年支出合计"), (250, "12.30")) + row(156, (40, "年终结余"))
    assert ["本年支出合计", "12.30"] in texts(aligned_grid(body, 1))


def test_rows_of_codes_that_stand_further_right_level_by_level() -> None:
    head = row(100, (40, "类"), (80, "款"), (120, "项"), (170, "名称"), (300, "合计"))
    body = [
        ("20{n}", "", "", "类名", "9.00"),
        ("", "20{n}01", "", "款名", "9.00"),
        ("", "", "20{n}0101", "项名", "9.00"),
    ]
    lines = [tuple(cell.format(n=n) for cell in line) for n in range(1, 5) for line in body]
    glyphs = head + [g for i, line in enumerate(lines) for g in rows(115 + 13 * i, (40, 80, 120, 170, 300), line)]
    found = texts(aligned_grid(glyphs, 1))
    assert found[1:] == [[cell for cell in line if cell] for line in lines]


def test_two_ruled_tables_one_below_the_other_stay_two() -> None:
    def table(top: float) -> list[Rule]:
        return [
            *(Rule(True, top + 20 * n, 40.0, 300.0, 0.5) for n in range(4)),
            *(Rule(False, x, top, top + 60, 0.5) for x in (40.0, 170.0, 300.0)),
        ]

    assert len(ruled_tables(table_edges([*table(100.0), *table(220.0)]))) == 2


def test_a_number_broken_in_a_ruled_cell_is_not_several() -> None:
    lines = ("1,13", "0,62", "9.08")
    inside = [g for n, line in enumerate(lines) for g in word(line, 102, 12.0 * n)]
    grid = ruled_grid([(0.0, 0.0, 100.0, 40.0), (100.0, 0.0, 124.0, 40.0)], inside, 1)
    assert grid.row(0)[1].text == "1,130,629.08"
    assert not holds_several_numbers(grid, inside)
    two = word("1.13", 102, 0) + word("2.26", 102, 12)
    grid = ruled_grid([(0.0, 0.0, 100.0, 40.0), (100.0, 0.0, 160.0, 40.0)], two, 1)
    assert holds_several_numbers(grid, two)


def test_headings_of_codes_and_ordinals_set_in_the_middle_belong_to_what_stands_left_of_them() -> None:
    heads = row(100, (55, "序号"), (120, "科目编码"), (240, "科目名称"), (400, "合计"))
    body = [("1", "213", "农林水支出", "12.30"), ("2", "21302", "林业和草原", "10.00"), ("3", "21303", "水利", "2.30")]
    grid = aligned_grid(heads + rows(120, (40, 90, 180, 390), *body), 1)
    assert [c.col for c in grid.row(0)] == [0, 1, 2, 3] if grid is not None else False
    assert texts(grid)[1] == ["1", "213", "农林水支出", "12.30"]


def test_levels_of_codes_are_headings_of_their_own_however_close_they_stand() -> None:
    heads = row(100, (40, "科目编码"), (200, "名称"), (400, "合计"))
    heads += [g for n, level in enumerate("类款项") for g in word(level, 60 + 14 * n, 112)]
    body = [
        ("213", "02", "01", "行政运行", "12.30"),
        ("213", "02", "99", "其他", "10.00"),
        ("213", "03", "01", "水", "2.30"),
    ]
    grid = aligned_grid(heads + rows(130, (40, 72, 100, 180, 390), *body), 1)
    assert grid is not None and [(c.col, c.text) for c in grid.row(1)] == [(0, "类"), (1, "款"), (2, "项")]
