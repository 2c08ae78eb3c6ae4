"""Nothing that leaves the looks of a page alone, or only turns, crops or scales it, changes a cell that is read."""

from __future__ import annotations

import io
import tempfile
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pypdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pdf_pages import COLUMNS, HEIGHT, ROW, TOP, Draw, cells, changed, page, read, rules, words
from pypdf.generic import FloatObject, NameObject, RectangleObject
from reportlab.pdfgen.canvas import Canvas
from test_formats_pdf_rules import dashed, double, in_pieces, mitred, picture, rectangle

from pipelines.extraction.report import read_report
from pipelines.formats.pdf.reader import read_pdf
from tests.corpus.generate import make_report

several = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
few = settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))

amount = st.decimals(-99_999, 9_999_999, places=2).map(lambda d: f"{d:,}")
name = st.sampled_from(["一般公共服务支出", "教育", "社会保障和就业", "卫生健康支出"])
row = st.tuples(st.sampled_from(["201", "20101", "2010101", "30112"]), name, amount, amount).map(list)
table = st.lists(row, min_size=3, max_size=12)
painted = st.sampled_from([rectangle, mitred, dashed, double, in_pieces, picture])


def read_bytes(data: bytes) -> list[list[str]]:
    with tempfile.TemporaryDirectory() as folder:
        return cells(read(data, Path(folder)))


def veil(hidden: str) -> Draw:
    """Words that nobody sees: covered, white, off the page, invisible, clipped away; drawn before the table."""

    def draw(canvas: Canvas) -> None:
        x, y = COLUMNS[0] + 6, HEIGHT - TOP - 30
        canvas.saveState()
        canvas.drawString(x, y, hidden)
        canvas.setFillGray(1)
        canvas.rect(COLUMNS[0], HEIGHT - TOP - 400, COLUMNS[-1] - COLUMNS[0], 400, stroke=0, fill=1)
        canvas.drawString(x + 50, y, hidden)
        canvas.setFillGray(0)
        canvas.drawString(x, HEIGHT + 40, hidden)
        text = canvas.beginText(x, y - ROW)
        text.setTextRenderMode(3)
        text.textOut(hidden)
        canvas.drawText(text)
        path = canvas.beginPath()
        path.rect(0, 0, 20, 20)
        canvas.clipPath(path, stroke=0)
        canvas.drawString(x, y, hidden)
        canvas.restoreState()

    return draw


@several
@given(table, painted)
def test_any_kind_of_rule_gives_the_same_cells(rows: list[list[str]], how: Any) -> None:
    assert read_bytes(page(rules(how, len(rows)), words(rows))) == rows


@several
@given(table, st.floats(0.1, 0.4), amount)
def test_bold_and_hidden_text_change_no_cell(rows: list[list[str]], by: float, hidden: str) -> None:
    assert read_bytes(page(veil(hidden), rules(rows=len(rows)), words(rows, times=by))) == rows


@several
@given(table, st.floats(3.6, 6.5))
def test_lines_cut_off_by_a_fixed_height_stay_in_their_cell(rows: list[list[str]], below: float) -> None:
    def names(canvas: Canvas) -> None:
        for n, (_, called, *_) in enumerate(rows):
            bottom = HEIGHT - TOP - (n + 1) * ROW
            canvas.saveState()
            cell = canvas.beginPath()
            cell.rect(COLUMNS[1], bottom, COLUMNS[2] - COLUMNS[1], ROW)
            canvas.clipPath(cell, stroke=0)
            canvas.drawString(COLUMNS[1] + 4, bottom + 9, called[:2])
            canvas.drawString(COLUMNS[1] + 4, bottom - below, called[2:])
            canvas.restoreState()

    found = read_bytes(page(rules(rows=len(rows)), words([[code, "", *rest] for code, _, *rest in rows]), names))
    assert [[code, "".join(name.split()), *rest] for code, name, *rest in found] == rows


@several
@given(table, st.floats(20, 70), st.floats(8, 80), st.floats(0.5, 0.9))
def test_slanted_watermarks_change_no_cell(rows: list[list[str]], angle: float, size: float, grey: float) -> None:
    def mark(canvas: Canvas) -> None:
        canvas.saveState()
        canvas.setFillGray(grey)
        canvas.setFont("Helvetica", size)
        for n in range(12):
            canvas.saveState()
            canvas.translate(40 + 150 * (n % 4), HEIGHT - TOP - 90 * (n // 4) - 40)
            canvas.rotate(angle)
            canvas.drawString(0, 0, "2026 1,234.56")
            canvas.restoreState()
        canvas.restoreState()

    assert read_bytes(page(rules(rows=len(rows)), words(rows), mark)) == rows


class Move(NamedTuple):
    """How a page is changed: turned by its flag or its content, cropped at the left and below, scaled, its unit."""

    quarters: int
    content: bool
    left: float
    low: float
    scale: float
    unit: float


def moved(one: pypdf.PageObject, move: Move) -> None:
    """Scale a page, crop it, turn it (by its flag or its content), and give its points another size."""
    one.scale_by(move.scale)
    if move.quarters:
        one.rotate(90 * move.quarters)
        if move.content:
            one.transfer_rotation_to_content()
    left, low = move.left * move.scale, move.low * move.scale
    x0, y0, x1, y1 = (float(v) for v in one.mediabox)
    one[NameObject("/CropBox")] = RectangleObject((x0 + left, y0 + low, x1 - low, y1 - left))
    if move.unit != 1:
        one[NameObject("/UserUnit")] = FloatObject(move.unit)


def moves(margin: float, least: float, most: float) -> st.SearchStrategy[Move]:
    margins = st.floats(0, margin)
    return st.builds(
        Move,
        quarters=st.integers(0, 3),
        content=st.booleans(),
        left=margins,
        low=margins,
        scale=st.floats(least, most),
        unit=st.sampled_from([1, 0.5, 4.0, 10.0]),
    )


@several
@given(table, moves(50, 0.15, 4))
def test_turned_cropped_and_scaled_pages_give_the_same_cells(rows: list[list[str]], move: Move) -> None:
    data = page(rules(rows=len(rows)), words(rows))
    assert read_bytes(changed(data, lambda one: moved(one, move))) == rows


@cache
def report() -> bytes:
    return make_report(3, "baseline").data


def published(data: bytes) -> list[tuple[object, ...]]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.pdf"
        path.write_bytes(data)
        found = read_report(path, "key", "hash", "pdf")
        assert found.report["status"][0] == "loaded", found.report["reason"][0]
        return sorted(found.cells.select("form", "side", "row_no", "subject_name", "measure", "amount").rows(), key=str)


@few
@given(moves(12, 0.2, 3))
def test_a_whole_report_turned_cropped_and_scaled_publishes_the_same(move: Move) -> None:
    assert published(changed(report(), lambda one: moved(one, move))) == published(report())


@pytest.mark.parametrize("over", [True, False])
def test_a_watermark_on_every_page_of_a_report_publishes_the_same(over: bool) -> None:
    def mark(canvas: Canvas) -> None:
        canvas.setFillGray(0.8)
        canvas.setFont("Helvetica", 20)
        for n in range(20):
            canvas.saveState()
            canvas.translate(40 + 140 * (n % 4), 80 + 150 * (n // 4))
            canvas.rotate(30)
            canvas.drawString(0, 0, "2025 10.00 3")
            canvas.restoreState()

    def stamp(one: pypdf.PageObject) -> None:
        size = float(one.mediabox.width), float(one.mediabox.height)
        one.merge_page(pypdf.PdfReader(io.BytesIO(page(mark, size=size))).pages[0], over=over)

    assert published(changed(report(), stamp)) == published(report())


def test_every_number_of_a_generated_report_is_in_a_block(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(report())
    document = read_pdf(path, lambda _: False, 100)
    assert not document.unread
