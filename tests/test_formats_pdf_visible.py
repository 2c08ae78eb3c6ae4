"""What a person sees of a page is read, and nothing else: colours, opacity, clipping, covers, forms."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from time import process_time

import hostile
import pytest
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from pipelines.core.document import Line
from pipelines.formats.pdf.reader import read_pdf

SEEN = b"BT /F1 12 Tf 0 g 0 Tr 72 700 Td (seen) Tj ET "
AREA = b"50 560 400 100 re f "
PICTURE = b"400 0 0 100 50 560 cm BI /W 1 /H 1 /CS /G /BPC 8 ID \x00 EI "
BLACK_INK = b"<< /FunctionType 2 /Domain [0 1] /C0 [0 0 0 0] /C1 [0 0 0 1] /N 1 >>"


def words(how: bytes = b"") -> bytes:
    return b"BT /F1 12 Tf " + how + b" 72 600 Td (word) Tj ET "


def page(
    content: bytes, resources: bytes = b"", more: Sequence[bytes] = (), catalogue: bytes = b"", page: bytes = b""
) -> bytes:
    return hostile.pdf(
        [
            b"<< /Type /Catalog /Pages 2 0 R " + catalogue + b" >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
            b"/Resources << /Font << /F1 5 0 R >> " + resources + b" >> " + page + b" >>",
            hostile.stream(content + SEEN),
            hostile.FONT,
            *more,
        ]
    )


def form(content: bytes, box: bytes = b"[0 0 595 842]") -> bytes:
    entries = b"/Type /XObject /Subtype /Form /BBox " + box + b" /Resources << /Font << /F1 5 0 R >> >>"
    return hostile.stream(content, entries)


def space(definition: bytes) -> bytes:
    return b"/ColorSpace << /C " + definition + b" >>"


def state(entries: bytes) -> bytes:
    return b"/ExtGState << /G << " + entries + b" >> >>"


X = b"/XObject << /X 6 0 R >>"
VIEW = b"/OCProperties << /OCGs [6 0 R] /D << /AS [<< /Event /View /Category [/View] /OCGs [6 0 R] >>] >> >>"
LAYER = b"<< /Type /OCG /Name (x) /Usage << /View << /ViewState /OFF >> >> >>"

UNSEEN = {
    "under a white area": page(words() + b"1 g " + AREA),
    "under a black area": page(words() + b"0 g " + AREA),
    "white, then a dark area over it": page(words(b"1 g") + b"0 g " + AREA),
    "black on black": page(b"0 g " + AREA + words(b"0 g")),
    "blue on blue": page(b"0.18 0.19 0.573 rg " + AREA + words(b"1 1 0 0 k")),
    "clipped away": page(b"q 0 0 10 10 re W n " + words() + b"Q "),
    "clipped away by two": page(b"q 0 0 600 650 re W n 0 640 600 200 re W* n " + words() + b"Q "),
    "no opacity": page(b"q /G gs " + words() + b"Q ", state(b"/ca 0")),
    "tiny": page(b"BT /F1 0.1 Tf 72 600 Td (word) Tj ET "),
    "no size": page(b"BT /F1 0 Tf 72 600 Td (word) Tj ET "),
    "none of an ink": page(b"/C cs 0 scn " + words(), space(b"[/Separation /Black /DeviceCMYK 6 0 R]"), [BLACK_INK]),
    "white in Lab": page(b"/C cs 100 0 0 scn " + words(), space(b"[/Lab << /WhitePoint [0.95 1 1.08] >>]")),
    "a white outline": page(words(b"0 g 1 G 1 Tr") + b"0 G "),
    "a layer not for the screen": page(
        b"/OC /L BDC " + words() + b"EMC ", b"/Properties << /L 6 0 R >>", [LAYER], catalogue=VIEW
    ),
    "a form drawn in invisible mode": page(b"3 Tr /X Do ", X, [form(words())]),
    "a form drawn in white": page(b"1 g /X Do ", X, [form(words())]),
    "outside the box of its form": page(b"/X Do ", X, [form(words(), b"[0 0 10 10]")]),
}
SEEN_TOO = {
    "all of an ink": page(b"/C cs 1 scn " + words(), space(b"[/Separation /Black /DeviceCMYK 6 0 R]"), [BLACK_INK]),
    "all of a named ink": page(b"/C cs 1 scn " + words(), space(b"[/DeviceN [/Black] /DeviceCMYK 6 0 R]"), [BLACK_INK]),
    "a colour of a palette": page(b"/C cs 1 scn " + words(), space(b"[/Indexed /DeviceRGB 1 <ffffff000000>]")),
    "a black outline of white": page(words(b"1 g 0 G 1 Tr")),
    "white on a dark area": page(b"0 g " + AREA + words(b"1 g")),
    "white on a dark shape": page(b"0 g 50 560 m 450 560 l 460 610 l 450 660 l 50 660 l f " + words(b"1 g")),
    "white on a picture": page(b"q " + PICTURE + b"Q " + words(b"1 g")),
    "under a picture of which nothing is left": page(words() + b"q 10 10 20 20 re W n " + PICTURE + b"Q "),
    "under a thin veil": page(words() + b"q /G gs " + PICTURE + b"Q ", state(b"/ca 0.3")),
    "under a marker": page(words() + b"q /G gs 1 1 0 rg " + AREA + b"Q ", state(b"/BM /Multiply")),
    "after the clipping ended": page(b"q 0 0 10 10 re W n Q " + words()),
    "clipped at its edge": page(b"q 0 595 74 20 re W n BT /F1 12 Tf 72 600 Td (w) Tj ET Q "
    b"BT /F1 12 Tf 82 600 Td (ord) Tj ET "),
    "a form inside its box": page(b"/X Do ", X, [form(words())]),
    "a page measured from its top": page(words(), page=b"/MediaBox [595 842 0 0]"),
}  # fmt: skip


def text_of(content: bytes, folder: Path) -> list[str]:
    path = folder / "a.pdf"
    path.write_bytes(content)
    document = read_pdf(path, lambda _: False, 10)
    return [block.text for block in document.blocks if isinstance(block, Line)]


@pytest.mark.parametrize("how", UNSEEN)
def test_what_nobody_sees_is_not_read(how: str, tmp_path: Path) -> None:
    assert text_of(UNSEEN[how], tmp_path) == ["seen"]


@pytest.mark.parametrize("how", SEEN_TOO)
def test_what_is_seen_is_read(how: str, tmp_path: Path) -> None:
    assert "".join(text_of(SEEN_TOO[how], tmp_path)[1:]).replace(" ", "") == "word"


def test_an_area_as_large_as_numbers_go_is_no_larger_than_the_page(tmp_path: Path) -> None:
    file = tmp_path / "vast.pdf"
    file.write_bytes(page(b"1 g -9999999999 -9999999999 19999999999 19999999999 re f " + words(b"0 g")))
    started = process_time()
    document = read_pdf(file, lambda _: False, 10)
    assert process_time() - started < 5
    assert "word" in "".join(line.text for line in document.lines())


def test_boxes_stand_for_fonts_that_a_document_does_not_bring(tmp_path: Path) -> None:
    """pdfium finds the same characters as with the machine's fonts; in a process of its own, for it cannot go back."""
    file = tmp_path / "song.pdf"
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    canvas = Canvas(str(file))
    canvas.setFont("STSong-Light", 12)
    canvas.drawString(72, 700, "一般公共服务支出 1,234.50")
    canvas.save()
    code = (
        "import sys; from pipelines.formats.pdf.boxes import use_boxes; use_boxes(); import pypdfium2;"
        "page = pypdfium2.PdfDocument(sys.argv[1])[0];"
        "print(ascii(''.join(page.get_textpage().get_text_bounded().split())))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(file)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ascii("一般公共服务支出1,234.50")
