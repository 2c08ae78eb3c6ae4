"""PDFs inside a PDF: read where the file itself has no tables, and found again by their origin."""

from __future__ import annotations

import io
from decimal import Decimal
from pathlib import Path

import pypdf
from pdf_pages import ROWS, cells, page, read, rules, words
from reportlab.pdfgen.canvas import Canvas

from pipelines.core.document import Grid, Place
from pipelines.core.tasks import Spot
from pipelines.formats.pdf.excerpt import outlined
from pipelines.formats.pdf.reread import reread


def with_inside(cover: bytes, *inside: tuple[str, bytes]) -> bytes:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(cover))
    for name, data in inside:
        writer.add_attachment(name, data)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def cover(canvas: Canvas) -> None:
    canvas.drawString(100, 700, "部门预算说明，表见附件")


def test_a_file_inside_is_told(tmp_path: Path) -> None:
    """The report has its tables: what is attached to it may be anything."""
    data = with_inside(page(words()), ("部门预算表.pdf", page(rules(), words())))
    document = read(data, tmp_path)
    assert [(u.reason, u.text) for u in document.unread] == [("attachment", "部门预算表.pdf")]
    assert document.pages == 1 and document.starts == []


def test_tables_attached_to_a_cover_are_read(tmp_path: Path) -> None:
    locked = pypdf.PdfWriter(clone_from=io.BytesIO(page(words())))
    locked.encrypt("secret", algorithm="RC4-128")
    out = io.BytesIO()
    locked.write(out)
    both = pypdf.PdfWriter(clone_from=io.BytesIO(page(cover)))  # a page before the one with the table
    both.append(io.BytesIO(page(rules(), words())))
    tables = io.BytesIO()
    both.write(tables)
    nested = with_inside(tables.getvalue(), ("deeper.pdf", page(words())))
    data = with_inside(
        page(cover),
        ("a.xlsx", b"PK\x03\x04"),
        ("锁.pdf", out.getvalue()),
        ("表\r.pdf", nested),
        ("坏.pdf", b"%PDF-1.7"),
    )
    document = read(data, tmp_path)
    assert cells(document) == ROWS
    (grid,) = (b for b in document.blocks if isinstance(b, Grid))
    place = grid.cells[6].place
    assert (place.page, document.own_page(3), place.origin) == (3, 2, "附件3“表.pdf”")
    assert document.pages == 3 and document.starts == [1]
    assert [u.text for u in document.unread] == ["a.xlsx", "坏.pdf", "deeper.pdf", "锁.pdf"]
    path = tmp_path / "a.pdf"
    shown = outlined(path, Place(page=2, box=place.box, element=place.origin)).png
    assert shown and shown != outlined(path, Place(page=1, element=place.origin)).png
    assert place.box is not None
    box = (place.box.x0, place.box.top, place.box.x1, place.box.bottom)
    spot = Spot("cell", 2, box, None, place.origin, Decimal("1122.11"), frozenset())
    assert reread(path, [spot]) == {"cell": grid.cells[6].text}
