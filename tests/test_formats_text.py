"""Text dumps: any bytes decode or are refused, tabs and pipes become grids with their source lines."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.core.document import Grid, Line, UnreadableError
from pipelines.formats.registry import refuse_other_kinds
from pipelines.formats.text.decoding import decode
from pipelines.formats.text.reader import read_text

CHINESE = "2023年度部门决算\n单位：万元\n合计\t1,234.50\n"


@given(st.binary(max_size=400))
def test_any_bytes_are_text_or_refused(data: bytes) -> None:
    try:
        assert isinstance(decode(data), str)
    except UnreadableError as error:
        assert error.code in {"empty_file", "binary_text", "unknown_encoding"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_chinese_encodings_give_the_same_text(encoding: str) -> None:
    assert decode((CHINESE * 5).encode(encoding)) == CHINESE * 5


def test_tabs_and_pipes_become_grids_with_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "dump.md"
    path.write_text(
        "# 收入决算表\n\n项目\t金额\n<b>合计</b>\t**1.00**\n\n| 编码 | 金额 |\n|---|---|\n| 201 | 2.00 |\n", "utf-8"
    )
    blocks = read_text(path).blocks
    tabbed, piped = (b for b in blocks if isinstance(b, Grid))
    assert blocks[0] == Line("收入决算表", blocks[0].place)
    assert [[c.text for c in tabbed.row(r)] for r in range(2)] == [["项目", "金额"], ["合计", "1.00"]]
    assert [[c.text for c in piped.row(r)] for r in range(2)] == [["编码", "金额"], ["201", "2.00"]]
    assert [piped.row(r)[0].place.line for r in range(2)] == [6, 8]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_pages_of_words_alone_do_not_hide_the_encoding(encoding: str) -> None:
    text = "一般公共预算由财政部门安排" * 400 + "\n" + CHINESE * 5
    assert decode(text.encode(encoding)) == text


def test_zero_bytes_far_into_a_text_are_told() -> None:
    with pytest.raises(UnreadableError) as told:
        decode((CHINESE * 500).encode() + b"\0 1")
    assert told.value.code == "binary_text"


def test_signs_without_a_width_do_not_cut_numbers(tmp_path: Path) -> None:
    path = tmp_path / "dump.txt"
    path.write_text("合计\t1,2\u200b34.\ufeff50\u2060\n", "utf-8")
    assert [cell.text for block in read_text(path).blocks if isinstance(block, Grid) for cell in block.cells] == [
        "合计",
        "1,234.50",
    ]


def test_blank_lines_at_the_top_are_no_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "dump.txt"
    path.write_text("\n" * 5000 + CHINESE, "utf-8")
    refuse_other_kinds(path, "txt")
    path.write_text("\n" * 500, "utf-8")
    with pytest.raises(UnreadableError):
        refuse_other_kinds(path, "txt")
