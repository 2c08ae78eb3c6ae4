"""Text dumps: any bytes decode or are refused, tabs and pipes become grids with their source lines."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.extract.document import Grid, Line, UnreadableError
from pipelines.extract.text import decode, read_text

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
