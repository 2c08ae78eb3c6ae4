"""PDFs inside a PDF: read where the file itself has no tables, and found again by their origin."""

from __future__ import annotations

import io
from decimal import Decimal
from pathlib import Path

import pypdf
import pytest
from pdf_pages import ROWS, cells, page, read, rules, words
from reportlab.pdfgen.canvas import Canvas

from pipelines.core.document import Document, Grid, Place, Unread
from pipelines.core.tasks import Spot
from pipelines.extraction.unread import tell_unread
from pipelines.formats.pdf.excerpt import outlined
from pipelines.formats.pdf.reread import reread


def with_inside(cover: bytes, *inside: tuple[str, bytes]) -> bytes:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(cover))
    for name, data in inside:
        writer.add_attachment(name, data)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_a_list_of_contents_is_no_table(tmp_path: Path) -> None:
    contents = [
        ["序号", "表", "页", ""],
        ["1", "收支总表", "4", ""],
        ["2", "收入总表", "5", ""],
        ["3", "支出总表", "6", ""],
    ]
    data = with_inside(page(rules(), words(contents)), ("表.pdf", page(rules(), words())))
    assert read(data, tmp_path).starts == [1]


def test_what_goes_on_in_another_file_ends_with_the_first() -> None:
    document = Document("pdf", [], pages=9, starts=[3, 6])
    rows = [{"page": 2, "last_page": 3}, {"page": 5, "last_page": 7}, {"page": 8, "last_page": 9}, {"page": None}]
    document.tell_own_pages(rows)
    assert rows == [
        {"page": 2, "last_page": 3},
        {"page": 2, "last_page": 2},
        {"page": 2, "last_page": 3},
        {"page": None},
    ]


def test_pages_that_are_pictures_are_told_by_their_own_numbers() -> None:
    at = Place(page=5, element="附件1“表.pdf”")
    [row] = tell_unread([Unread("picture_broken", "", at)], [], "r", lambda page: page - 3)
    assert row["unread"] == "附件1“表.pdf”第 2 页的图片已损坏，未读入" and row["origin"] == at.origin


def cover(canvas: Canvas) -> None:
    canvas.drawString(100, 700, "部门预算说明，表见附件")


def test_a_file_inside_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The report has its tables: what is attached to it may be anything, and as large, and is not even looked at."""
    monkeypatch.setattr("pypdfium2.PdfAttachment.get_data", None)
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
