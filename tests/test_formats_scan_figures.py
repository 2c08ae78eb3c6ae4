"""Characters of scans: where each goes, and points, commas, marks and brackets as the page prints them."""

from __future__ import annotations

from itertools import pairwise

import pytest

from pipelines.formats.scan.engine import Box as Pixels
from pipelines.formats.scan.engine import Sign
from pipelines.formats.scan.figures import agreed, is_doubled, punctuated
from pipelines.formats.scan.mending import Line
from pipelines.formats.scan.page import _spans
from pipelines.formats.scan.writing import Written, _is_flat, _leads


def test_figures_of_a_number_touch_and_words_do_not() -> None:
    signs = [Sign(text, 10.0 + 10 * n, 1.0) for n, text in enumerate("12")]
    signs += [Sign(",", 32.0, 1.0), Sign("3", 44.0, 1.0), Sign("4", 100.0, 1.0)]
    spans = _spans(Written(Pixels(4, 0, 106, 16), tuple(signs)), 20.0)
    assert [one[1] == other[0] for one, other in pairwise(spans)] == [True, True, True, False]


def test_figures_as_wide_as_chinese_characters_are_one_number() -> None:
    def pieces(text: str, steps: tuple[int, ...]) -> int:
        middles = [10.0 + sum(steps[:n]) for n in range(len(text))]
        signs = tuple(Sign(sign, middle, 1.0) for sign, middle in zip(text, middles, strict=True))
        spans = _spans(Written(Pixels(0, 0, int(middles[-1]) + 10, 16), signs), 20.0)
        return 1 + sum(one[1] < other[0] for one, other in pairwise(spans))

    assert pieces("380.73", (20, 20, 12, 26, 20)) == 1
    assert pieces("5.00", (12, 26, 20)) == 1
    assert pieces("580.73", (20, 10, 8, 12, 10)) == 2  # a number of a row beside 80.73
    assert pieces("12", (20,)) == 2


def test_an_amount_ends_where_the_next_column_begins() -> None:
    def gaps(text: str, room: float) -> list[bool]:
        middles = [10.0 * n if n < 4 else 37.5 + room + 20 * (n - 4) + 7.5 for n in range(len(text))]
        signs = tuple(Sign(sign, middle, 1.0) for sign, middle in zip(text, middles, strict=True))
        return [one[1] < other[0] for one, other in pairwise(_spans(Written(Pixels(0, 0, 90, 20), signs), 20.0))]

    assert gaps("2.10一、", 4) == [False, False, False, True, False]
    assert gaps("2.10万元", 4) == [False, False, False, False, False]
    assert gaps("2.10一、", 0) == [False, False, False, True, False]  # a name with its number is another column
    assert gaps("2.10万、", 0) == [False, False, False, False, False]


def written(text: str) -> Written:
    signs = tuple(Sign(sign, 10.0 * n, 1.0) for n, sign in enumerate(text))
    return Written(Pixels(0, 0, 10 * len(text), 16), signs)


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("64,367,216,72", "64,367,216.72"),
        ("2340,000.00", "2,340,000.00"),
        ("10.838.049.37", "10,838,049.37"),
        ("-2611764,28", "-2611764.28"),
        ("1,234", "1,234"),  # well formed
        ("2080501", "2080501"),
        ("12,3,4", "12,3,4"),  # nobody knows
        ("10,057..71", "10,057..71"),  # a figure may be lost
        ("三，公共安全支出", "三、公共安全支出"),
    ],
)
def test_points_and_commas_stand_where_the_page_prints_them(text: str, want: str) -> None:
    others = [written(one) for one in ("10.00", "2.35", "1,000.00", "8.10", "77.01")]
    assert punctuated([*others, written(text)])[-1].text == want


def test_the_last_of_several_points_is_the_point() -> None:
    """On a page with too few numbers to tell how many decimals they have."""
    texts = ("2.039.00", "1,234,56", "2.039")
    assert [punctuated([written(text)])[0].text for text in texts] == ["2,039.00", "1,234,56", "2.039"]


@pytest.mark.parametrize(
    ("second", "want"),
    [("10,057.71", "10,057.71"), ("10,057.171", "10,057..71"), ("10,057..71", "10,057..71"), ("", "10,057..71")],
)
def test_a_doubled_point_goes_where_a_second_recogniser_sees_one(second: str, want: str) -> None:
    assert is_doubled("10,057..71")
    assert not is_doubled("10,057.71")
    assert agreed(written("10,057..71"), written(second).signs).text == want


def test_room_behind_a_number_of_a_row_is_its_mark() -> None:
    def counted(text: str, room: float) -> str:
        signs = tuple(Sign(sign, 20.0 * n + (room if n else 0), 1.0) for n, sign in enumerate(text))
        return punctuated([Written(Pixels(0, 0, 20 * len(text), 20), signs)])[0].text

    assert counted("九卫生健康支出", 20) == "九、卫生健康支出"
    assert counted("一般公共预算", 2) == "一般公共预算"


def test_brackets_of_a_page_are_of_one_width() -> None:
    lines = ["学院（杭州交通", "校)", "维修（护)费", "(1,234.00)"]
    assert [line.text for line in punctuated([written(line) for line in lines])] == [
        "学院（杭州交通", "校）", "维修（护）费", "(1,234.00)"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("10838 049.37", "10,838,049.37"),
        ("41,307 80", "41,307.80"),
        ("20 805 05", "2080505"),  # may be a code
        ("4 1307.80", "41307.80"),  # no place for a comma
        ("2010301", "2010301"),
        ("12.00  345", "12.00345"),  # too far: two numbers
    ],
)
def test_room_in_a_number_is_a_comma_that_was_not_seen(text: str, want: str) -> None:
    others = [written(one) for one in ("10.00", "2.35", "1,000.00", "8.10", "77.01")]
    signs = tuple(Sign(sign, 10.0 * n, 1.0) for n, sign in enumerate(text) if sign != " ")
    assert punctuated([*others, Written(Pixels(0, 0, 10 * len(text), 16), signs)])[-1].text == want


def test_a_stroke_before_a_ruling_is_a_dash_and_one_before_type_is_not() -> None:
    stroke, name = Pixels(90, 108, 97, 112), Pixels(110, 100, 200, 120)
    assert _is_flat(stroke, 20.0)
    assert _leads(stroke, name, 20.0, [])
    assert not _leads(stroke, name, 20.0, [Line(False, 103.0, 50, 200, 1.0)])
