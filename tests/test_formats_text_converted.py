"""Text as today's converters write it: HTML tables, inline markup, bars, quotes, breaks inside lines."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipelines.core.document import Grid, Line, Place, UnreadableError
from pipelines.core.tasks import Spot
from pipelines.formats import registry
from pipelines.formats.text.lines import source_lines
from pipelines.formats.text.markup import plain
from pipelines.formats.text.reader import read_text


@pytest.fixture
def read(tmp_path: Path):
    """Read a text as a file: rows of texts for a grid, texts for lines."""

    def blocks(text: str) -> list[list[list[str]] | str]:
        path = tmp_path / "dump.md"
        path.write_bytes(text.encode())
        found: list[list[list[str]] | str] = []
        for block in read_text(path).blocks:
            if isinstance(block, Line):
                found.append(block.text)
            else:
                found.append([[c.text for c in block.row(row)] for row in range(block.rows)])
        return found

    return blocks


def grid_of(text: str, folder: Path) -> Grid:
    path = folder / "dump.md"
    path.write_bytes(text.encode())
    [grid] = [block for block in read_text(path).blocks if isinstance(block, Grid)]
    return grid


TABLE = (
    "<table><thead><tr><th colspan=2 rowspan='2'>项目</th><th colspan=\"2\">支出</th></tr>"
    "<tr><td>基本</td><td>项目</td></tr></thead><tbody><tr><td>301</td><td>工资</td><td><b>12.50</b></td><td></td></tr></tbody></table>"
)


@pytest.mark.parametrize("gap", ["", "\n", "\n\n    ", "\r\n", "\r"])
def test_spans_of_html_tables_are_kept_whether_on_one_line_or_many(gap: str, tmp_path: Path) -> None:
    grid = grid_of(f"<html><body>{TABLE.replace('><', f'>{gap}<')}</body></html>", tmp_path)
    assert [(c.text, c.row, c.col, c.row_span, c.col_span) for c in grid.cells] == [
        ("项目", 0, 0, 2, 2),
        ("支出", 0, 2, 1, 2),
        ("基本", 1, 2, 1, 1),
        ("项目", 1, 3, 1, 1),
        ("301", 2, 0, 1, 1),
        ("工资", 2, 1, 1, 1),
        ("12.50", 2, 2, 1, 1),
        ("", 2, 3, 1, 1),
    ]
    assert grid.edges == [0, 1, 2, 3, 4]


def test_text_around_tables_on_their_lines_stays(read) -> None:
    assert read(f"收入表 {TABLE}注：一<br>注：二\n支出表\n<table><tr><td>a<td>1.00<tr><td>b<td>2.00</table>\n后") == [
        "收入表",
        [["项目", "支出"], ["项目", "基本", "项目"], ["301", "工资", "12.50", ""]],
        "注：一",
        "注：二",
        "支出表",
        [["a", "1.00"], ["b", "2.00"]],
        "后",
    ]


def test_a_piece_of_a_table_is_no_garbage(read) -> None:
    assert read("<tr><td>301</td><td>8.00</td></tr>\n<td>302</td>\n正文\n<td>") == [
        [["301", "8.00"], ["302"]],
        "正文",
        [[""]],
    ]


def test_a_table_that_nobody_closed_ends_where_text_goes_on(read) -> None:
    found = read("<table><tr><td>301</td><td>8.00</td></tr>\n第一段\n第二段\n第三段\n第四段\t1.00")
    assert found == [["301", "8.00"]] or found[-1] == [["第四段", "1.00"]]
    assert [b for b in found if isinstance(b, str)] == ["第一段", "第二段", "第三段"]


def test_tables_in_tables_are_tables_of_their_own(read) -> None:
    assert read("<table><tr><td>外<table><tr><td>内</td></tr></table></td></tr></table>") == [[["内"]], [["外"]]]


def test_a_span_without_end_is_refused(tmp_path: Path) -> None:
    rows = "<tr><td rowspan=99999999 colspan=99999999>1</td></tr>" * 300
    with pytest.raises(UnreadableError) as told:
        grid_of(f"<table>{rows}</table>", tmp_path)
    assert told.value.code == "table_too_large"


@pytest.mark.parametrize(
    ("printed", "text"),
    [
        ("<b>1,036.92</b>", "1,036.92"),
        ("<span style='color: red'>7.50</span>", "7.50"),
        ("**7.50**", "7.50"),
        ("`7.50`", "7.50"),
        ("$7.50$", "7.50"),
        (r"$-7.50\%$", "-7.50%"),
        ("7.50<sup>3</sup>", "7.50³"),
        ("7.50$^{3}$", "7.50³"),
        ("7.50[^3]", "7.50[3]"),
        ("&nbsp;&nbsp;7.50&#160;", "  7.50 "),
        (r"\_7.50\*", "_7.50*"),
        ("7.50 ~~6.50~~", "7.50 "),
        ("<del>6.50</del>7.50", "7.50"),
        ("[7.50](#note)", "7.50"),
        ("<!-- image -->7.50", "7.50"),
        ("执行率<5%且 x>3", "执行率<5%且 x>3"),
        ("《<GB/T 4754-2017>》", "《<GB/T 4754-2017>》"),
    ],
)
def test_markup_around_a_number_is_no_part_of_it(printed: str, text: str) -> None:
    assert plain(printed) == text


@pytest.mark.parametrize("bar", "│┃║｜|")
def test_bars_part_cells_and_rules_do_not(bar: str, read) -> None:
    rows = [["科目", "名称", "金额"], ["301", "工资福利支出", "8.00"], ["302", "商品", "9.00"]]
    lines = [
        "┌──┬──┬──┐",
        *("\n├──┼──┼──┤\n".join(f"{bar}{bar.join(row)}{bar}" for row in rows)).split("\n"),
        "└──┴──┴──┘",
    ]
    assert read("\n".join(lines)) == [rows]


def test_a_row_drawn_over_several_lines_is_one(tmp_path: Path) -> None:
    text = "┌─┬─┐\n│项目│金额│\n├─┼─┤\n│一般公共│1,036│\n│服务支出│.92 │\n├─┼─┤\n│合计│3.00│\n└─┴─┘"
    grid = grid_of(text, tmp_path)
    assert [[c.text for c in grid.row(r)] for r in range(3)] == [
        ["项目", "金额"],
        ["一般公共服务支出", "1,036.92"],
        ["合计", "3.00"],
    ]
    assert [c.place.line for c in grid.row(1)] == [4, 4]


def test_a_heading_written_once_per_column_it_covers_is_one(tmp_path: Path) -> None:
    text = "| 项目 | 项目 | 支出 | 支出 |\n|---|---|---|---|\n| 类 | 名称 | 基本 | 项目 |\n| 301 | 工资 | 8.00 | 8.00 |"
    grid = grid_of(text, tmp_path)
    assert [(c.text, c.col, c.col_span) for c in grid.row(0)] == [("项目", 0, 2), ("支出", 2, 2)]
    assert [c.text for c in grid.row(2)] == ["301", "工资", "8.00", "8.00"], "amounts may well be equal"


def test_a_heading_written_in_the_first_column_it_covers_reaches_over_the_blanks(tmp_path: Path) -> None:
    text = "| 项目 | | 支出 | |\n|---|---|---|---|\n| 类 | 名称 | 基本 | 项目 |\n| 301 | 工资 | 8.00 | |"
    assert [(c.text, c.col, c.col_span) for c in grid_of(text, tmp_path).row(0)] == [("项目", 0, 2), ("支出", 2, 2)]


def test_codes_that_were_numbers_or_text_are_codes_again(read) -> None:
    assert read("编码\t名称\t金额\n205.0\t教育\t120.0\n'20502\t普通\t120.5\n2050203.0\t初中\t120.0") == [
        [["编码", "名称", "金额"], ["205", "教育", "120.0"], ["20502", "普通", "120.5"], ["2050203", "初中", "120.0"]]
    ]


def test_an_amount_is_no_code_though_it_ends_like_one(read) -> None:
    assert read("名称\t金额\n教育\t205.0\n其他\t300.0") == [[["名称", "金额"], ["教育", "205.0"], ["其他", "300.0"]]]


def test_what_a_spreadsheet_quotes_is_one_cell(tmp_path: Path) -> None:
    grid = grid_of('名称\t金额\n"一般公共\n服务支出"\t"1,036.92"\n="201"\t3.00\n"三公"经费\t4.00', tmp_path)
    assert [[c.text for c in grid.row(r)] for r in range(4)] == [
        ["名称", "金额"],
        ["一般公共服务支出", "1,036.92"],
        ["201", "3.00"],
        ['"三公"经费', "4.00"],
    ]
    assert [[c.place.line for c in grid.row(r)] for r in range(4)] == [[1, 1], [2, 3], [4, 4], [5, 5]]


def test_a_quotation_over_two_lines_is_no_cell(read) -> None:
    assert read('他说："一切\n都好"\n名称\t1.00') == ['他说："一切', '都好"', [["名称", "1.00"]]]


@pytest.mark.parametrize("soft", ["\v", "\f", "\x85", "\u2028", "<br>", "<br/>"])
def test_soft_returns_join_in_cells_and_part_paragraphs(soft: str, read) -> None:
    assert read(f"某局{soft}2023年度部门决算\n社会保障{soft}和就业支出\t1,036.{soft}92") == [
        "某局",
        "2023年度部门决算",
        [["社会保障和就业支出", "1,036.92"]],
    ]


@given(st.lists(st.text(alphabet="一1.|\t\v\f\x1c\x85\u2028\u2029<>b/ ", max_size=12), min_size=1, max_size=12))
def test_lines_are_counted_as_grep_counts_them(lines: list[str]) -> None:
    for end in ("\n", "\r\n", "\r"):
        text = end.join(lines) + end
        assert source_lines(text) == lines


ODD = [
    *("<table>", "</table>", "<tr>", "<td rowspan=3>", "<td colspan=2>", "</td>", "</tr>", "<th>", "<sup>", "</sup>"),
    *("<br>", "│", "|", "|---|---|", "├──┤", "\t", "\n", "\r", "\v", '"', "'", "1,036.92", "201.0", "名称", "&nbsp;"),
    *("&#", "&lt;td&gt;", "<", "\\", "$", "**"),
]


@example(text="<table></td><td rowspan=3>")
@settings(deadline=None, max_examples=300)
@given(text=st.lists(st.sampled_from(ODD), max_size=60).map("".join))
def test_no_mixture_is_too_odd_and_nothing_printed_is_lost(text: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.getbasetemp() / "odd.md"
    path.write_text(text + "\n末", encoding="utf-8", newline="")
    document = read_text(path)
    last = len(source_lines(path.read_bytes().decode()))
    texts = [b.text if isinstance(b, Line) else " ".join(c.text for c in b.cells) for b in document.blocks]
    places = [p for b in document.blocks for p in ([b.place] if isinstance(b, Line) else [c.place for c in b.cells])]
    assert all(place.line is not None and 1 <= place.line <= last for place in places)
    read = re.sub(r"\s", "", "".join(texts))
    assert read.count("名称") >= text.count("名称") > 0 or "名称" not in text
    assert not re.search(r"</?(?:td|tr|th|table)\b[^<>]*>", read)
    assert "│" not in read or "<t" in text


def test_a_second_look_finds_the_number_where_the_first_did(tmp_path: Path) -> None:
    lines = [
        "合计\t△ 12.50①",
        f"<html>{TABLE.replace('12.50', '12.50<sup>2</sup>')}</html>",
        "│工资│12.50万元│7.00│",
        "a\vb\t12.50",
        "支出12.50万元，增加3.00万元",
    ]
    path = tmp_path / "dump.txt"
    path.write_text("\n".join(lines), encoding="utf-8")
    for number, line in enumerate(lines, 1):
        value = Decimal("-12.50" if "△" in line else "12.50")
        spot = Spot("key", None, None, number, None, value, frozenset())
        assert "12.50" in (registry.reread(path, "txt", [spot])["key"] or ""), line
        shown = registry.named("txt").excerpt(path, Place(line=number)).lines
        assert [text for n, text in shown if n == number] == [line.replace("\v", "↵")]
