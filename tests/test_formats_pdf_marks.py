"""Where words stand on a page, and what its picture does not show."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from pdf_pages import HEIGHT, page
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from pipelines.extraction.personal_data import personal_in
from pipelines.formats.pdf.excerpt import pictures
from pipelines.formats.pdf.marks import marks

LINES = [
    "一、支出决算为２，０９８．７４万元，比上年增加",
    "１００万元。",
    "二、培训费与上年持平。三、会议费与上年持平。",
    "联系人：张三丰　联系电话：13812345678",
]
TOP, STEP = 100.0, 20.0


@pytest.fixture
def path(tmp_path: Path) -> Path:
    def draw(canvas: Canvas) -> None:
        for number, line in enumerate(LINES):
            canvas.drawString(60, HEIGHT - TOP - number * STEP, line)

    file = tmp_path / "a.pdf"
    file.write_bytes(page(draw))
    return file


def lines_of(boxes: list[tuple[float, float, float, float]]) -> list[int]:
    """The line each box stands on."""
    return [round((bottom - TOP) / STEP) for _, _, _, bottom in boxes]


@pytest.mark.parametrize(
    ("words", "lines"),
    [
        ("支出决算为2,098.74万元", [0]),
        ("比上年增加 100 万元", [0, 1]),
        ("与上年持平", [2, 2]),
        ("比上年增加100万元，主要原因在下一页", [0, 1]),
        ("没有这句话", []),
    ],
)
def test_clauses_are_found_whatever_their_widths_and_breaks(path: Path, words: str, lines: list[int]) -> None:
    boxes = marks(path, {1: [words], 9: [words]})[1][words]
    assert lines_of(boxes) == lines
    assert all(60 <= x0 < x1 <= 560 and 0 < bottom - top < STEP for x0, top, x1, bottom in boxes)


def test_names_and_numbers_of_officials_are_painted_over(path: Path) -> None:
    def ink(picture: bytes) -> list[int]:
        """Dark pixels of each line right of its label."""
        image = Image.open(io.BytesIO(picture)).convert("L")
        scale = image.width / 595
        found = []
        for number in range(len(LINES)):
            top = (TOP + (number - 0.6) * STEP) * scale
            line = image.crop((round(96 * scale), round(top), image.width, round(top + STEP * scale)))
            found.append(sum(line.histogram()[:128]))
        return found

    [shown] = pictures(path, [1], lambda _: ())
    [withheld] = pictures(path, [1, 2], personal_in)
    before, after = ink(shown.png), ink(withheld.png)
    assert before[:3] == after[:3]
    assert after[3] < before[3] / 2, "the labels are left"
