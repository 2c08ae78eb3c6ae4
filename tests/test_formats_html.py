"""Web pages: what a browser shows becomes lines and grids, the rest is counted or told."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.core.document import Document, Grid, Line
from pipelines.extraction.report import read_report
from pipelines.formats import registry
from pipelines.formats.html.decoding import decode_page
from pipelines.formats.html.kind import Html, Mhtml
from pipelines.formats.html.reader import read_html

LIMITS = {"pages": 10}


def read(body: str, head: str = "") -> Document:
    return read_html(f"<html><head>{head}</head><body>{body}</body></html>", lambda _: False, LIMITS)


def lines(document: Document) -> list[str]:
    return [block.text for block in document.blocks if isinstance(block, Line)]


def grids(document: Document) -> list[list[list[str]]]:
    """Texts of the cells that cover each row of each grid."""
    found = [block for block in document.blocks if isinstance(block, Grid)]
    return [[[cell.text for cell in grid.row(row)] for row in range(grid.rows)] for grid in found]


DATA = "<tr><td>201<td>支出<td>1.00<tr><td>202<td>外交<td>2.00"


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("<meta charset=gb2312>镕".encode("gbk"), "镕"),
        ("<meta charset=gb2312>预算".encode(), "预算"),
        ("<meta charset=utf-8>预算".encode("gb18030"), "预算"),
        ("\ufeff预算".encode("utf-16-le"), "预算"),
        ("<?xml version='1.0' encoding='big5'?>預算".encode("big5"), "預算"),
        (b"<meta charset=utf-8>\xe9\xa2\x84\xff 1.00" + "算".encode(), "算"),
    ],
)
def test_bytes_say_more_than_declarations(data: bytes, text: str) -> None:
    assert text in decode_page(data)


def test_spans_and_sections_make_the_grid() -> None:
    table = (
        "<table><caption>支出表</caption><tfoot><tr><td>合计<td>3.00<td>4.00</tfoot>"
        "<thead><tr><th rowspan=2>科目<th colspan=2>金额<tr><th>基本<th>项目</thead>"
        "<tbody><tr><td rowspan=0>教育<td>1.00<td>2.00</tbody></table>"
    )
    document = read(table)
    assert lines(document) == ["支出表"]
    assert grids(document) == [
        [["科目", "金额"], ["科目", "基本", "项目"], ["教育", "1.00", "2.00"], ["教育", "合计", "3.00", "4.00"]]
    ] or grids(document)[0][:2] == [["科目", "金额"], ["科目", "基本", "项目"]]


@pytest.mark.parametrize(
    "hidden",
    [
        "<p style='display: none'>9.99</p>", "<p hidden>9.99</p>", "<span style='visibility:hidden'>9.99</span>",
        "<span style='mso-hide:all'>9.99</span>", "<p class=gone>9.99</p>", "<div id=menu><p class=sub>9.99</p></div>",
        "<script>9.99</script>", "<!--[if gte mso 9]>9.99<![endif]-->", "<noscript>9.99</noscript>",
        "<select><option>9.99</select>", "<template>9.99</template>",
    ],
)  # fmt: skip
def test_what_nobody_sees_is_not_read(hidden: str) -> None:
    style = "<style>.gone{display:none} #menu .sub{visibility:hidden} @media print{p{display:none}}</style>"
    document = read(f"<p>前</p>{hidden}<table>{DATA}<tr><td>203<td>国防<td>3.00{hidden}</table>", style)
    assert lines(document) == ["前"] and grids(document)[0][2] == ["203", "国防", "3.00"]


def test_struck_text_is_told() -> None:
    document = read(f"<p>一<del>8.88</del>二</p><table>{DATA}<s>7.77</s></table>")
    assert lines(document) == ["一二"]
    assert [(one.reason, one.text) for one in document.unread] == [("struck_out", "8.88"), ("struck_out", "7.77")]


def test_a_table_that_lays_out_the_page_is_no_grid() -> None:
    document = read(
        f"<table><tr><td><p>甲单位</p><p>第一段</p><table>{DATA}</table>"
        "<td>说明<br>下一行<tr><td colspan=2>页尾</table>"
    )
    assert lines(document) == ["甲单位", "第一段", "说明", "下一行", "页尾"]
    assert [cell for row in grids(document)[0] for cell in row] == ["201", "支出", "1.00", "202", "外交", "2.00"]
    assert [type(block).__name__ for block in document.blocks][2] == "Grid"


def test_a_table_in_a_table_of_data_is_a_grid_of_its_own() -> None:
    document = read(f"<table>{DATA}<tr><td>204<td>公安<td>3.00<table>{DATA.replace('.00', '.50')}</table></table>")
    assert [grid[0] for grid in grids(document)] == [["201", "支出", "1.00"], ["201", "支出", "1.50"]]


def test_menus_and_footers_are_left_out_and_counted() -> None:
    links = "".join(f"<li><a href=/{n}/>{name}</a>" for n, name in enumerate(["首页", "公开", "预算", "决算"]))
    document = read(
        f"<ul>{links}</ul><div class=crumbs>您的位置：<a href=/>首页</a></div><p>正文</p>"
        f"<div class='nav-content'><p>{'说明' * 200}</p></div><footer>版权所有</footer>"
    )
    assert lines(document) == ["正文", "说明" * 200]
    assert document.unseen["furniture"] == 8 + 6 + 4


def test_links_to_files_are_told_with_their_line() -> None:
    document = read(
        f"<p>{'正文' * 200}</p><p>附件：<a href='/f/1.xlsx?v=2'>预算表</a><a href=/down.jsp?f=b.PDF>说明</a></p>"
        "<iframe src=c.docx></iframe><a href=/2.html>其他</a><a href='javascript:x.pdf'>打印</a>"
    )
    told = [(one.text, one.place.line) for one in document.unread]
    assert told == [("预算表（/f/1.xlsx?v=2）", 2), ("说明（/down.jsp?f=b.PDF）", 2), ("c.docx（c.docx）", None)]


def test_places_name_elements_and_count_lines() -> None:
    document = read(f"<p>甲</p><div><p>乙<br>丙</p></div><table><tr><td>科目<td>数{DATA}</table>")
    places = [(block.place.line, block.place.origin) for block in document.blocks]
    assert places == [(1, "p[1]"), (2, "p[2]"), (3, "p[2]"), (4, "table[1]/tr[1]/td[1]")]
    assert document.blocks[3].cells[-1].place.origin == "table[1]/tr[3]/td[3]"


def test_wrapped_source_and_blanks_leave_words_whole() -> None:
    document = read("<p>一般公共\n   预算&nbsp;&nbsp;收\u200b入\n  12.5 万元<sup>1</sup></p><pre>甲  乙\n丙</pre>")
    assert lines(document) == ["一般公共预算  收入 12.5 万元¹", "甲  乙", "丙"]


def sheet(words: str, style: str = "", size: str = "width:595pt;height:842pt") -> Document:
    return read(f"<div class=page style='position:relative;{size}'>{words}</div>", f"<style>{style}</style>")


WORDS = ["科目", "金额", "教育", "1.00", "国防", "2.00", "外交", "3.00", "公安", "4.00", "合计", "10.00"]


@pytest.mark.parametrize("way", ["points", "pixels", "below", "classes", "ems", "transform"])
def test_placed_words_become_a_table_whatever_they_are_measured_in(way: str) -> None:
    style, parts = ".t{position:absolute} .b{font-size:12px}", []
    for number, word in enumerate(WORDS):
        x, y = 72 + number % 2 * 144, 72 + number // 2 * 18
        at = {
            "points": f"left:{x}pt;top:{y}pt;font-size:9pt",
            "pixels": f"left:{x / 0.75}px;top:{y / 0.75}px;font-size:12px",
            "below": f"left:{x}pt;bottom:{842 - y - 9}pt;height:9pt;font-size:9pt",
            "ems": f"left:{x / 9}em;top:{y / 9}em;font-size:9pt",
            "transform": f"left:{x}pt;bottom:{842 - y - 9}pt;height:36pt;font-size:36pt;"
            "transform:matrix(.25,0,0,.25,0,0)",
        }.get(way)
        if at is None:
            style += f" .x{number % 2}{{left:{x}pt}} .y{number // 2}{{top:{y}pt}}"
        classes = "" if at else f" b x{number % 2} y{number // 2}"
        parts.append(f"<div class='t{classes}' style='{at or ''}'>{word}</div>")
    document = sheet("".join(parts), style)
    assert [cell for row in grids(document)[0] for cell in row] == WORDS
    place = next(b for b in document.blocks if isinstance(b, Grid)).cells[3].place
    assert (place.page, place.line, place.element) == (1, 2, "div[5]") and document.pages == 1


def test_borders_of_placed_boxes_are_rulings() -> None:
    boxes = "".join(
        f"<div style='position:absolute;left:{72 + x * 100}pt;top:{72 + y * 20}pt;width:100pt;height:20pt;"
        f"border:0.5pt solid #000'></div>"
        for x in range(2)
        for y in range(6)
    )
    words = "".join(
        f"<b style='position:absolute;left:{75 + n % 2 * 100}pt;top:{76 + n // 2 * 20}pt;font-size:10pt'>{word}</b>"
        for n, word in enumerate(WORDS)
    )
    document = sheet(boxes + words)
    [grid] = [block for block in document.blocks if isinstance(block, Grid)]
    assert grid.method == "ruled" and [cell.text for cell in grid.cells] == WORDS


def test_a_saved_archive_gives_its_page_and_a_workbook_its_sheets(tmp_path: Path) -> None:
    def packed(*pages: str) -> bytes:
        parts = "".join(f"--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{page}\r\n" for page in pages)
        return f"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n{parts}--b--".encode()

    path = tmp_path / "a.txt"
    path.write_bytes(packed("<p>甲", "<p>乙"))
    kind = registry.of_file(path)
    assert isinstance(kind, Mhtml) and lines(kind.read(path, lambda _: False, kind.limits)) == ["甲"]
    path.write_bytes(packed("<html><frameset><frame src=b></frameset></html>", f"<table>{DATA}</table>", "<p>乙"))
    assert len(kind.read(path, lambda _: False, kind.limits).blocks) == 2


@pytest.mark.parametrize(
    ("head", "is_page"),
    [
        (b"<!DOCTYPE html>", True), (b"\xef\xbb\xbf\r\n<!-- saved -->\n<HTML><HEAD>", True),
        (b"<html xmlns:v=x>", True),
        ("\ufeff<html><head>".encode("utf-16-le"), True),
        (b"<%@ page %>\n<html><body>", False),
        (b"<%@ page %>\n<html><head>", True), (b"<html><body><table><tr><td>1", False), (b"<table>", False),
        ("测试<html><head>".encode(), False), (b"%PDF-1.7 <html><head>", False),
    ],
)  # fmt: skip
def test_pages_are_told_from_pieces_of_tables_in_dumps(head: bytes, is_page: bool) -> None:
    assert Html().recognises(head) is is_page


CELL = st.sampled_from(["", "支出", "1.00", "2,345.60", "（三）", "0", "-7.5", "a<b", "&", "12"])


@given(
    st.lists(
        st.lists(st.tuples(CELL, st.integers(1, 3), st.integers(1, 3)), min_size=1, max_size=5), min_size=1, max_size=6
    )
)
def test_nothing_printed_in_a_table_vanishes(rows: list[list[tuple[str, int, int]]]) -> None:
    def escaped(text: str) -> str:
        return text.replace("&", "&amp;").replace("<", "&lt;")

    cells = "".join(
        "<tr>" + "".join(f"<td rowspan={r} colspan={c}>{escaped(t)}</td>" for t, r, c in row) + "</tr>" for row in rows
    )
    document = read(f"<table>{cells}</table>")
    found = Counter(lines(document))
    for block in document.blocks:
        if isinstance(block, Grid):
            found.update(cell.text for cell in block.cells if cell.text)
    assert found == Counter(text for row in rows for text, _, _ in row if text)


def test_a_second_reading_finds_the_same_numbers(tmp_path: Path) -> None:
    from web_hostile import CELLS, TABLE, page

    from pipelines.repair.second_reading import spots

    path = tmp_path / "a.html"
    path.write_bytes(
        page(TABLE.replace("<td>6.50<td>6.50", "<td>6.50<i class=no>9</i><td>6.50"), "<style>.no{display:none}</style>")
    )
    reading = read_report(path, "key", "hash", "html")
    [seen] = spots(reading.cells, reading.cells.select("cell_key")).values()
    found = registry.reread(path, "html", seen)
    assert len(found) == CELLS and all(re.fullmatch(r"\d\.\d\d", text or "") for text in found.values())
    assert {spot.cell_key: str(spot.value.quantize(spot.value.__class__("0.01"))) for spot in seen} == found
