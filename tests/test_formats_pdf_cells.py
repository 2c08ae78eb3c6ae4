"""Cells of ruled tables and words of unruled ones: whole runs, pieces of numbers and codes, merged amounts."""

from __future__ import annotations

import pytest

from pipelines.formats.pdf.cells import are_pieces, cell_texts, contents_of, is_amount, runs_of
from pipelines.formats.pdf.glyphs import Glyph
from pipelines.formats.pdf.ruled import nearness, ruled_grid
from pipelines.formats.pdf.words import Word, joined_codes, joined_numbers, word_of

SIZE = 10.0
CELLS = [(0.0, 0.0, 50.0, 20.0), (50.0, 0.0, 100.0, 20.0), (100.0, 0.0, 150.0, 20.0)]


def set_at(text: str, x0: float, middle: float = 10.0, size: float = SIZE) -> list[Glyph]:
    """Glyphs of a line; letters are as wide as the type size, all else half of it."""
    glyphs = []
    for letter in text:
        width = size if ord(letter) > 0x2000 else size / 2
        glyphs.append(Glyph(letter, x0, middle - size / 2, x0 + width, middle + size / 2, size, middle))
        x0 += width
    return glyphs


def set_to(text: str, x1: float, middle: float = 10.0, size: float = SIZE) -> list[Glyph]:
    """Glyphs of a line that ends at ``x1``."""
    glyphs = set_at(text, 0.0, middle, size)
    shift = x1 - glyphs[-1].x1
    return [g._replace(x0=g.x0 + shift, x1=g.x1 + shift) for g in glyphs]


def texts(glyphs: list[Glyph]) -> list[str]:
    return ["".join(g.text for g in cell) for cell in contents_of(CELLS, glyphs)]


@pytest.mark.parametrize(
    ("glyphs", "held"),
    [
        (set_to("12345678.90", 98.0), ["", "12345678.90", ""]),  # set to the right of the second cell
        (set_at("12345678.90", 52.0), ["", "12345678.90", ""]),  # set to its left
        (set_at("12345678901.23", 40.0), ["", "12345678901.23", ""]),  # centred in it
        (set_at("行政运行", 2.0) + set_to("12345678.90", 98.0), ["行政运行", "12345678.90", ""]),
        (set_at("其他一般公共服务", 2.0), ["其他一般公共服务", "", ""]),  # a name runs over the blank cell beside it
        (set_at("2010101", 12.0) + set_at("行政运行", 51.0), ["2010101", "行政运行", ""]),
    ],
)
def test_no_ruling_cuts_a_run(glyphs: list[Glyph], held: list[str]) -> None:
    assert texts(glyphs) == held


def test_two_numbers_that_touch_are_not_one() -> None:
    assert texts(set_to("1,234.56", 50.0) + set_at("7,890.12", 50.0)) == ["1,234.56", "7,890.12", ""]


def test_runs_end_where_a_number_begins() -> None:
    assert ["".join(g.text for g in run) for run in runs_of(set_at("201行政运行12.30", 0.0))] == [
        "201",
        "行政运行",
        "12.30",
    ]


@pytest.mark.parametrize(
    ("above", "below", "full", "one"),
    [
        ("576,171.1", "1", True, True),
        ("576,171.1", "1", False, False),  # there was room for the digit
        ("576,", "171.11", False, True),  # no number ends so
        ("1,234", ".56", False, True),
        ("2010", "101", True, True),
        ("12.30", "45.60", True, False),
        ("1,234", "5,678", True, False),
        ("１２，３４５．", "６７", True, True),
    ],
)
def test_pieces_of_one_number_are_told_from_two_numbers(above: str, below: str, full: bool, one: bool) -> None:
    assert are_pieces(above, below, full=full) is one


def test_a_number_broken_in_its_cell_is_one() -> None:
    glyphs = set_to("576,171.1", 48.0, 5.0) + set_to("1", 48.0, 16.0)
    assert cell_texts([glyphs], [50.0]) == ["576,171.11"]
    assert cell_texts([glyphs], [120.0]) == ["576,171.11"]  # money has two places behind the point
    one_place = [set_to("12.5", 48.0, n) for n in (40.0, 60.0, 80.0)]
    assert cell_texts([glyphs, *one_place], [120.0] * 4)[0] == "576,171.1\n1"


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        (("7,21", "5,58", "6.08"), "7,215,586.08"),
        (("26", "89", "36", "2.", "35"), "2689362.35"),
        (("-", "629,74", "2.28"), "-629,742.28"),
        (("1,", "952.", "70"), "1,952.70"),
        (("1.10", "2.20", "3.30"), "1.10\n2.20\n3.30"),
    ],
)
def test_a_narrow_cell_may_break_a_number_into_many_lines(lines: tuple[str, ...], text: str) -> None:
    content = [g for n, line in enumerate(lines) for g in set_at(line, 5.4, 10 + 12.0 * n)]
    width = 10.8 + max(5.0 * len(line) for line in lines)  # the padding of a word processor, and the longest line
    assert cell_texts([content], [width]) == [text]


def test_an_amount_merged_over_rows_counts_once() -> None:
    rects = [(0.0, 0.0, 50.0, 20.0), (0.0, 20.0, 50.0, 40.0), (50.0, 0.0, 100.0, 40.0)]
    glyphs = set_at("甲", 5.0) + set_at("乙", 5.0, 30.0) + set_to("14.64", 98.0, 20.0)
    grid = ruled_grid(rects, glyphs, 1)
    assert [(c.text, c.row, c.row_span) for c in grid.cells if c.col == 1] == [("14.64", 0, 1)]


def test_a_name_merged_over_rows_stays_merged() -> None:
    rects = [(0.0, 0.0, 50.0, 40.0), (50.0, 0.0, 100.0, 20.0), (50.0, 20.0, 100.0, 40.0)]
    grid = ruled_grid(rects, set_at("合计", 5.0, 20.0) + set_to("1.00", 98.0), 1)
    assert next(c.row_span for c in grid.cells if c.col == 0) == 2


@pytest.mark.parametrize(("text", "amount"), [("14.64", True), ("1,234", True), ("2080501", False), ("合计", False)])
def test_only_amounts_count_once(text: str, amount: bool) -> None:
    assert is_amount(text) is amount


@pytest.mark.parametrize(("size", "near"), [(9.0, 3.0), (6.0, 3.0), (1.0, 0.6), (24.0, 6.0)])
def test_what_is_near_shrinks_and_grows_with_the_page(size: float, near: float) -> None:
    assert nearness(set_at("合计", 0.0, size=size)) == pytest.approx(near)


def words(*lines: tuple[str, ...]) -> list[list[Word]]:
    """Lines of words, 12 points apart, set to the right of columns that are 100 points wide."""
    return [
        [word_of(set_to(text, 100.0 * col + 90, 12.0 * row)) for col, text in enumerate(line) if text]
        for row, line in enumerate(lines)
    ]


def joined(*lines: tuple[str, ...]) -> list[list[str]]:
    return [[w.text for w in line] for line in joined_numbers(words(*lines), [])]


def test_wrapped_numbers_of_an_unruled_table_come_together() -> None:
    assert joined(("甲", "12.30"), ("", "1,234,5"), ("乙", "67.80"), ("", ""), ("丙", "5.10")) == [
        ["甲", "12.30"],
        ["1,234,567.80"],
        ["乙"],
        ["丙", "5.10"],
    ]


def test_whole_numbers_one_above_the_other_stay_two() -> None:
    assert joined(("甲", "1,234"), ("乙", "567"), ("丙", "12.30"), ("丁", "5")) == [
        ["甲", "1,234"],
        ["乙", "567"],
        ["丙", "12.30"],
        ["丁", "5"],
    ]


def test_a_ruling_parts_a_number_from_the_next() -> None:
    lines = words(("1,234,",), ("567.00",))
    assert [[w.text for w in line] for line in joined_numbers(lines, [6.0])] == [["1,234,"], ["567.00"]]
    assert [[w.text for w in line] for line in joined_numbers(lines, [])] == [["1,234,567.00"]]


def test_wrapped_codes_of_an_unruled_table_come_together() -> None:
    lines = [[word_of(set_at(text, 0.0, 12.0 * row))] for row, text in enumerate(("20106", "20106", "50", "208"))]
    assert [line[0].text for line in joined_codes(lines, [])] == ["20106", "2010650", "208"]
