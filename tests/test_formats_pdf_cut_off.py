"""A number of which a part is cut off is told, and what is left of it is not taken for the number."""

from __future__ import annotations

from pathlib import Path

import pytest
from pdf_pages import COLUMNS, HEIGHT, ROW, ROWS, TOP, WIDTH, cells, page, read, rules, words
from reportlab.pdfgen.canvas import Canvas

from pipelines.core.numbers import read_number
from pipelines.formats.pdf.cut_off import CUT_SIGN

TEXT = "45,559.19"
LEFT = COLUMNS[2]
CUTS: dict[str, tuple[float, tuple[float, float, float, float]]] = {
    "by the edge of the page": (WIDTH - 22, (0, 0, WIDTH * 2, HEIGHT)),
    "at its end": (LEFT + 4, (LEFT, 0, 20, HEIGHT)),
    "at its beginning": (LEFT - 14, (LEFT, 0, 100, HEIGHT)),
}
"""Where the number begins, and what it is painted in: left, bottom, width, height."""


def found_with(x: float, inside: tuple[float, float, float, float], text: str, folder: Path) -> str:
    """The text of the cell of a number."""

    def number(canvas: Canvas) -> None:
        path = canvas.beginPath()
        path.rect(*inside)
        canvas.clipPath(path, stroke=0)
        canvas.drawString(x, HEIGHT - TOP - ROW - 14, text)

    columns = (*COLUMNS[:-1], WIDTH)
    table = [[*row[:2], "", ""] for row in ROWS]
    found = cells(read(page(rules(columns=columns), words(table, columns), number), folder))
    return "".join(found[1][2:])


@pytest.mark.parametrize("how", CUTS)
def test_what_is_left_of_a_number_is_not_taken_for_it(how: str, tmp_path: Path) -> None:
    text = found_with(*CUTS[how], TEXT, tmp_path)
    assert CUT_SIGN in text and TEXT not in text
    number = read_number(text)
    assert number is None or number.value is None


def test_a_number_that_fits_is_whole(tmp_path: Path) -> None:
    assert found_with(LEFT + 4, (LEFT, 0, 60, HEIGHT), TEXT, tmp_path) == TEXT


def test_text_of_which_a_part_is_cut_off_stays_as_it_is_seen(tmp_path: Path) -> None:
    assert found_with(LEFT + 4, (LEFT, 0, 30, HEIGHT), "教育支出", tmp_path) == "教育支"


@pytest.mark.parametrize(("height", "whole"), [(ROW * 1.4, False), (HEIGHT / 2, True)])
def test_only_in_a_cell_may_the_rest_of_a_number_stand_below(height: float, whole: bool, tmp_path: Path) -> None:
    bottom = HEIGHT - TOP - 2 * ROW + 2

    def numbers(canvas: Canvas) -> None:
        path = canvas.beginPath()
        path.rect(LEFT, bottom, 100, height)
        canvas.clipPath(path, stroke=0)
        canvas.drawString(LEFT + 4, bottom + 4, "45,559")
        canvas.drawString(LEFT + 4, bottom - 10, "19")

    table = [[*row[:2], "", ""] for row in ROWS]
    found = cells(read(page(rules(), words(table), numbers), tmp_path))
    assert ("".join(found[1][2:]) == "45,559") is whole
