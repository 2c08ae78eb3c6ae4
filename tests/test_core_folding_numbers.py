"""Numbers, keys and names as printed."""

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.core import folding
from pipelines.core.folding import bare, has_ordinal, key, remembered, squeeze
from pipelines.core.numbers import read_number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,234.56", "1234.56"),
        ("6, 558. 53", "6558.53"),
        ("_643.29_", "643.29"),
        ("（12.00）", "-12.00"),
        ("−5.10", "-5.10"),
        ("１２．５", "12.5"),
        ("0", "0"),
        ("0.00", "0.00"),
        ("¥3,000", "3000"),
        ("12，345.00", "12345.00"),
    ],
)
def test_numbers_are_read_as_printed(text: str, value: str) -> None:
    number = read_number(text)
    assert number is not None
    assert number.value == Decimal(value)
    assert not number.doubt


@pytest.mark.parametrize("text", ["", "—", "--", "/", "无", "合计", "12.3%增长"])
def test_what_is_no_number_is_none(text: str) -> None:
    assert read_number(text) is None


@pytest.mark.parametrize("text", ["012.00", "1,53", "12.00 13.00", "72.83.1"])
def test_damage_is_told(text: str) -> None:
    number = read_number(text)
    assert number is not None
    assert number.doubt


@given(st.decimals(min_value=-(10**11), max_value=10**11, places=2))
def test_a_printed_amount_reads_back(value: Decimal) -> None:
    for text in (f"{value:,}", f"{value}"):
        number = read_number(text)
        assert number is not None
        assert number.value == value


@given(st.text(max_size=40))
def test_no_text_is_too_odd(text: str) -> None:
    assert not re.search(r"\s", key(text))
    read_number(text)


def test_keys_fold_width_quotes_and_traditional_letters() -> None:
    assert key("“三公” 经费（万元）") == "三公经费(万元)"
    assert key("經濟分類科目編碼") == "经济分类科目编码"
    assert squeeze("一、 教育　支出") == "一、教育支出"


def test_short_answers_are_remembered_and_forgotten_when_there_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folding, "_REMEMBERED", 2)
    asked: list[str] = []
    length = remembered(lambda text: asked.append(text) or len(text))
    assert [length(text) for text in ("a", "bb", "a", "ccc", "a")] == [1, 2, 1, 3, 1]
    assert asked == ["a", "bb", "ccc", "a"]
    long = "a" * (folding._SHORT + 1)
    assert length(long) == length(long) == len(long)
    assert asked[-2:] == [long, long]


@given(st.text(max_size=20))
def test_letters_not_named_stay(text: str) -> None:
    assert text.translate(folding.Letters({ord("a"): "b"})) == text.replace("a", "b")


@pytest.mark.parametrize(
    ("text", "name"),
    [("一、教育支出", "教育支出"), ("（二）国防", "国防"), ("其中：1.房屋", "房屋"), ("教育支出", "教育支出")],
)
def test_bare_names_have_no_numbering(text: str, name: str) -> None:
    assert bare(text) == name
    assert has_ordinal(text) is (bare(text) != text)
