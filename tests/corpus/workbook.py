"""Typesetting of a document as a workbook (.xlsx, .xls): the same cells, stored as spreadsheets store them."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from random import Random

import openpyxl
import xlwt
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter

from tests.corpus.layout import Layout
from tests.corpus.model import Cell, Document, PageBreak, Table, Text

AMOUNT = re.compile(r"-?[\d,]+(?:\.\d+)?")
DECOY = 987654.32
"""A number in what nobody sees; it must not be read."""


@dataclass
class Put:
    """What a cell stores: words or a number with its format."""

    value: str | float
    code: str = "General"
    framed: bool = False
    rows: int = 1
    cols: int = 1
    bold: bool = False


@dataclass
class Page:
    """A sheet to write."""

    name: str
    puts: dict[tuple[int, int], Put] = field(default_factory=dict)
    hidden: bool = False
    hidden_rows: set[int] = field(default_factory=set)
    hidden_cols: set[int] = field(default_factory=set)
    row: int = 0


class Sheets:
    """Lays a document out on sheets; every choice comes from a seeded source."""

    def __init__(self, layout: Layout, rng: Random) -> None:
        self.layout, self.rng = layout, Random(rng.random())
        self.framed = self.rng.random() < 0.8
        self.many = self.rng.random() < 0.6  # a sheet for each table
        self.numeric_codes = self.rng.random() < 0.5 and layout.codes in ("whole", "cumulative")
        self.left = self.rng.choice((0, 0, 1))
        self.noise = self.rng.random() < 0.6
        self.helper = self.rng.random() < 0.5  # columns, rows and a sheet that nobody sees
        self.pages: list[Page] = []

    def lay(self, document: Document) -> list[Page]:
        """Return the sheets."""
        self.page("封面")
        tables = 0
        for block in document.blocks:
            if isinstance(block, PageBreak):
                continue
            if isinstance(block, Table):
                tables += 1
                if self.many or tables == 1:
                    self.page(f"{tables} {block.title.split('、')[-1]}" if self.rng.random() < 0.5 else f"表{tables}")
                self.table(block)
            else:
                if self.pages[-1].name[0] not in "封说" and tables:
                    self.page("说明")
                self.text(block)
        if self.helper:
            self.pages.append(Page("隐藏", {(0, 0): Put("2010101"), (0, 1): Put(DECOY, "0.00")}, hidden=True))
        return self.pages

    def page(self, name: str) -> None:
        """Begin a sheet."""
        name = re.sub(r"[\[\]:*?/\\]", "", name)[:25]
        taken = {page.name for page in self.pages}
        self.pages.append(Page(name if name not in taken else f"{name}{len(self.pages)}"))

    def text(self, block: Text) -> None:
        """Write a paragraph into a row of its own."""
        page = self.pages[-1]
        wide = {"cover": 6, "title": 6}.get(block.style, 1)
        page.puts[page.row, self.left] = Put(block.text, cols=wide)
        page.row += 1

    def table(self, table: Table) -> None:
        """Write a table with what stands above and below it."""
        page, width = self.pages[-1], len(table.widths)
        if page.row:
            page.row += self.rng.choice((0, 1, 2)) if self.framed else 1
        for line in (table.label, table.title):
            if line:
                page.puts[page.row, self.left] = Put(line, cols=width if line == table.title else 1, bold=True)
                page.row += 1
        captions = [line for line in (table.department, table.unit_line) if line]
        for place, line in enumerate(captions):
            col = self.left + (width - 1 if place else 0)
            page.puts[page.row, col] = Put(line)
        page.row += bool(captions)
        self.cells(table)
        for note in table.notes:
            page.puts[page.row, self.left] = Put(note, cols=width if self.rng.random() < 0.5 else 1)
            page.row += 1

    def cells(self, table: Table) -> None:
        """Write the grid of a table."""
        page, width = self.pages[-1], len(table.widths)
        taken: set[tuple[int, int]] = set()
        top = page.row
        for row, line in enumerate(table.rows):
            col = 0
            for cell in line:
                while (row, col) in taken:
                    col += 1
                put = self.put(cell, head=row < table.header_rows)
                page.puts[top + row, self.left + col] = put
                taken.update((row + r, col + c) for r in range(cell.rows) for c in range(cell.cols))
                col += cell.cols
        page.row = top + len(table.rows)
        if self.helper and table.rows and self.many:
            page.puts |= {(row, self.left + width): Put(DECOY, "0.00", self.framed) for row in range(top, page.row)}
            page.hidden_cols.add(self.left + width)
            page.puts |= {(page.row, self.left + col): Put(DECOY, "0.00", self.framed) for col in range(width)}
            page.hidden_rows.add(page.row)
            page.row += 1

    def put(self, cell: Cell, *, head: bool) -> Put:
        """Store a cell: amounts as numbers with more digits than they show, codes as words or numbers."""
        text = cell.text
        put = Put(text, "General", self.framed, cell.rows, cell.cols, cell.bold)
        if cell.fact is not None and AMOUNT.fullmatch(text):
            self.amount(put, text)
        elif cell.fact is not None and text == "-" and self.rng.random() < 0.5:
            put.value, put.code = 0.0, '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ '
        elif not head and text.isdigit() and not text.startswith("0") and (len(text) < 3 or self.numeric_codes):
            put.value = float(text)
        return put

    def amount(self, put: Put, text: str) -> None:
        """Store a number: in its own unit, or in one that the format scales back."""
        decimals = len(text.partition(".")[2])
        value = Decimal(text.replace(",", ""))
        grouped = "," in text or (value < 1000 and self.layout.separators)
        plain = ("#,##0" if grouped else "0") + (f".{'0' * decimals}" if decimals else "")
        spread = Decimal(self.rng.randrange(-49, 50)).scaleb(-decimals - 2) if self.noise and value else Decimal(0)
        put.value = float(value + spread)
        codes = [plain, plain, f"_({plain}_)", f"{plain};-{plain}", f"{plain};[Red]-{plain}"]
        if self.rng.random() < 0.05 and not grouped:
            put.value, plain = float((value + spread) * 1000), f"{plain},"
            codes = [plain]
        put.code = self.rng.choice(codes)


def write_xlsx(pages: list[Page]) -> bytes:
    """Return sheets as .xlsx; the same sheets give the same bytes."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    line = Side("thin")
    frame, centre, bold = Border(line, line, line, line), Alignment("center"), Font(bold=True)
    for page in pages:
        sheet = book.create_sheet(page.name)
        sheet.sheet_state = "hidden" if page.hidden else "visible"
        for (row, col), put in page.puts.items():
            cell = sheet.cell(row + 1, col + 1, put.value)
            if isinstance(put.value, str):
                cell.data_type = "s"
            cell.number_format = put.code
            if put.bold:
                cell.font = bold
            if put.rows > 1 or put.cols > 1:
                cell.alignment = centre
                sheet.merge_cells(None, row + 1, col + 1, row + put.rows, col + put.cols)
            if put.framed:
                for r in range(row, row + put.rows):
                    for c in range(col, col + put.cols):
                        sheet.cell(r + 1, c + 1).border = frame
        for row in page.hidden_rows:
            sheet.row_dimensions[row + 1].hidden = True
        for col in page.hidden_cols:
            sheet.column_dimensions[get_column_letter(col + 1)].hidden = True
    out = BytesIO()
    book.save(out)
    return stable(out.getvalue())


def write_xls(pages: list[Page]) -> bytes:
    """Return sheets as .xls."""
    book = xlwt.Workbook(encoding="utf-8")
    styles: dict[tuple[str, bool], xlwt.XFStyle] = {}

    def style_of(put: Put) -> xlwt.XFStyle:
        if (put.code, put.framed) not in styles:
            style = xlwt.XFStyle()
            style.num_format_str = put.code
            if put.framed:
                style.borders.left = style.borders.right = style.borders.top = style.borders.bottom = xlwt.Borders.THIN
            styles[put.code, put.framed] = style
        return styles[put.code, put.framed]

    for page in pages:
        sheet = book.add_sheet(page.name)
        sheet.visibility = int(page.hidden)
        for (row, col), put in page.puts.items():
            if put.rows > 1 or put.cols > 1:
                sheet.write_merge(row, row + put.rows - 1, col, col + put.cols - 1, put.value, style_of(put))
            else:
                sheet.write(row, col, put.value, style_of(put))
        for row in page.hidden_rows:
            sheet.row(row).hidden = True
        for col in page.hidden_cols:
            sheet.col(col).hidden = True
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def stable(data: bytes) -> bytes:
    """A package without the hour at which it was written."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            content = before.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"2024-01-01T00:00:00Z", content)
            after.writestr(zipfile.ZipInfo(name, datetime(2024, 1, 1).timetuple()[:6]), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


WRITERS: dict[str, Callable[[list[Page]], bytes]] = {"xlsx": write_xlsx, "xls": write_xls}


def render_workbook(document: Document, layout: Layout, rng: Random, *, plain: bool = False) -> bytes:
    """Return a document as a workbook of the layout's kind; a plain one hides nothing."""
    sheets = Sheets(layout, rng)
    sheets.helper = sheets.helper and not plain
    return WRITERS[layout.output](sheets.lay(document))
