"""How answers are printed: tables, JSON, text of documents in a terminal."""

from __future__ import annotations

import json
from decimal import Decimal
from io import StringIO

from rich.cells import cell_len
from rich.console import Console

from pipelines.cli.console import out
from pipelines.publish.output import cell as cell_text
from pipelines.publish.output import fitting_table, json_text, write_json


def test_decimals_stay_exact_in_json() -> None:
    assert json_text([Decimal("99999999999999999.10"), True, None, "中"]) == '[99999999999999999.10, true, null, "中"]'


def test_json_keeps_columns_of_one_name_and_knows_no_infinity() -> None:
    stream = StringIO()
    write_json(stream, ["a", "a"], [(1, float("inf"))])
    assert json.loads(stream.getvalue()) == [{"a": 1, "a (2)": "inf"}]


def printed(columns: list[str], rows: list[tuple[object, ...]], width: int) -> str:
    console = Console(width=width, file=StringIO())
    console.print(fitting_table(columns, rows, width))
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def test_what_a_document_says_does_not_steer_the_terminal() -> None:
    text = printed(["\x1b[2Jname"], [("\x1b]0;owned\x07",), ("\u202eabc\r",), ("全角　空格",)], 60)
    assert not [sign for sign in text if sign < " " and sign != "\n"] and "\u202e" not in text
    assert r"\x1b]0;owned\x07" in text and r"\u202eabc\r" in text and "全角　空格" in text


def test_text_between_colons_stays_text() -> None:
    with out.capture() as captured:
        out.print("12:ok:30 :smile:")
    assert captured.get() == "12:ok:30 :smile:\n"


def test_null_is_not_an_empty_text() -> None:
    assert cell_text(None) == "NULL"
    assert cell_text("") == ""
    assert cell_text([None, Decimal("1234.50")]) == "NULL, 1,234.50"


def test_every_line_of_a_table_is_equally_wide() -> None:
    lines = printed(["单位", "amount"], [("武汉市硚口区大数据中心", Decimal("1.00")), ("a", None)], 80).splitlines()
    assert len({cell_len(line) for line in lines}) == 1


def test_a_row_too_wide_for_the_terminal_is_printed_line_by_line() -> None:
    columns = [f"a_long_column_{n}" for n in range(12)]
    text = printed(columns, [tuple(range(12)), tuple("甲" * 30 for _ in range(12))], 80)
    assert all(column in text for column in columns)
    assert max(cell_len(line) for line in text.splitlines()) <= 80
