"""Typesetting of a document as .docx, and through LibreOffice as .doc."""

from __future__ import annotations

from copy import deepcopy
from datetime import datetime
from io import BytesIO
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import docx
from docx.enum.section import WD_ORIENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph

from tests.corpus.layout import Layout
from tests.corpus.model import Document, PageBreak, Table, Text
from tests.corpus.workbook import stable

DECOY = "987,654.32"
"""A number that was deleted or hidden; it must not be read."""


class Word:
    """Writes one document; every choice comes from a seeded source."""

    def __init__(self, layout: Layout, rng: Random) -> None:
        self.layout, self.rng = layout, Random(rng.random())
        self.made = docx.Document()
        self.tracked = self.rng.random() < 0.4
        self.in_parts = self.rng.random() < 0.3  # a long table as two, cut where the page ended

    def render(self, document: Document) -> bytes:
        """Return the document as .docx; the same choices give the same bytes."""
        self.made.core_properties.created = self.made.core_properties.modified = datetime(2024, 1, 1)
        if self.layout.landscape != "none":
            self.made.sections[0].orientation = WD_ORIENT.LANDSCAPE
        self.made.sections[0].header.paragraphs[0].text = f"页眉 {DECOY}"
        for block in document.blocks:
            if isinstance(block, PageBreak):
                self.made.add_page_break()
            elif isinstance(block, Table):
                self.table(block)
            else:
                self.paragraph(block)
        out = BytesIO()
        self.made.save(out)
        return stable(out.getvalue())

    def paragraph(self, block: Text) -> None:
        """Write a paragraph."""
        paragraph = self.made.add_paragraph()
        words(paragraph, block.text, self.rng if self.tracked else None)
        if block.style in ("cover", "title"):
            paragraph.alignment = 1

    def table(self, table: Table) -> None:
        """Write a table with what stands above and below it."""
        lines = [line for line in (table.label, table.title, table.department, table.unit_line) if line]
        for line in lines:
            self.made.add_paragraph(line)
        rows = table.rows
        cut = self.cut(table)
        self.grid(table, rows[:cut])
        if cut < len(rows):
            self.made.add_paragraph("")
            self.grid(table, [*rows[: table.header_rows], *rows[cut:]])
        for note in table.notes:
            self.made.add_paragraph(note)

    def cut(self, table: Table) -> int:
        """Return before which row a table is cut; no merged cell reaches over it."""
        rows = table.rows
        free = [n for n in range(table.header_rows + 3, len(rows) - 2)
                if not any(cell.rows > n - at for at, row in enumerate(rows[:n]) for cell in row)]  # fmt: skip
        return self.rng.choice(free) if self.in_parts and free and len(rows) > 14 else len(rows)

    def grid(self, table: Table, rows: list[list]) -> None:
        """Write rows of a table with their merged cells."""
        width = len(table.widths)
        grid = self.made.add_table(len(rows), width)
        grid.style = "Table Grid" if self.layout.rule == "grid" else None
        tracks = grid._tbl.tr_lst
        cells = [list(track.tc_lst) for track in tracks]
        taken: dict[tuple[int, int], bool] = {}
        for r, line in enumerate(rows):
            c = 0
            for cell in line:
                while (r, c) in taken:
                    c += 1
                for down in range(cell.rows):
                    for across in range(cell.cols):
                        taken[r + down, c + across] = True
                    first = cells[r + down][c]
                    if cell.cols > 1:
                        first.grid_span = cell.cols
                        for gone in cells[r + down][c + 1 : c + cell.cols]:
                            tracks[r + down].remove(gone)
                    if cell.rows > 1:
                        first.vMerge = "restart" if down == 0 else "continue"
                tracked = self.rng if self.tracked and self.rng.random() < 0.1 else None
                parts = cell.text.split("\n")
                for n, part in enumerate(parts):
                    paragraph = cells[r][c].p_lst[0] if n == 0 else cells[r][c].add_p()
                    words(Paragraph(paragraph, grid), part, tracked)
                c += cell.cols
        if self.tracked and rows:
            gone = deepcopy(tracks[-1])
            properties = gone.get_or_add_trPr()
            properties.append(OxmlElement("w:del"))
            tracks[-1].addnext(gone)


def words(paragraph: Paragraph, text: str, rng: Random | None) -> None:
    """Write a text, in pieces that were inserted or stand beside what was deleted or hidden."""
    if rng is None or not text:
        paragraph.add_run(text)
        return
    cut = rng.randrange(len(text) + 1)
    paragraph.add_run(text[:cut])
    deleted = OxmlElement("w:del")
    run = OxmlElement("w:r")
    gone = OxmlElement("w:delText")
    gone.text = DECOY
    run.append(gone)
    deleted.append(run)
    paragraph._p.append(deleted)
    hidden = paragraph.add_run(DECOY)
    hidden.font.hidden = True
    kept = paragraph.add_run(text[cut:])
    inserted = OxmlElement("w:ins")
    paragraph._p.remove(kept._r)
    inserted.append(kept._r)
    paragraph._p.append(inserted)
    for element in (deleted, inserted):
        element.set(qn("w:author"), "测试")
        element.set(qn("w:id"), "1")


def render_docx(document: Document, layout: Layout, rng: Random, *, plain: bool = False) -> bytes:
    """Return a document as .docx; a plain one has no tracked changes."""
    writer = Word(layout, rng)
    writer.tracked = writer.tracked and not plain
    return writer.render(document)


def render_doc(document: Document, layout: Layout, rng: Random) -> bytes:
    """Return a document as .doc; LibreOffice saves it as one."""
    writer = Word(layout, rng)
    writer.tracked = False  # it saves tracked changes of rows as none
    return old(writer.render(document))


def old(data: bytes, suffix: str = "docx", to: str = "doc:MS Word 97") -> bytes:
    """Have LibreOffice save a document as an old one."""
    import shutil
    import subprocess

    program = shutil.which("soffice")
    assert program is not None
    with TemporaryDirectory() as folder:
        source = Path(folder) / f"a.{suffix}"
        source.write_bytes(data)
        subprocess.run(
            [program, "--headless", f"-env:UserInstallation=file://{folder}/profile", "--convert-to", to,
             "--outdir", f"{folder}/out", str(source)],
            check=True, capture_output=True, timeout=120,
        )  # fmt: skip
        return next(Path(folder, "out").iterdir()).read_bytes()
