"""What a person sees of a page becomes text; what is left out is counted or told."""

from __future__ import annotations

import io
from pathlib import Path
from typing import NamedTuple

import hostile
import pypdf
import pytest
from pdf_pages import COLUMNS, HEIGHT, ROW, ROWS, TOP, Draw, cells, changed, lines, page, raw_page, read, rules, words
from PIL import Image
from pypdf.annotations import FreeText
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from pipelines.core.document import Place, UnreadableError
from pipelines.formats.scan import pages


def _y(row: int) -> float:
    """Baseline of a row of the table."""
    return HEIGHT - TOP - row * ROW - 14


def test_an_amount_struck_out_is_not_the_figure(tmp_path: Path) -> None:
    rows = [*ROWS[:2], ["20102", "教育", "57.70 61.90", "0.55"], ROWS[3]]

    def strike(canvas: Canvas) -> None:
        canvas.line(COLUMNS[2] + 3, _y(2) + 3, COLUMNS[2] + 25, _y(2) + 3)

    document = read(page(rules(), words(rows), strike), tmp_path)
    assert cells(document)[2] == ["20102", "教育", "61.90", "0.55"]
    assert document.unseen == {"struck": 5}
    assert [(u.reason, u.text) for u in document.unread] == [("struck_out", "57.70")]


def test_an_underline_strikes_nothing_out(tmp_path: Path) -> None:
    def line(canvas: Canvas) -> None:
        canvas.line(COLUMNS[2] + 3, _y(2) - 1.5, COLUMNS[2] + 29, _y(2) - 1.5)

    assert cells(read(page(rules(), words(), line), tmp_path)) == ROWS


@pytest.mark.parametrize("by", [0.2, 0.3, 0.4])
def test_bold_struck_twice_is_read_once(by: float, tmp_path: Path) -> None:
    document = read(page(rules(), words(times=by)), tmp_path)
    assert cells(document) == ROWS
    # pdfium drops what it takes for the same text itself, the rest is counted
    assert set(document.unseen) <= {"double"}


@pytest.mark.parametrize("scale", [0.15, 1.0, 6.0])
def test_small_and_large_print_read_alike(scale: float, tmp_path: Path) -> None:
    """Doubled digits (1122) stay doubled under 2 points of type, and rules half a point apart are two."""
    data = changed(page(rules(), words()), lambda one: one.scale_by(scale))
    document = read(data, tmp_path)
    assert cells(document) == ROWS


def test_places_of_scaled_pages_are_those_displayed(tmp_path: Path) -> None:
    upright = read(page(rules(), words()), tmp_path)
    small = read(changed(page(rules(), words()), lambda one: one.scale_by(0.2)), tmp_path)
    one, other = upright.displayed(upright.blocks[0].place), small.displayed(small.blocks[0].place)
    assert one is not None and other is not None
    assert [other.x0, other.top] == pytest.approx([one.x0 * 0.2, one.top * 0.2], abs=0.1)


class Mark(NamedTuple):
    angle: float
    size: float
    grey: float
    tiles: int


def watermark(mark: Mark) -> Draw:
    def draw(canvas: Canvas) -> None:
        canvas.saveState()
        canvas.setFillGray(mark.grey)
        canvas.setFont("Helvetica", mark.size)
        for n in range(mark.tiles):
            canvas.saveState()
            canvas.translate(60 + 90 * (n % 5), HEIGHT - TOP - 30 - 25 * (n // 5))
            canvas.rotate(mark.angle)
            canvas.drawString(0, 0, "2026 0.00")
            canvas.restoreState()
        canvas.restoreState()

    return draw


@pytest.mark.parametrize(
    ("mark", "reason"),
    [
        (Mark(35, 12, 0.8, 15), "slanted"),
        (Mark(-45, 60, 0.0, 1), "slanted"),
        (Mark(46, 12, 0.5, 15), "slanted"),
        (Mark(0, 54, 0.85, 2), "pale"),
        (Mark(0, 10, 0.8, 15), "pale"),
    ],
)
def test_watermarks_are_no_content(mark: Mark, reason: str, tmp_path: Path) -> None:
    for draw in ((watermark(mark), rules(), words()), (rules(), words(), watermark(mark))):
        document = read(page(*draw), tmp_path)
        assert cells(document) == ROWS
        assert document.unseen.get(reason, 0) > 0
        assert not document.unread


def test_grey_text_of_a_usual_size_is_read(tmp_path: Path) -> None:
    def grey(canvas: Canvas) -> None:
        canvas.setFillGray(0.75)
        canvas.drawString(60, 700, "12.34")

    assert lines(read(page(grey), tmp_path)) == ["12.34"]


def test_headings_turned_by_a_quarter_are_read(tmp_path: Path) -> None:
    heads = ["科目编码", "名称", "合　　计", "上年结转"]

    for degrees in (90, -90):

        def turned(canvas: Canvas, degrees: int = degrees) -> None:
            canvas.rect(COLUMNS[0], HEIGHT - TOP, COLUMNS[-1] - COLUMNS[0], 60)
            for x0, x1, text in zip(COLUMNS, COLUMNS[1:], heads, strict=False):
                canvas.line(x0, HEIGHT - TOP, x0, HEIGHT - TOP + 60)
                canvas.saveState()
                canvas.translate((x0 + x1) / 2, HEIGHT - TOP + (8 if degrees > 0 else 52))
                canvas.rotate(degrees)
                canvas.drawString(0, 0, text)
                canvas.restoreState()

        document = read(page(rules(), words(), turned), tmp_path)
        assert cells(document) == [[head.replace("　　", " ") for head in heads], *ROWS]


def test_a_turned_heading_of_two_lines_is_read_in_order(tmp_path: Path) -> None:
    for degrees, shift in ((90, 12.0), (-90, -12.0)):

        def turned(canvas: Canvas, degrees: int = degrees, shift: float = shift) -> None:
            canvas.rect(COLUMNS[0], HEIGHT - TOP, COLUMNS[-1] - COLUMNS[0], 60)
            for n, text in enumerate(("政府性", "基金")):
                canvas.saveState()
                canvas.translate(100 + n * shift, HEIGHT - TOP + (8 if degrees > 0 else 52))
                canvas.rotate(degrees)
                canvas.drawString(0, 0, text)
                canvas.restoreState()

        assert cells(read(page(rules(), words(), turned), tmp_path))[0] == ["政府性基金"]


def test_boxes_of_a_font_that_stand_a_line_too_low_move_nothing(tmp_path: Path) -> None:
    """Rows come from the baselines: a font that says its characters hang far down is not believed."""
    low = (
        b"<< /Type /Font /Subtype /TrueType /BaseFont /Arial /Encoding /WinAnsiEncoding /FirstChar 32 /LastChar 57 "
        b"/Widths [" + b"500 " * 26 + b"] /FontDescriptor << /Type /FontDescriptor /FontName /Arial /Flags 32 "
        b"/FontBBox [0 -1500 1000 -500] /Ascent -500 /Descent -1500 /ItalicAngle 0 /CapHeight 0 /StemV 80 >> >>"
    )
    content = b"".join(
        b"BT /F1 9 Tf 1 0 0 1 60 %d Tm (Row%s) Tj /F2 9 Tf 1 0 0 1 200 %d Tm (%d.50) Tj ET "
        % (y, b"abc"[n : n + 1], y, n)
        for n, y in enumerate((700, 688, 676))
    )
    data = hostile.pdf(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
            b"/Resources << /Font << /F1 5 0 R /F2 6 0 R >> >> >>",
            hostile.stream(content),
            hostile.FONT,
            low,
        ]
    )
    assert cells(read(data, tmp_path)) == [["Rowa", "0.50"], ["Rowb", "1.50"], ["Rowc", "2.50"]]


def test_values_of_form_fields_are_read(tmp_path: Path) -> None:
    look = hostile.stream(
        b"/Tx BMC q BT /F1 10 Tf 0 g 2 4 Td (1,234.50) Tj ET Q EMC",
        b"/Type /XObject /Subtype /Form /BBox [0 0 100 16] /Resources << /Font << /F1 5 0 R >> >>",
    )
    field = (
        b"<< /Type /Annot /Subtype /Widget /FT /Tx /T (a) /V (1,234.50) /F 4 /Rect [200 600 300 616] /P 3 0 R "
        b"/DA (/F1 10 Tf 0 g) /AP << /N 6 0 R >> >>"
    )
    data = raw_page(
        b"BT /F1 10 Tf 72 604 Td (Total) Tj ET",
        b"/Annots [7 0 R]",
        [look, field],
        b"/AcroForm << /Fields [7 0 R] /DR << /Font << /F1 5 0 R >> >> >>",
    )
    assert lines(read(data, tmp_path)) == ["Total 1,234.50"]


BARE = {
    "a field": (
        b"/Subtype /Widget /FT /Tx /T (a) /V (5.25) /Rect [200 600 300 616] /P 3 0 R /DA (/F1 10 Tf 0 g)",
        ["12.50 5.25"],
    ),
    "free text": (
        b"/Subtype /FreeText /Rect [200 600 300 616] /Contents (5.25) /DA (/F1 10 Tf 0 g)",
        ["12.50 5.25"],
    ),
    "a mark that strikes out": (
        b"/Subtype /StrikeOut /Rect [70 600 100 616] /QuadPoints [71 613 97 613 71 602 97 602] /C [1 0 0]",
        [],
    ),
    "a marker": (
        b"/Subtype /Highlight /Rect [70 600 100 616] /QuadPoints [71 613 97 613 71 602 97 602] /C [1 1 0]",
        ["12.50"],
    ),
}


@pytest.mark.parametrize("what", BARE)
def test_annotations_without_a_look_are_shown_as_viewers_do(what: str, tmp_path: Path) -> None:
    annotation, seen = BARE[what]
    data = raw_page(
        b"BT /F1 10 Tf 72 604 Td (12.50) Tj ET",
        b"/Annots [6 0 R]",
        [b"<< /Type /Annot /F 4 " + annotation + b" >>"],
        b"/AcroForm << /NeedAppearances true /Fields [6 0 R] /DR << /Font << /F1 5 0 R >> >> /DA (/F1 10 Tf 0 g) >>"
        if b"Widget" in annotation
        else b"",
    )
    assert lines(read(data, tmp_path)) == seen


def test_hidden_annotations_are_not_read(tmp_path: Path) -> None:
    look = hostile.stream(
        b"BT /F1 10 Tf 0 g 2 4 Td (secret) Tj ET",
        b"/Type /XObject /Subtype /Form /BBox [0 0 100 16] /Resources << /Font << /F1 5 0 R >> >>",
    )
    note = b"<< /Type /Annot /Subtype /FreeText /F 2 /Rect [200 600 300 616] /Contents (secret) /AP << /N 6 0 R >> >>"
    data = raw_page(b"BT /F1 10 Tf 72 604 Td (Total) Tj ET", b"/Annots [7 0 R]", [look, note])
    assert lines(read(data, tmp_path)) == ["Total"]


def test_free_text_over_a_page_is_read(tmp_path: Path) -> None:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(page(rules(), words([row[:3] for row in ROWS]))))
    for n, row in enumerate(ROWS[1:], 1):
        look = pypdf.generic.StreamObject()
        look.set_data(b"BT /Helv 9 Tf 0 g 2 5 Td (" + row[3].encode() + b") Tj ET")
        font = pypdf.generic.DictionaryObject()
        for key, value in (("/Type", "/Font"), ("/Subtype", "/Type1"), ("/BaseFont", "/Helvetica")):
            font[pypdf.generic.NameObject(key)] = pypdf.generic.NameObject(value)
        name = pypdf.generic.NameObject
        look[name("/Subtype")] = name("/Form")
        look[name("/BBox")] = pypdf.generic.ArrayObject([pypdf.generic.FloatObject(v) for v in (0, 0, 90, 16)])
        fonts = pypdf.generic.DictionaryObject({name("/Helv"): font})
        look[name("/Resources")] = pypdf.generic.DictionaryObject({name("/Font"): fonts})
        left, bottom = COLUMNS[3] + 2, _y(n) - 5
        note = FreeText(text=row[3], rect=(left, bottom, left + 90, bottom + 16))
        note[name("/AP")] = pypdf.generic.DictionaryObject({name("/N"): writer._add_object(look)})
        writer.add_annotation(0, note)
    out = io.BytesIO()
    writer.write(out)
    assert [row[3] for row in cells(read(out.getvalue(), tmp_path))[1:]] == [row[3] for row in ROWS[1:]]


def test_a_page_that_is_a_picture_is_told(tmp_path: Path) -> None:
    def scan(canvas: Canvas) -> None:
        canvas.drawImage(ImageReader(Image.new("L", (60, 80), 128)), 40, 60, 500, 700)

    data = pypdf.PdfWriter(clone_from=io.BytesIO(page(rules(), words())))
    data.append(io.BytesIO(page(scan)))
    out = io.BytesIO()
    data.write(out)
    document = read(out.getvalue(), tmp_path)
    assert cells(document) == ROWS
    assert [(u.reason, u.place) for u in document.unread] in (  # without and with the extra `ocr`
        [("picture_page", Place(page=2))],
        [("picture_coarse", Place(page=2))],
    )


@pytest.mark.parametrize("before", [b"\xef\xbb\xbf", b"\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n"])
def test_bytes_before_the_pdf_are_no_damage(before: bytes, tmp_path: Path) -> None:
    assert cells(read(before + page(rules(), words()), tmp_path)) == ROWS


def test_numbers_of_objects_that_are_free_are_no_damage(tmp_path: Path) -> None:
    """Cross-reference streams may list them; pdfminer knows no place for them."""
    bodies = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        hostile.stream(b"BT /F1 12 Tf 72 700 Td (12.50) Tj ET"),
        hostile.FONT,
    ]
    data, entries = b"%PDF-1.7\n", [(0, 0, 65535)]
    for number, body in enumerate(bodies, 1):
        entries.append((1, len(data), 0))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    entries += [(0, 0, 1), (1, len(data), 0)]
    table = b"".join(k.to_bytes(1, "big") + at.to_bytes(4, "big") + n.to_bytes(2, "big") for k, at, n in entries)
    xref = hostile.stream(table, b"/Type /XRef /Size 8 /W [1 4 2] /Root 1 0 R")
    data += b"7 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n" % (xref, entries[-1][1])
    assert lines(read(data, tmp_path)) == ["12.50"]


def test_covered_and_hidden_text_is_counted(tmp_path: Path) -> None:
    def under(canvas: Canvas) -> None:
        canvas.drawString(70, 300, "11.11")
        canvas.setFillGray(1)
        canvas.rect(60, 290, 100, 30, stroke=0, fill=1)
        canvas.drawString(70, 200, "2.22")
        canvas.setFillGray(0)
        canvas.drawString(70, -300, "3.3")
        text = canvas.beginText(70, 100)
        text.setTextRenderMode(3)
        text.textOut("44")
        canvas.drawText(text)

    document = read(page(rules(), words(), under), tmp_path)
    assert cells(document) == ROWS
    assert document.unseen == {"covered": 5, "ground": 4, "off_page": 3, "invisible": 2}


def test_symbol_encoded_digits_are_digits(tmp_path: Path) -> None:
    """Fonts with a symbol encoding keep their characters at U+F020 and on."""
    cmap = (
        b"/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <00> <ff> endcodespacerange "
        b"1 beginbfrange <20> <7e> <f020> endbfrange endcmap end"
    )
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding /ToUnicode 6 0 R >>"
    data = hostile.one_page(b"BT /F1 12 Tf 72 700 Td (1,234.50) Tj ET", font=font, more=[hostile.stream(cmap)])
    assert lines(read(data, tmp_path)) == ["1,234.50"]


def test_digits_that_are_private_to_their_font_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without OCR, which sees what they look like."""
    monkeypatch.setattr(pages, "is_installed", lambda: False)
    cmap = (
        b"/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <00> <ff> endcodespacerange "
        b"1 beginbfrange <30> <39> <e130> endbfrange endcmap end"
    )
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding /ToUnicode 6 0 R >>"
    content = b"".join(b"BT /F1 12 Tf 72 %d Td (1,234.50) Tj ET " % (700 - 20 * n) for n in range(9))
    with pytest.raises(UnreadableError, match="fonts of page 1") as refused:
        read(hostile.one_page(content, font=font, more=[hostile.stream(cmap)]), tmp_path)
    assert refused.value.code == "text_unmapped"


def test_a_pale_mark_across_turns_no_page(tmp_path: Path) -> None:
    def mark(canvas: Canvas) -> None:
        canvas.setFillGray(0.85)
        for n in range(30):
            canvas.saveState()
            canvas.translate(70 + 13 * n, HEIGHT - TOP - 75)
            canvas.rotate(90)
            canvas.drawString(0, 0, "copy copy copy copy")
            canvas.restoreState()
        canvas.setFillGray(0)

    assert cells(read(page(mark, rules(), words()), tmp_path)) == ROWS


def test_a_soft_hyphen_that_is_printed_is_a_minus(tmp_path: Path) -> None:
    cmap = (
        b"/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <00> <ff> endcodespacerange "
        b"1 beginbfchar <2d> <00ad> endbfchar endcmap end"
    )
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding /ToUnicode 6 0 R >>"
    data = hostile.one_page(b"BT /F1 12 Tf 72 700 Td (-6.10) Tj ET", font=font, more=[hostile.stream(cmap)])
    assert lines(read(data, tmp_path)) == ["-6.10"]


def test_lone_characters_of_fonts_that_are_not_embedded_are_read(tmp_path: Path) -> None:
    """pdfium leaves out a lone character that no font of the machine has a shape for."""
    rows = [["类", "款", "项", "额"], ["1", "2", "3", "4.00"], ["5", "6", "7", "8.00"]]
    document = read(page(rules(rows=3), words(rows)), tmp_path)
    assert cells(document) == rows


def test_characters_without_a_name_are_told(tmp_path: Path) -> None:
    content = b"BT /F1 12 Tf 72 700 Td (ab\x01\x02) Tj ET"
    document = read(hostile.one_page(content), tmp_path)
    assert lines(document)[0].startswith("ab")
    assert [(u.reason, u.text) for u in document.unread] == [("unmapped", "2")]
