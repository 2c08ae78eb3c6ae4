"""Text, cells and rulings drawn on a page, with every way a producer draws, turns and hides them."""

from __future__ import annotations

from functools import lru_cache
from random import Random

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas

from tests.corpus.layout import Layout
from tests.corpus.model import Cell

SONG = "STSong-Light"
FULL_WIDTH = {ord(ch): ord(ch) + 0xFEE0 for ch in "0123456789.,-"}

Edge = tuple[float, float, float, float]


@lru_cache(maxsize=100_000)
def text_width(text: str, font: str, size: float) -> float:
    """Return the width of a text in points."""
    return pdfmetrics.stringWidth(text, font, size)


@lru_cache(maxsize=100_000)
def wrap(text: str, width: float, size: float) -> tuple[str, ...]:
    """Break a text into lines that fit a width; a newline always breaks."""
    lines = []
    for part in text.split("\n"):
        line, used = "", 0.0
        for ch in part:
            step = size if ord(ch) > 0x2000 else size * 0.5
            if line and used + step > width:
                lines.append(line)
                line, used = "", 0.0
            line += ch
            used += step
        lines.append(line)
    return tuple(lines)


class Drawing:
    """What is drawn on the open page of a document."""

    layout: Layout
    rng: Random
    canvas: Canvas
    height: float

    def draw(self, x: float, y: float, text: str, size: float, font: str = SONG) -> None:
        """Draw a text with its baseline at ``y``."""
        self.canvas.setFont(font, size)
        self.canvas.drawString(round(x, 2), round(self.height - y, 2), text)

    def hidden(self, x: float, y: float, text: str, size: float) -> None:
        """Draw text nobody sees: without ink, or white."""
        if self.layout.invisible:
            self.canvas.setFont(SONG, size)
            self.canvas.drawString(x, self.height - y, text, mode=3)
        if self.layout.white:
            self.canvas.setFillGray(1)
            self.draw(x + 2, y, text, size)
            self.canvas.setFillGray(0)

    def turned(self, cell: Cell, box: Edge, size: float) -> None:
        """Draw a heading that runs upwards or downwards."""
        x0, y0, x1, y1 = box
        sign = 1 if self.layout.turned_heads == "up" else -1
        length = text_width(cell.text, SONG, size)
        self.canvas.saveState()
        self.canvas.translate((x0 + x1) / 2 + sign * size * 0.35, self.height - (y0 + y1) / 2 - sign * length / 2)
        self.canvas.rotate(90 * sign)
        self.canvas.setFont(SONG, size)
        self.canvas.drawString(0, 0, cell.text)
        self.canvas.restoreState()

    def cell(self, cell: Cell, lines: tuple[str, ...], box: Edge, size: float, *, overflows: bool = False) -> None:
        """Draw a cell's text in its box and note the page of its fact."""
        x0, y0, x1, y1 = box
        if cell.fact and lines:
            cell.page = self.pages
        if overflows and lines:
            size *= 1.3 * (x1 - x0) / max(1.0, text_width(lines[0], self.layout.latin, size))
        lead = size * 1.25
        y = (y0 + y1) / 2 - len(lines) * lead / 2 + size * 0.95
        font = self.layout.latin if all(" " <= ch <= "~" for line in lines for ch in line) else SONG
        if cell.align == "right" and self.layout.baseline_shift:
            reach = min(self.layout.baseline_shift, max(0.0, (y1 - y0 - size) / 2))
            y += self.rng.choice((-1, 1, 0)) * reach
        if cell.align == "right" and not any(lines) and self.rng.random() < 0.3:
            self.hidden(x0 + 4, y, f"{self.rng.randint(100, 99999) / 100:,.2f}", size)
        loose = 0.0
        for line in lines:
            if cell.align == "justify":
                step = min((x1 - x0 - 8) / len(line), size * 2)
                x = (x0 + x1 - step * (len(line) - 1) - size) / 2
                for place, ch in enumerate(line):
                    self.draw(x + step * place, y, ch, size)
            elif line:
                width = text_width(line, font, size)
                x = x0 + 2
                if cell.align == "center":
                    x = (x0 + x1 - width) / 2
                elif cell.align == "right":
                    spare = x1 - x0 - width - 4
                    if self.layout.ragged and spare > 0 and line is lines[0]:  # the lines of a cell keep together
                        loose = self.rng.uniform(0, min(12, spare))
                    x = x1 - width - 2 - loose
                self.draw(x, y, line, size, font)
            y += lead

    def rules(self, boxes: list[Edge], heads: list[Edge], lost_top: bool) -> None:
        """Draw the rules of a part of a table in the layout's manner."""
        style = self.layout.rule
        if style == "none" or not boxes:
            return
        top, bottom = min(box[1] for box in boxes), max(box[3] for box in boxes)
        left, right = min(box[0] for box in boxes), max(box[2] for box in boxes)
        edges: set[Edge] = set()
        drawn = {"grid": boxes, "shattered": boxes, "rows": boxes, "outer": heads, "three_line": []}[style]
        for x0, y0, x1, y1 in drawn:
            edges |= {(x0, y0, x1, y0), (x0, y1, x1, y1)}
            if style != "rows":
                edges |= {(x0, y0, x0, y1), (x1, y0, x1, y1)}
        if style == "three_line":
            edges |= {(left, top, right, top), (left, bottom, right, bottom)}
            if heads:
                below = max(box[3] for box in heads)
                edges.add((left, below, right, below))
        if style == "outer":
            edges |= {(left, top, right, top), (left, bottom, right, bottom)}
            edges |= {(left, top, left, bottom), (right, top, right, bottom)}
        if lost_top:
            edges = {edge for edge in edges if not edge[1] == edge[3] == top}
        if style == "shattered":
            self.shattered(boxes, heads, edges)
            return
        self.canvas.setLineWidth(0.5)
        self.canvas.lines([(x0, self.height - y0, x1, self.height - y1) for x0, y0, x1, y1 in sorted(edges)])

    def shattered(self, boxes: list[Edge], heads: list[Edge], edges: set[Edge]) -> None:
        """Draw fills behind the text and every piece of a border as a thin filled rectangle."""
        path = self.canvas.beginPath()
        for x0, y0, x1, y1 in boxes:
            path.rect(x0 + 0.5, self.height - y1 + 0.5, x1 - x0 - 1, y1 - y0 - 1)
        self.canvas.setFillGray(1)
        self.canvas.drawPath(path, stroke=0, fill=1)
        self.canvas.setFillGray(0.9)
        for x0, y0, x1, y1 in heads[::2]:
            self.canvas.rect(x0 + 2, self.height - y1 + 2, x1 - x0 - 4, y1 - y0 - 4, stroke=0, fill=1)
        self.canvas.setFillGray(0)
        path = self.canvas.beginPath()
        for x0, y0, x1, y1 in sorted(edges):
            path.rect(x0 - 0.24, self.height - y1 - 0.24, x1 - x0 + 0.48, y1 - y0 + 0.48)
        self.canvas.drawPath(path, stroke=0, fill=1)
