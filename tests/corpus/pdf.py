"""Typesetting of a document as a PDF, with every way a producer draws, breaks, turns and hides a table.

Coordinates are points from the top left corner of the displayed page; ``Page`` turns them into PDF space.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from itertools import pairwise
from random import Random

from pypdf import PdfReader, PdfWriter, Transformation
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from tests.corpus.drawing import FULL_WIDTH, SONG, Drawing, Edge, text_width, wrap
from tests.corpus.layout import Layout
from tests.corpus.model import Cell, Document, PageBreak, Table, Text

PAPERS = {"A4": (595, 842), "A3": (842, 1191), "letter": (612, 792)}
MARGIN = 40.0
STYLES = {"cover": (20, 34), "title": (15, 26), "heading": (12, 24), "body": (10.5, 18), "right": (9, 14)}


@dataclass
class Placed:
    """A cell in the grid of its table with its text broken into lines."""

    cell: Cell
    row: int
    col: int
    lines: tuple[str, ...]

    @property
    def last_row(self) -> int:
        """The last row the cell covers."""
        return self.row + self.cell.rows - 1


@dataclass
class Strip:
    """A row as it stands on one page: whole, or the first or second part of a row split by the page break."""

    row: int
    height: float
    part: int = 0


@dataclass
class Grid:
    """The cells of a table in place, the columns' edges and the type size."""

    placed: list[Placed]
    xs: list[float]
    size: float


class Typesetter(Drawing):
    """Sets one document; every choice comes from the layout and a seeded source."""

    def __init__(self, layout: Layout, rng: Random, mark: str) -> None:
        if SONG not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(UnicodeCIDFont(SONG))
        self.layout, self.rng, self.mark = layout, rng, mark
        self.buffer = BytesIO()
        self.canvas = Canvas(self.buffer, invariant=1, pageCompression=1)
        self.pages = 0
        self.width = self.height = self.y = 0.0
        self.landscape: bool | None = None
        self.grids_left = 2 if layout.empty_grid else 0

    def render(self, document: Document) -> bytes:
        """Return the document as PDF; the pages of its facts are set on the way."""
        self.canvas.setTitle(document.title)
        self.canvas.setCreator("tests.corpus")
        fresh = True
        for block in document.blocks:
            if isinstance(block, PageBreak):
                fresh = True
                continue
            turned = self.layout.landscape == "all" or (
                self.layout.landscape == "wide" and isinstance(block, Table) and block.landscape
            )
            if fresh or turned != self.landscape:
                self.new_page(turned)
            fresh = False
            if isinstance(block, Text):
                self.paragraph(block)
            else:
                self.table(block)
                fresh = not self.layout.share_page
        self.end_page()
        self.canvas.save()
        if self.layout.two_up == "none":
            return self.buffer.getvalue()
        return two_up(self.buffer.getvalue(), document, 1 if self.layout.two_up == "cover_alone" else 0)

    # Pages

    def new_page(self, landscape: bool | None = None) -> None:
        """End the page and begin the next one."""
        self.end_page()
        if landscape is not None:
            self.landscape = landscape
        short, long = PAPERS[self.layout.paper]
        self.width, self.height = (long, short) if self.landscape else (short, long)
        width, height = self.width, self.height
        rotate = self.layout.rotate
        self.canvas.setPageSize((width, height))  # as displayed: reportlab turns the box of a turned page
        self.canvas.setPageRotation(rotate)
        matrix = {90: (0, 1, -1, 0, height, 0), 180: (-1, 0, 0, -1, width, height), 270: (0, -1, 1, 0, 0, width)}
        if rotate:
            self.canvas.transform(*matrix[rotate])
        self.pages += 1
        self.y = MARGIN + 10

    def end_page(self) -> None:
        """Draw what stands on every page, and what must not be read."""
        if self.landscape is None:
            return
        if self.mark:
            self.draw(MARGIN, self.height - 22, self.mark, 8)
        self.draw(self.width / 2 - 6, self.height - 22, f"- {self.pages} -", 8)
        if self.layout.outside:
            for place in range(6):
                self.draw(MARGIN, self.height + 60 + 14 * place, "201 一般公共服务支出", 9)
                self.draw(MARGIN + 300, self.height + 60 + 14 * place, "8,888.88", 9)
            self.draw(self.width + 30, 200, "7,777.77", 9)
            self.canvas.lines([(MARGIN, -50.0 - 14 * place, self.width, -50.0 - 14 * place) for place in range(7)])
        self.canvas.showPage()

    # Text

    def paragraph(self, block: Text) -> None:
        """Set a paragraph and break pages as needed."""
        size, lead = STYLES[block.style]
        if block.style == "cover" and self.y < self.height / 3:
            self.y = self.height / 3
        lines = wrap(block.text, self.width - 2 * MARGIN, size)
        for line in lines:
            if self.y + lead > self.height - MARGIN - 10:
                self.new_page()
            self.y += lead
            width = text_width(line, SONG, size)
            x = MARGIN
            if block.style in ("cover", "title"):
                x = (self.width - width) / 2
            elif block.style == "right":
                x = self.width - MARGIN - width
            self.draw(x, self.y - lead * 0.3, line, size)

    # Tables

    def table(self, table: Table) -> None:
        """Set a table: title, unit line, grid over as many pages as needed, notes."""
        if self.y > self.height - 170:
            self.new_page()
        if self.y > MARGIN + 10:
            self.y += 14
        if table.label:
            self.draw(MARGIN, self.y + 9, table.label, 9)
            self.y += 12
        self.paragraph(Text(table.title, "title"))
        if table.unit_line:
            self.y += 14
            width = text_width(table.unit_line, SONG, 9)
            self.draw(self.width - MARGIN - width, self.y - 4, table.unit_line, 9)
            if table.department:
                self.draw(MARGIN, self.y - 4, table.department, 9)
        self.y += 2
        self.grid(table)
        for note in table.notes:
            self.paragraph(Text(note, "right" if len(note) < 30 else "body"))

    def grid(self, table: Table) -> None:
        """Set the rows of a table over pages."""
        placed, columns, size = self.place(table)
        heights = self.heights(table, placed, size)
        xs = [MARGIN]
        scale = (self.width - 2 * MARGIN) / sum(columns)
        for width in columns:
            xs.append(xs[-1] + width * scale)
        grid = Grid(placed, xs, size)
        parts = self.parts(table, grid)
        pages = self.paginate(table, grid, heights)
        if self.layout.right_columns == "after_all":
            order = [(strips, part, page) for part in parts for page, strips in enumerate(pages)]
        else:
            order = [(strips, part, page) for page, strips in enumerate(pages) for part in parts]
        for place, (strips, part, page) in enumerate(order):
            if place:
                self.new_page()
            self.strips(table, part, strips, page > 0)
        if self.grids_left:
            self.grids_left -= 1
            self.new_page()
            bottom = self.y + 16
            self.rules([(x0, self.y, x1, bottom) for x0, x1 in pairwise(xs)], [], False)
            self.y = bottom

    def paginate(self, table: Table, grid: Grid, heights: list[float]) -> list[list[Strip]]:
        """Share out the rows of a table among pages, the first of which is begun."""
        header = [Strip(row, heights[row]) for row in range(table.header_rows)]
        repeat = self.layout.continued == "repeat" and not any(
            item.row < table.header_rows <= item.last_row for item in grid.placed
        )
        pages: list[list[Strip]] = [[]]
        used, space = 0.0, self.height - MARGIN - 12 - self.y
        for row, height in enumerate(heights):
            if used + height > space and row > table.header_rows:
                rest = self.split(table, grid.placed, row, space - used, grid.size)
                pages[-1] += rest[:1]
                space = self.height - 2 * MARGIN - 22
                pages.append(list(header) if repeat else [])
                pages[-1] += rest[1:] if rest else [Strip(row, height)]
                used = sum(strip.height for strip in pages[-1])
            else:
                pages[-1].append(Strip(row, height))
                used += height
        return pages

    def parts(self, table: Table, grid: Grid) -> list[Grid]:
        """Cut a wide table where no heading stands across, if the layout prints right-hand columns by themselves."""
        columns = len(grid.xs) - 1
        facts = {item.col for item in grid.placed if item.cell.fact}
        across = {col for item in grid.placed for col in range(item.col + 1, item.col + item.cell.cols)}
        cuts = [c for c in sorted(facts) if c not in across and min(facts) < c and columns - c >= 2]
        if self.layout.right_columns == "beside" or not cuts or len(table.rows) < table.header_rows + 4:
            return [grid]
        if any(
            not item.cell.fact
            and item.row >= table.header_rows + 1
            and item.col >= cuts[0]
            and item.cell.text
            and not item.cell.text.isdecimal()
            for item in grid.placed
        ):  # names on either side
            return [grid]
        cut = cuts[0]
        shift = grid.xs[cut] - grid.xs[0]
        right = [Placed(p.cell, p.row, p.col - cut, p.lines) for p in grid.placed if p.col >= cut]
        return [
            Grid([p for p in grid.placed if p.col < cut], grid.xs[: cut + 1], grid.size),
            Grid(right, [x - shift for x in grid.xs[cut:]], grid.size),
        ]

    def place(self, table: Table) -> tuple[list[Placed], list[float], float]:
        """Lay the cells into the grid; return them, the columns' widths and the type size."""
        taken: set[tuple[int, int]] = set()
        cells: list[tuple[Cell, int, int]] = []
        for row, line in enumerate(table.rows):
            col = 0
            for cell in line:
                while (row, col) in taken:
                    col += 1
                cells.append((cell, row, col))
                if cell.rows > 1:
                    taken.update((row + i, col + j) for i in range(1, cell.rows) for j in range(cell.cols))
                col += cell.cols
        scale = (self.width - 2 * MARGIN) / sum(table.widths)
        size = min(9.0, max(5.0, scale * 0.95))
        widths = self.narrowed(table, cells, scale) if self.layout.wrapped_numbers else table.widths
        for cell, _, col in cells:
            if cell.fact and self.layout.full_width:
                cell.text = cell.text.translate(FULL_WIDTH)
            if cell.fact and not self.layout.wrapped_numbers:
                room = table.widths[col] * scale * (0.5 if self.layout.full_width else 1) - 6
                size = max(4.0, min(size, room / max(1.0, len(cell.text) * 0.5)))
        size = round(size, 2)
        placed = []
        for cell, row, col in cells:
            room = sum(widths[col : col + cell.cols]) * scale - 4
            whole = (cell.fact and not self.layout.wrapped_numbers) or self.is_turned(table, cell, row, col)
            placed.append(Placed(cell, row, col, (cell.text,) if whole else wrap(cell.text, room, size)))
        return placed, widths, size

    def narrowed(self, table: Table, cells: list[tuple[Cell, int, int]], scale: float) -> list[float]:
        """Widths of columns so narrow that the longest number breaks; names get what is left."""
        widths = list(table.widths)
        digit = min(9.0, max(5.0, scale * 0.95)) * (1.0 if self.layout.full_width else 0.5)
        named = max(
            (c for c in range(len(widths)) if all(col != c or not cell.fact for cell, _, col in cells)),
            key=lambda c: widths[c],
            default=0,
        )
        for col in range(len(widths)):
            longest = max((len(cell.text) for cell, _, at in cells if at == col and cell.fact), default=0)
            if longest:
                narrow = min(widths[col], ((longest - 2) * digit + 5) / scale)
                widths[named] += widths[col] - narrow
                widths[col] = narrow
        return widths

    def is_turned(self, table: Table, cell: Cell, row: int, col: int) -> bool:
        """Whether a heading over one column of numbers is turned by 90 degrees."""
        turned = self.layout.turned_heads != "none" and row < table.header_rows and cell.cols == 1
        return turned and col >= 2 and len(cell.text) > 2 and not cell.fact

    def heights(self, table: Table, placed: list[Placed], size: float) -> list[float]:
        """Return the heights of the rows."""
        base = self.layout.row_height
        heights = [base] * len(table.rows)
        for item in placed:
            need = self.need(table, item, size)
            if item.cell.rows == 1:
                heights[item.row] = max(heights[item.row], need)
        for item in placed:
            covered = sum(heights[item.row : item.last_row + 1])
            need = self.need(table, item, size)
            if item.cell.rows > 1 and need > covered:
                heights[item.last_row] += need - covered
        return heights

    def need(self, table: Table, item: Placed, size: float) -> float:
        """Return the height a cell needs."""
        if self.is_turned(table, item.cell, item.row, item.col):
            return len(item.cell.text) * size + 6
        return len(item.lines) * size * 1.25 + 4

    def split(self, table: Table, placed: list[Placed], row: int, room: float, size: float) -> list[Strip]:
        """Split a row at the page break if the layout does so: its first line stays, the rest goes over."""
        line = size * 1.25 + 4
        inside = [item for item in placed if item.row <= row <= item.last_row]
        if not self.layout.split_row or room < line or any(item.cell.rows > 1 for item in inside):
            return []
        names = [item for item in inside if not item.cell.fact and len(item.cell.text) >= 6]
        if not names:
            return []
        longest = max(names, key=lambda item: len(item.cell.text))
        if len(longest.lines) == 1:
            half = len(longest.cell.text) // 2
            longest.lines = (longest.cell.text[:half], longest.cell.text[half:])
        rest = max(len(item.lines) for item in inside) - 1
        return [Strip(row, line, 1), Strip(row, rest * size * 1.25 + 4, 2)]

    def strips(self, table: Table, grid: Grid, strips: list[Strip], continued: bool) -> None:
        """Draw rows on the page: first fills and rules, then text."""
        tops, y = [], self.y
        for strip in strips:
            tops.append(y)
            y += strip.height
        tops.append(y)
        position = {(strip.row, strip.part): place for place, strip in enumerate(strips)}
        xs = grid.xs
        boxes: list[Edge] = []
        heads: list[Edge] = []
        texts: list[tuple[Placed, int, Edge]] = []
        for item in grid.placed:
            for part in (0, 1, 2):
                inside = [position[r, part] for r in range(item.row, item.last_row + 1) if (r, part) in position]
                if not inside:
                    continue
                first, last = inside[0], inside[-1]
                box = (xs[item.col], tops[first], xs[item.col + item.cell.cols], tops[last + 1])
                boxes.append(box)
                if item.row < table.header_rows:
                    heads.append(box)
                if (item.row, part) in position:
                    texts.append((item, part, box))
        repeated = bool(strips) and strips[0].row == 0
        self.rules(boxes, heads, continued and not repeated and self.layout.continued == "lost_rule")
        for item, part, box in texts:
            lines = item.lines[:1] if part == 1 else item.lines[1:] if part == 2 else item.lines
            if part == 0 and self.is_turned(table, item.cell, item.row, item.col):
                self.turned(item.cell, box, grid.size)
            else:
                wide = self.layout.overflow and self.is_free(grid, item)
                self.cell(item.cell, lines, box, grid.size, overflows=wide)
        self.y = y

    def is_free(self, grid: Grid, item: Placed) -> bool:
        """Whether a number has a blank cell of numbers on its left."""
        beside = [p for p in grid.placed if p.row == item.row and p.col == item.col - 1]
        return bool(item.cell.fact) and item.col >= 3 and bool(beside) and not any(p.cell.text for p in beside)


def two_up(data: bytes, document: Document, alone: int) -> bytes:
    """Set pages two by two on sheets, the first ``alone`` by themselves; the facts get the numbers of their sheets."""
    reader, writer = PdfReader(BytesIO(data)), PdfWriter()
    pages = list(reader.pages)
    groups = [pages[i : i + 1] for i in range(alone)] + [pages[i : i + 2] for i in range(alone, len(pages), 2)]
    for group in groups:
        width, height = float(group[0].mediabox.width), float(group[0].mediabox.height)
        sheet = writer.add_blank_page(width * (2 if len(writer.pages) >= alone else 1), height)
        for place, page in enumerate(group):
            sheet.merge_transformed_page(page, Transformation().translate(place * width, 0))
    for table in document.tables():
        for cell in table.cells():
            if cell.page is not None:
                cell.page = cell.page if cell.page <= alone else alone + (cell.page - alone + 1) // 2
    stream = BytesIO()
    writer.write(stream)
    return stream.getvalue()


def render_pdf(document: Document, layout: Layout, rng: Random) -> bytes:
    """Return a document as PDF and set the pages of its facts."""
    return Typesetter(layout, rng, document.mark).render(document)
