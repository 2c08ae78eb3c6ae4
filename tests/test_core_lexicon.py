"""Shapes of words, units of money and short keys: one definition each."""

from __future__ import annotations

import unicodedata
from decimal import Decimal

import polars as pl
import pytest

from pipelines.core import lexicon
from pipelines.core.digests import KEY_LENGTH, digest, report_key, short_key
from pipelines.core.folding import fold, key, squeeze
from pipelines.core.frames import AMOUNT
from pipelines.core.money import UNITS, in_yuan, yuan


@pytest.mark.parametrize("text", ["3", "(3)", "3=4+5", "3 ＝ 4＋5", "3=（4+5）栏", "3=4+...+9", "3=1-2"])
def test_column_numbers_with_and_without_their_formula(text: str) -> None:
    assert lexicon.column_number(text) == 3


@pytest.mark.parametrize("text", ["3.00", "2010301", "3=", "=3", "3栏次", "-3", ""])
def test_what_is_no_column_number(text: str) -> None:
    assert lexicon.column_number(text) is None


@pytest.mark.parametrize("text", ["12", "- 12 -", "—12—", "第12页", "第 12 页", "第 14 页，共 45 页", "12/40"])
def test_page_numbers(text: str) -> None:
    found = lexicon.PAGE_NUMBER.fullmatch(text)
    assert found is not None and found["page"] in {"12", "14"}


@pytest.mark.parametrize("text", ["1,234", "12 34", "12.50", "202245200452", "第12条", ""])
def test_figures_are_no_page_numbers(text: str) -> None:
    assert lexicon.PAGE_NUMBER.fullmatch(text) is None


@pytest.mark.parametrize(
    ("text", "level"),
    [("一、收入", 1), ("十二.收入", 1), ("（一）收入", 2), ("1、收入", 3), ("1.收入", 3), ("(12)收入", 4)],
)
def test_numberings_from_the_outermost_in(text: str, level: int) -> None:
    assert lexicon.NUMBERING.match(text)
    assert (lexicon.SECTION.match(text) is not None) == (level == 1)
    assert (lexicon.SUBSECTION.match(text) is not None) == (level == 2)


@pytest.mark.parametrize("text", ["1.5万元", "2023年", "收入一、", "第一部分"])
def test_amounts_and_parts_are_no_numbering(text: str) -> None:
    assert lexicon.NUMBERING.match(text) is None


def test_totals_and_sums() -> None:
    assert lexicon.GRAND_TOTALS - {"合计:"} < lexicon.TOTALS
    assert "小计" not in lexicon.TOTALS and lexicon.SUM.fullmatch("小计")


def test_a_comma_between_digits_ends_no_clause() -> None:
    assert lexicon.CLAUSE_END.split("支出1,234万元,其中:项目5万元。") == ["支出1,234万元", "其中", "项目5万元", ""]


def test_radicals_are_the_characters_they_look_like() -> None:
    kangxi = "".join(map(chr, range(0x2F00, 0x2FD6)))
    assert all(lexicon.CJK.fullmatch(unicodedata.normalize("NFKC", radical)) for radical in kangxi)
    for folded in (squeeze, fold, key):
        assert folded("⻘山区⺠政局⻋辆⻚码") == "青山区民政局车辆页码"


def test_folding_in_place_keeps_every_character_in_its_place() -> None:
    text = "〔一〕“三公”經費：１２．５％ ㎡"
    assert fold(text) == '(一)"三公"经费:12.5% ㎡' and len(fold(text)) == len(text)


def test_money_is_exact_before_it_is_rounded_to_fen() -> None:
    assert yuan(Decimal("1.2345678"), "万元") == Decimal("12345.68")
    assert yuan(Decimal("0.005"), "元") == Decimal("0.00")
    frame = pl.DataFrame({"value": [Decimal("1.25")] * 4, "unit": list(UNITS)})
    expected = [yuan(Decimal("1.25"), unit) for unit in UNITS]
    assert frame.select(in_yuan(pl.col("value"), AMOUNT))["value"].to_list() == expected


def test_an_unknown_unit_is_an_error_unless_it_is_none_of_money() -> None:
    frame = pl.DataFrame({"value": [Decimal("1.25")], "unit": ["人"]})
    with pytest.raises(pl.exceptions.InvalidOperationError):
        frame.select(in_yuan(pl.col("value"), AMOUNT))
    assert frame.select(in_yuan(pl.col("value"), AMOUNT, default=1))["value"].to_list() == [Decimal("1.25")]


def test_keys_depend_on_every_part() -> None:
    assert len(short_key("r", "form")) == KEY_LENGTH
    assert len({short_key("r", "form"), short_key("rf", "orm"), short_key("r", "form", ""), short_key("rform")}) == 4
    assert report_key(digest("一")) == digest("一")[:KEY_LENGTH] == short_key("一")
