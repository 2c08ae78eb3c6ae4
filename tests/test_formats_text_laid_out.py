"""Text whose columns are parted by blanks is read as the page it was made from."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.core.document import Document, Grid
from pipelines.formats.text.reader import read_text
from pipelines.formats.text.wrapped import steps

COLUMNS = (0, 10, 30, 44, 58)
"""Where a column of words begins; one of numbers ends there."""

HEAD = ["科目编码", "科目名称", "合计", "基本支出", "项目支出"]
ROWS = [
    ["", "合计", "1,030.75", "730.50", "300.25"],
    ["201", "一般公共服务支出", "812.50", "612.50", "200.00"],
    ["20101", "人大事务", "812.50", "612.50", "200.00"],
    ["208", "社会保障和就业支出", "118.00", "118.00", ""],
    ["2080505", "机关事业单位基本养老保险缴费", "118.00", "118.00", ""],
    ["", "支出", "", "", ""],
    ["221", "住房保障支出", "100.25", "", "100.25"],
]


def laid(row: list[str], wide: int) -> str:
    """A line; a Chinese sign takes so many columns."""

    def width(text: str) -> int:
        return sum(wide if "\u4e00" <= sign <= "\u9fff" else 1 for sign in text)

    line = ""
    for n, (column, text) in enumerate(zip(COLUMNS, row, strict=True)):
        if text:
            start = column if n < 2 else column + 8 - width(text)
            line += " " * max(start - width(line), 2 if line else 0) + text
    return line


def text(wide: int) -> str:
    tables = []
    for number, title in enumerate(["支出总表", "财政拨款支出表", "一般公共预算支出表", "政府性基金预算支出表"], 3):
        lines = [f"{' ' * 20}某某局 2024 年部门预算", "", f"{' ' * 24}{title}", f"单位：某某局{' ' * 40}单位：万元", ""]
        lines += [laid(row, wide) for row in [HEAD, *ROWS]]
        tables.append("\n".join([*lines, "", f"{' ' * 30}- {number} -"]))
    return "\n\f".join(tables) + "\n"


def read(content: str, folder: Path) -> Document:
    file = folder / "a.txt"
    file.write_text(content, encoding="utf-8")
    return read_text(file, lambda line: line.endswith("支出表") or line.endswith("支出总表"))


@pytest.mark.parametrize("wide", [1, 2])
def test_columns_stand_where_they_stood_on_the_page(wide: int, tmp_path: Path) -> None:
    document = read(text(wide), tmp_path)
    grids = [block for block in document.blocks if isinstance(block, Grid)]
    assert len(grids) == 4
    wrapped = [list(row) for row in ROWS]
    wrapped[4][1] += wrapped.pop(5)[1]
    for grid in grids:
        rows = [[cell.text.replace("\n", "") for cell in grid.row(n)] for n in range(grid.rows)]
        assert [row for row in rows if any("." in cell for cell in row)] == [[c for c in row if c] for row in wrapped]
    assert not document.unread
    lines = [line.text for line in document.lines()]
    assert not any("部门预算" in line or line.startswith("-") for line in lines)


def test_places_are_source_lines(tmp_path: Path) -> None:
    content = text(1)
    source = content.split("\n")
    document = read(content, tmp_path)
    for grid in (block for block in document.blocks if isinstance(block, Grid)):
        for cell in grid.cells:
            if "." in cell.text:
                assert cell.place.line is not None
                assert cell.text in source[cell.place.line - 1]


def test_other_dumps_are_no_laid_out_text(tmp_path: Path) -> None:
    rows = "\n".join("\t".join(row) for row in [HEAD, *ROWS] * 5)
    assert read(rows, tmp_path).is_dump
    assert not read(text(1), tmp_path).is_dump
    assert read(text(1) + "1.00 " * 400, tmp_path).is_dump


def test_a_code_alone_at_the_foot_of_pages_stays(tmp_path: Path) -> None:
    pages = [page.replace(f"- {n} -", "2080505") for n, page in enumerate(text(1).split("\f"), 3)]
    blocks = read("\f".join(pages), tmp_path).blocks
    texts = [cell.text for block in blocks if isinstance(block, Grid) for cell in block.cells]
    assert texts.count("2080505") == 2 * len(pages)  # once in the table, once at the foot


def test_the_period_below_a_title_is_a_line(tmp_path: Path) -> None:
    about = [
        f"{' ' * 20}部门整体支出绩效目标表",
        f"{' ' * 24}（2024年度）",
        "  部门名称          某市水务局",
        f"{' ' * 30}合计          基本支出          项目支出          其他资金",
        f"{' ' * 28}1,030.75        730.50            200.25            100.00",
    ]
    document = read(text(1) + "\f" + "\n".join(about), tmp_path)
    assert "（2024年度）" in [line.text for line in document.lines()]


def test_what_is_a_row_of_its_own_goes_on_with_nothing() -> None:
    lines = [
        "    本年收入合计        92.24    本年支出合计       92.24",
        "    上年结转结余                 年终结转结余",
        "201   某项很长的支出名称要写两行  10.00",
        "      才写得下",
        "202   短名                      10.00",
        "      其他",
    ]
    near = [step < 1.3 for step in steps(lines, lambda _: 1)]
    assert near == [False, False, False, True, False, False]
