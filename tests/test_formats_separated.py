"""Separated values: which sign separates, where rows begin, what is a table and what a line."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.core.document import Document, Grid, Line
from pipelines.formats import registry
from pipelines.formats.csv.separated import rows_of, separator_of
from pipelines.statements.forms import is_title


def read(text: str, folder: Path) -> Document:
    path = folder / "a.csv"
    path.write_text(text, encoding="utf-8", newline="")
    kind = registry.named("csv")
    return kind.read(path, is_title, kind.limits)


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("科目,金额\n教育,1.00\n", ","), ("科目\t金额\n教育\t1,234.00\n国防\t5.00\n", "\t"),
        ("科目;金额\n教育;1,234.00\n国防;12,345,678.00\n", ";"), ("科目|金额\n教育|1.00\n", "|"),
        ("sep=|\n科目,a|金额\n", "|"), ("说明，一\n科目,金额\n教育,1\n", ","),
    ],
)  # fmt: skip
def test_the_separator_is_what_makes_rows_equal(text: str, sign: str) -> None:
    assert separator_of(text.splitlines())[0] == sign


def test_lines_are_those_of_the_file() -> None:
    lines = ["a,b", '"x', 'y",1', "", "c,2"]
    assert rows_of(lines) == [(1, ["a", "b"]), (2, ["x\ny", "1"]), (4, [""]), (5, ["c", "2"])]


def test_titles_and_notes_are_lines_and_tables_grids(tmp_path: Path) -> None:
    text = (
        "测试市档案馆2023年度部门决算\n\n支出决算表,,\n,,单位：万元\n科目编码,科目名称,金额\n,,\n201,一般公共服务,1.00\n"
        '202,"外交\n支出",2.00\n注：本表反映支出。,,\n公开02表,,\n收入决算表,,\n项目,金额,\n收入,3.00,\n'
    )
    document = read(text, tmp_path)
    assert [(b.text, b.place.line) for b in document.blocks if isinstance(b, Line)] == [
        ("测试市档案馆2023年度部门决算", 1), ("支出决算表", 3), ("单位：万元", 4), ("注：本表反映支出。", 10),
        ("公开02表", 11), ("收入决算表", 12),
    ]  # fmt: skip
    first, second = (block for block in document.blocks if isinstance(block, Grid))
    assert [[cell.text for cell in first.row(row)] for row in range(first.rows)] == [
        ["科目编码", "科目名称", "金额"], ["201", "一般公共服务", "1.00"], ["202", "外交支出", "2.00"],
    ]  # fmt: skip
    assert (first.cells[-1].place.line, first.cells[-1].place.origin, second.rows) == (8, "列3", 2)


def test_equal_amounts_beside_each_other_stay_two(tmp_path: Path) -> None:
    [grid] = read("科目,合计,基本\n教育,215,215\n国防,215,\n", tmp_path).blocks
    assert isinstance(grid, Grid) and [cell.text for cell in grid.row(1)] == ["教育", "215", "215"]


CELL = st.text(st.sampled_from('a1,;\t"\n 支'), max_size=6)


@given(st.lists(st.lists(CELL, min_size=2, max_size=4), min_size=1, max_size=6), st.sampled_from(",;\t"))
def test_what_is_written_is_read(rows: list[list[str]], sign: str) -> None:
    stream = io.StringIO()
    csv.writer(stream, delimiter=sign, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(rows)
    lines = [f"sep={sign}", *stream.getvalue().split("\n")[:-1]]
    assert [cells for _, cells in rows_of(lines)] == rows
