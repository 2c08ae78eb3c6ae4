"""Numbers as people write them: signs, thousands, marks of footnotes, units; and what a value cell may say instead."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.core.money import UNITS
from pipelines.core.numbers import MINUS, NEGATIVE, is_blank, raised, read_amount, read_number, read_value

AMOUNTS = st.decimals(min_value=Decimal("0.01"), max_value=10**11, places=2)
MARKS = [
    "①",
    "⑫",
    "²",
    "¹⁰",
    "*",
    "＊",
    "※",
    "†",
    "❸",
    "⑶",
    "[1]",
    "［12］",
    "【3】",
    "(注1)",
    "（注）",
    "（注②）",
    "注3",
    "注二",
    "#",
]
PRINTED = {
    "plain": lambda v: f"{v:f}",
    "commas": lambda v: f"{v:,}",
    "wide commas": lambda v: f"{v:,}".replace(",", "，"),
    "blanks": lambda v: f"{v:,}".replace(",", " "),
    "narrow blanks": lambda v: f"{v:,}".replace(",", "\u202f"),
    "apostrophes": lambda v: f"{v:,}".replace(",", "’"),
    "full width": lambda v: f"{v:,}".translate(str.maketrans("0123456789.,", "０１２３４５６７８９．，")),
    "a dump's spacing": lambda v: f"{v:,}".replace(",", ", ").replace(".", ". "),
    "lines to write on": lambda v: f"_{v:,}_",
    "text of a spreadsheet": lambda v: f"'{v:,}",
    "currency": lambda v: f"¥{v:,}",
    "signs without a width": lambda v: f"{v:,}".replace(".", "\u200b.\u00ad"),
}
"""Ways to print a number without a sign."""


@pytest.mark.parametrize("way", PRINTED)
@given(value=AMOUNTS, mark=st.sampled_from(["", *MARKS]))
def test_a_number_is_read_however_it_is_printed(way: str, value: Decimal, mark: str) -> None:
    number = read_number(f"{PRINTED[way](value)}{mark}")
    assert number is not None
    assert (number.value, number.doubt, number.unit) == (value, False, None)


SIGNED = [way for way in PRINTED if way not in ("text of a spreadsheet", "lines to write on")]


@given(AMOUNTS, st.sampled_from([*MINUS, *NEGATIVE]), st.sampled_from(["", " ", "\u3000"]), st.sampled_from(SIGNED))
def test_a_sign_before_a_number_makes_it_negative(value: Decimal, sign: str, gap: str, way: str) -> None:
    number = read_number(f"{sign}{gap}{PRINTED[way](value)}")
    assert number is not None
    assert number.value == -value


@given(AMOUNTS, st.sampled_from(["({})", "（{}）", "（ {} ）", "-({})", "(-{})", "{}-", "{} －", "△（{}）"]))
def test_brackets_and_trailing_signs_make_it_negative(value: Decimal, pattern: str) -> None:
    number = read_number(pattern.format(f"{value:,}"))
    assert number is not None
    assert (number.value, number.doubt) == (-value, False)


@given(AMOUNTS, st.sampled_from(MARKS), st.sampled_from(MARKS), st.sampled_from(["", " "]))
def test_marks_stand_on_either_side_and_repeat(value: Decimal, mark: str, other: str, gap: str) -> None:
    other = "" if mark == other == "#" else other  # several of them stand for a number that was too wide
    texts = [f"{value:,}{gap}{mark}{gap}{other}"]
    texts += [f"{mark} {value:,}"] if mark != "#" else []
    for text in texts:
        number = read_number(text)
        assert number is not None
        assert (number.value, number.doubt) == (value, False), text


@given(
    AMOUNTS,
    st.sampled_from([*UNITS, "万", "亿"]),
    st.sampled_from(["{}{}", "{} {}", "{}（{}）", "人民币{}{}", "{}①{}", "{}{}*"]),
)
def test_a_unit_in_the_cell_is_told_apart_from_the_number(value: Decimal, unit: str, pattern: str) -> None:
    text = pattern.format(f"{value:,}", unit)
    number = read_value(text)
    assert number is not None
    assert (number.value, number.unit) == (value, unit if unit in UNITS else f"{unit}元")
    assert read_number(text) is None, "words are no number where words may stand"


@pytest.mark.parametrize(
    "text", ["", "  ", "—", "－", "--", "— —", "/", "／", "无", "不适用", "_", "\u3000", "N/A", "…"]
)
def test_blanks_and_declared_placeholders_are_no_number(text: str) -> None:
    assert is_blank(text)
    assert read_value(text) is None


@pytest.mark.parametrize("text", ["0", "0.00", "０", "-0"])
def test_a_zero_is_a_number(text: str) -> None:
    number = read_value(text)
    assert number is not None
    assert number.value == 0


@pytest.mark.parametrize(
    "text",
    [
        "####",
        "########",
        "##",
        "#REF!",
        "1E+05",
        "详见附表",
        "12.3%",
        "3人",
        "万元",
        "①",
        "12.00 13.00",
        "(12.00",
        "12.00)",
        "） 1.5",
        "1.2.3",
        "-5.00-",
        "12.00a",
        "0①0",
        "22①.00",
    ],
)
def test_anything_else_in_a_value_cell_is_unread(text: str) -> None:
    number = read_value(text)
    assert number is not None
    assert (number.value, number.doubt) == (None, True)


@pytest.mark.parametrize("text", ["①", "[1]", "注3", "- 5 -", "2023年", "类", "20101①项", "1 2", "5 234"])
def test_what_is_no_single_number_has_no_value(text: str) -> None:
    number = read_number(text)
    assert number is None or number.value is None


def test_two_numbers_in_a_cell_are_both_candidates() -> None:
    number = read_number("5 234")
    assert number is not None
    assert number.candidates == (Decimal(5), Decimal(234))
    assert (read_number("1 234 567") or pytest.fail()).value == 1234567


def test_raised_digits_are_marks() -> None:
    assert (read_number(f"1,036.92{raised('12')}") or pytest.fail()).value == Decimal("1036.92")


@given(st.text(max_size=120))
def test_no_text_is_too_odd(text: str) -> None:
    for read in (read_number, read_amount, read_value):
        number = read(text)
        assert number is None or number.value is None or number.value.is_finite()


@given(st.text(alphabet="0123456789.,-()（）△ ①*[]注元万'%", max_size=200))
def test_a_value_never_has_digits_that_are_not_printed(text: str) -> None:
    number = read_value(text)
    if number is not None and number.value is not None:
        digits = "".join(c for c in f"{number.value:f}" if c.isdigit()).strip("0")
        assert digits in "".join(c for c in text if c.isdecimal())
