"""Small PDF pages drawn by hand for the tests of the page reader: one table, its rules drawn in any way."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from pathlib import Path

import hostile
import pypdf
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from pipelines.core.document import Document, Grid, Line
from pipelines.formats.pdf.reader import read_pdf

WIDTH, HEIGHT = 595.0, 842.0
FONT, SIZE = "STSong-Light", 9.0
COLUMNS = (60.0, 140.0, 300.0, 400.0, 500.0)
TOP, ROW = 120.0, 20.0
ROWS = [
    ["科目", "名称", "合计", "基本"],
    ["20101", "一般公共服务", "1,122.11", "3.44"],
    ["20102", "教育", "57.70", "0.55"],
    ["20103", "卫生健康", "8.00", "-6.10"],
]
Draw = Callable[[Canvas], None]
Rule = Callable[[Canvas, float, float, float, float], None]
"""Draws a rule from one place to another, in points from the bottom left."""


def stroke(canvas: Canvas, x0: float, y0: float, x1: float, y1: float) -> None:
    canvas.line(x0, y0, x1, y1)


def page(*draw: Draw, size: tuple[float, float] = (WIDTH, HEIGHT)) -> bytes:
    """A page of what some functions draw."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=size)
    for one in draw:
        canvas.setFont(FONT, SIZE)
        one(canvas)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def rules(how: Rule = stroke, rows: int = len(ROWS), columns: Sequence[float] = COLUMNS) -> Draw:
    """The grid of the table, every rule in one piece."""

    def draw(canvas: Canvas) -> None:
        bottom = HEIGHT - TOP - rows * ROW
        for n in range(rows + 1):
            how(canvas, columns[0], HEIGHT - TOP - n * ROW, columns[-1], HEIGHT - TOP - n * ROW)
        for x in columns:
            how(canvas, x, bottom, x, HEIGHT - TOP)

    return draw


def words(rows: Sequence[Sequence[str]] = ROWS, columns: Sequence[float] = COLUMNS, times: float = 0.0) -> Draw:
    """The words of the table; ``times`` strikes them a second time, so many points to the right."""

    def draw(canvas: Canvas) -> None:
        for n, row in enumerate(rows):
            for x, text in zip(columns, row, strict=False):
                y = HEIGHT - TOP - n * ROW - 14
                canvas.drawString(x + 4, y, text)
                if times:
                    canvas.drawString(x + 4 + times, y, text)

    return draw


def read(data: bytes, folder: Path) -> Document:
    path = folder / "a.pdf"
    path.write_bytes(data)
    return read_pdf(path, lambda _: False, 10)


def cells(document: Document) -> list[list[str]]:
    """The texts of the one grid of a document, row by row."""
    (grid,) = (b for b in document.blocks if isinstance(b, Grid))
    return [[c.text for c in grid.row(r)] for r in range(grid.rows)]


def lines(document: Document) -> list[str]:
    return [b.text for b in document.blocks if isinstance(b, Line)]


def changed(data: bytes, change: Callable[[pypdf.PageObject], None]) -> bytes:
    """A PDF with its pages changed by pypdf."""
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(data))
    for one in writer.pages:
        change(one)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def raw_page(content: bytes, entries: bytes = b"", more: Sequence[bytes] = (), catalogue: bytes = b"") -> bytes:
    """A page of drawing instructions; objects 6 and on are ``more``."""
    return hostile.pdf(
        [
            b"<< /Type /Catalog /Pages 2 0 R " + catalogue + b" >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
            b"/Resources << /Font << /F1 5 0 R >> >> " + entries + b" >>",
            hostile.stream(content),
            hostile.FONT,
            *more,
        ]
    )
