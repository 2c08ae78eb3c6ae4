"""Rules are what looks like a rule, however they are drawn."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from pdf_pages import COLUMNS, FONT, HEIGHT, ROW, ROWS, SIZE, TOP, WIDTH, Draw, cells, lines, page, read, rules, words
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas

from pipelines.formats.pdf.geometry import box_around
from pipelines.formats.pdf.model import PageModel, Shape
from pipelines.formats.pdf.rulings import rules_of

THICK = 0.8


def _box(x0: float, y0: float, x1: float, y1: float) -> tuple[float, float, float, float]:
    half = THICK / 2
    return min(x0, x1) - half, min(y0, y1) - half, abs(x1 - x0) + THICK, abs(y1 - y0) + THICK


def rectangle(canvas: Canvas, x0: float, y0: float, x1: float, y1: float) -> None:
    canvas.rect(*_box(x0, y0, x1, y1), stroke=0, fill=1)


def mitred(canvas: Canvas, x0: float, y0: float, x1: float, y1: float) -> None:
    """A filled quadrilateral with its ends cut at 45 degrees."""
    x, y, w, h = _box(x0, y0, x1, y1)
    path = canvas.beginPath()
    path.moveTo(x, y)
    if w > h:
        for point in ((x + w, y), (x + w - h, y + h), (x + h, y + h)):
            path.lineTo(*point)
    else:
        for point in ((x, y + h), (x + w, y + h - w), (x + w, y + w)):
            path.lineTo(*point)
    path.close()
    canvas.drawPath(path, stroke=0, fill=1)


def dashed(canvas: Canvas, x0: float, y0: float, x1: float, y1: float) -> None:
    canvas.setDash(3, 2)
    canvas.line(x0, y0, x1, y1)
    canvas.setDash()


def dash_by_dash(canvas: Canvas, x0: float, y0: float, x1: float, y1: float) -> None:
    length = max(abs(x1 - x0), abs(y1 - y0))
    for n in range(int(length / 7) + 1):
        start, stop = 7 * n / length, min((7 * n + 3) / length, 1)
        canvas.line(
            x0 + (x1 - x0) * start, y0 + (y1 - y0) * start, x0 + (x1 - x0) * stop, y0 + (y1 - y0) * stop
        )  # fmt: skip


def dot_by_dot(canvas: Canvas, x0: float, y0: float, x1: float, y1: float) -> None:
    """Squares, as browsers print a dotted border; where cells meet, several times."""
    length = max(abs(x1 - x0), abs(y1 - y0))
    for n in range(int(length / 1.5) + 1):
        x, y = x0 + (x1 - x0) * 1.5 * n / length, y0 + (y1 - y0) * 1.5 * n / length
        for _ in range(3):
            canvas.rect(x, y, 0.75, 0.75, stroke=0, fill=1)


def double(canvas: Canvas, x0: float, y0: float, x1: float, y1: float) -> None:
    across, down = (1.6, 0.0) if x0 == x1 else (0.0, 1.6)
    canvas.line(x0, y0, x1, y1)
    canvas.line(x0 + across, y0 + down, x1 + across, y1 + down)


def picture(canvas: Canvas, x0: float, y0: float, x1: float, y1: float) -> None:
    x, y, w, h = _box(x0, y0, x1, y1)
    canvas.drawImage(ImageReader(Image.new("RGB", (1, 1), "black")), x, y, w, h)


def in_pieces(canvas: Canvas, x0: float, y0: float, x1: float, y1: float) -> None:
    for n in range(5):
        canvas.line(
            x0 + (x1 - x0) * n / 5, y0 + (y1 - y0) * n / 5, x0 + (x1 - x0) * (n + 1) / 5, y0 + (y1 - y0) * (n + 1) / 5
        )


def broad(canvas: Canvas, x0: float, y0: float, x1: float, y1: float) -> None:
    """A short stroke across, with a pen as broad as the rule is long."""
    x, y, w, h = _box(x0, y0, x1, y1)
    canvas.setLineWidth(max(w, h))
    if w > h:
        canvas.line(x + w / 2, y, x + w / 2, y + h)
    else:
        canvas.line(x, y + h / 2, x + w, y + h / 2)
    canvas.setLineWidth(1)


@pytest.mark.parametrize(
    "how",
    [rectangle, mitred, dashed, dash_by_dash, dot_by_dot, double, picture, in_pieces, broad],
    ids=lambda how: how.__name__,
)
def test_any_rule_parts_cells(how: object, tmp_path: Path) -> None:
    document = read(page(rules(how), words()), tmp_path)  # type: ignore[arg-type]
    assert cells(document) == ROWS
    assert not document.unread


def test_dotted_lines_side_by_side_and_beside_an_upright() -> None:
    """Dots stand on a raster of 0.75 points, some of them twice; none of a level line makes an upright."""
    model = PageModel(600.0, 800.0)
    levels = [(0.75 + 1.5 * n, y) for y in (60.0, 90.0, 120.0, 124.5) for n in range(100)]
    upright = [(99.0, 60.75 + 1.5 * n) for n in range(40)]
    for x, y in [*levels, *upright, *levels[:10], *levels[:10]]:
        corners = ((x, y), (x + 0.75, y), (x + 0.75, y + 0.75), (x, y + 0.75), (x, y))
        model.shapes.append(
            Shape(0, (corners,), (box_around(corners),), False, None, False, (0, 0, 0), True, 0.0, 1.0, False, None)
        )
    found = sorted((r.level, r.at, r.start, r.stop) for r in rules_of(model))
    wanted = [(False, 99.4), (True, 60.4), (True, 90.4), (True, 120.4), (True, 124.9)]
    assert [(level, pytest.approx(at, abs=1.0)) for level, at, *_ in found] == wanted
    assert all(stop - start > 55 for *_, start, stop in found)


def test_a_thin_area_with_a_white_outline_is_a_ruling() -> None:
    corners = ((50.0, 100.0), (150.0, 100.0), (150.0, 101.0), (50.0, 101.0), (50.0, 100.0))
    white, black = (255, 255, 255), (0, 0, 0)
    model = PageModel(600.0, 800.0)
    model.shapes.append(
        Shape(0, (corners,), (box_around(corners),), False, white, True, black, True, 0.1, 1.0, False, None)
    )
    assert [(r.level, r.at, r.start, r.stop) for r in rules_of(model)] == [(True, 100.5, 50.0, 150.0)]


def test_white_rules_part_shaded_cells_and_nothing_on_white(tmp_path: Path) -> None:
    def shade(canvas: Canvas) -> None:
        canvas.setFillGray(0.9)
        canvas.rect(COLUMNS[0], HEIGHT - TOP - len(ROWS) * ROW, COLUMNS[-1] - COLUMNS[0], len(ROWS) * ROW, 0, 1)
        for n in range(4):
            canvas.rect(50, 60 + 40 * n, 60, 20, stroke=0, fill=1)
        canvas.setFillGray(1)

    def white(canvas: Canvas, x0: float, y0: float, x1: float, y1: float) -> None:
        canvas.setFillGray(1)
        rectangle(canvas, x0, y0, x1, y1)
        canvas.setFillGray(0)

    assert cells(read(page(shade, rules(white), words()), tmp_path)) == ROWS
    assert not any(b.place for b in read(page(rules(white)), tmp_path).blocks)


def test_boxes_drawn_as_rings_part_cells(tmp_path: Path) -> None:
    def rings(canvas: Canvas) -> None:
        for n in range(len(ROWS)):
            for x0, x1 in pairwise(COLUMNS):
                y0 = HEIGHT - TOP - (n + 1) * ROW
                path = canvas.beginPath()
                path.rect(x0, y0, x1 - x0, ROW)
                path.rect(x0 + 0.7, y0 + 0.7, x1 - x0 - 1.4, ROW - 1.4)
                canvas.drawPath(path, stroke=0, fill=1, fillMode=0)

    assert cells(read(page(rings, words()), tmp_path)) == ROWS


def outlined(canvas: Canvas) -> None:
    """Bold as some producers make it: characters, and strokes around each of them."""
    canvas.setLineWidth(0.2)
    for n, row in enumerate(ROWS):
        for left, text in zip(COLUMNS, row, strict=False):
            x, y = left + 4, HEIGHT - TOP - n * ROW - 14
            for char in text:
                wide = pdfmetrics.stringWidth(char, FONT, SIZE)
                path = canvas.beginPath()
                path.rect(x + 0.1 * wide, y - 0.5, 0.8 * wide, 0.7 * SIZE)  # as straight as a digit of a display
                path.rect(x + 0.2 * wide, y + 0.3 * SIZE, 0.6 * wide, 0.1)
                path.moveTo(x, y)
                path.curveTo(x, y + 0.5 * SIZE, x + wide, y + 0.5 * SIZE, x + wide, y)
                path.close()
                canvas.drawPath(path, stroke=1, fill=0)
                x += wide


def quarter_turned(draw: Draw) -> Draw:
    def turned(canvas: Canvas) -> None:
        canvas.translate(HEIGHT, 0)
        canvas.rotate(90)
        canvas.setFont(FONT, SIZE)
        draw(canvas)

    return turned


def test_outlines_of_characters_part_and_strike_out_nothing(tmp_path: Path) -> None:
    def everything(canvas: Canvas) -> None:
        rules()(canvas)
        words()(canvas)
        outlined(canvas)

    upright = read(page(everything), tmp_path)
    lying = read(page(quarter_turned(everything), size=(HEIGHT, WIDTH)), tmp_path)
    for document in (upright, lying):
        assert cells(document) == ROWS
        assert not document.unread


def test_the_frame_of_a_page_is_no_table(tmp_path: Path) -> None:
    def frame(canvas: Canvas) -> None:
        canvas.rect(20, 20, WIDTH - 40, HEIGHT - 40)

    def title(canvas: Canvas) -> None:
        canvas.drawString(200, HEIGHT - 80, "支出预算表")

    document = read(page(frame, title, rules(), words()), tmp_path)
    assert cells(document) == ROWS
    assert lines(document) == ["支出预算表"]


def white(canvas: Canvas) -> None:
    canvas.setStrokeGray(1)
    canvas.line(60, HEIGHT - TOP - 10, 500, HEIGHT - TOP - 10)
    canvas.line(180, HEIGHT - TOP, 180, HEIGHT - TOP - 80)
    canvas.setStrokeGray(0)


def clipped(canvas: Canvas) -> None:
    canvas.saveState()
    path = canvas.beginPath()
    path.rect(0, 0, 50, 50)
    canvas.clipPath(path, stroke=0)
    canvas.line(180, HEIGHT - TOP, 180, HEIGHT - TOP - 80)
    canvas.restoreState()


@pytest.mark.parametrize("unseen", [white, clipped])
def test_rules_nobody_sees_part_nothing(unseen: Draw, tmp_path: Path) -> None:
    assert cells(read(page(rules(), unseen, words()), tmp_path)) == ROWS
