"""Tiny documents of pages for tests: lines, and ruled grids written with bars."""

from __future__ import annotations

from pipelines.core.document import Box, Cell, Document, Grid, Line, Place
from pipelines.extraction.tables import Interpretation, interpret

WIDTH = 50
COVER = "某市林业局2024年度部门决算"


def grid(text: str, page: int = 1) -> Grid:
    """A ruled grid of cells parted by ``|``; ``<`` goes on with the cell to the left, ``^`` with the one above."""
    rows = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    cells: dict[tuple[int, int], list[int]] = {}
    owner: dict[tuple[int, int], tuple[int, int]] = {}
    for r, row in enumerate(rows):
        for c, word in enumerate(row):
            key = owner[r, c - 1] if word == "<" else owner[r - 1, c] if word == "^" else (r, c)
            owner[r, c] = key
            span = cells.setdefault(key, [1, 1])
            span[0], span[1] = max(span[0], r - key[0] + 1), max(span[1], c - key[1] + 1)
    place = Place(page, Box(0, 0, WIDTH * len(rows[0]), 20 * len(rows)))
    made = [
        Cell(rows[r][c], r, c, down, over, Place(page, Box(WIDTH * c, 20 * r, WIDTH * (c + over), 20 * (r + down))))
        for (r, c), (down, over) in cells.items()
    ]
    edges = [float(WIDTH * n) for n in range(len(rows[0]) + 1)]
    return Grid(len(rows), len(rows[0]), made, place, edges, "ruled")


def document(*blocks: str, cover: str = COVER) -> Document:
    """A document of one page after another: text with bars is a grid, ``---`` turns the page."""
    page = 1
    made: list[Line | Grid] = [Line(cover, Place(page))]
    for block in blocks:
        if block == "---":
            page += 1
        elif "|" in block:
            made.append(grid(block, page))
        else:
            made += [Line(text, Place(page)) for text in block.splitlines()]
    return Document("pdf", made, pages=page)


def read(*blocks: str, cover: str = COVER) -> Interpretation:
    """Interpret such a document."""
    return interpret(document(*blocks, cover=cover))
