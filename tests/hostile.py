"""Files from people who mean harm, or whose disk was full: made in code, none of them lies in the repository."""

from __future__ import annotations

import io
import os
import zipfile
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

import pypdf

from pipelines.collect.samples import SAMPLE_FOLDER as RAW

SAMPLE = (RAW / "jiangsu-npc-2018-budget.pdf").read_bytes()
FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"


def pdf(objects: Sequence[bytes]) -> bytes:
    """Lay objects out as a PDF; the first is the catalogue."""
    out = io.BytesIO()
    out.write(b"%PDF-1.7\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.write(b"".join(b"%010d 00000 n \n" % place for place in places))
    out.write(b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start))
    return out.getvalue()


def stream(data: bytes, entries: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(data), entries, data)


def one_page(
    content: bytes, entries: bytes = b"", font: bytes = FONT, more: Sequence[bytes] = (), page: bytes = b""
) -> bytes:
    """A PDF of one page: object 3 is the page, 4 its content, 5 its font, 6 and on are ``more``."""
    return pdf(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
            b"/Resources << /Font << /F1 5 0 R >> >> %s >>" % page,
            stream(content, entries),
            font,
            *more,
        ]
    )


def truncated() -> bytes:
    return SAMPLE[: len(SAMPLE) * 7 // 10]


def broken_xref() -> bytes:
    head, tail = SAMPLE[: SAMPLE.rindex(b"startxref")], b"startxref\n99\n%%EOF\n"
    return head + tail


def damaged_content() -> bytes:
    """A page whose compressed content breaks off in the middle, though the file around it is whole."""
    packed = zlib.compress(b"BT /F1 12 Tf 72 700 Td (" + os.urandom(2000).hex().encode() + b") Tj ET")
    return one_page(packed[: len(packed) // 2], b"/Filter /FlateDecode")


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.presentation")
    return out.getvalue()


def encrypted(user_password: str) -> bytes:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(SAMPLE))
    writer.encrypt(user_password, owner_password="owner", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def scan() -> bytes:
    pixels = zlib.compress(bytes(range(256)) * 40)
    image = stream(pixels, b"/Type /XObject /Subtype /Image /Width 128 /Height 80 /ColorSpace /DeviceGray "
                   b"/BitsPerComponent 8 /Filter /FlateDecode")  # fmt: skip
    return pdf(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
            b"/Resources << /XObject << /I 5 0 R >> >> >>",
            stream(b"q 500 0 0 700 40 60 cm /I Do Q"),
            image,
        ]
    )


def many_pages(pages: int = 5000) -> bytes:
    kids = b" ".join(b"%d 0 R" % (n + 5) for n in range(pages))
    page = (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 3 0 R "
        b"/Resources << /Font << /F1 4 0 R >> >> >>"
    )
    return pdf(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, pages),
            stream(b"BT /F1 12 Tf 72 700 Td (1,234.56) Tj ET"),
            FONT,
            *[page] * pages,
        ]
    )


def bomb(size: int = 2**30) -> bytes:
    """A stream that inflates to a gigabyte of blanks; made of one packed piece, repeated."""
    packer = zlib.compressobj(9)
    piece = 2**20
    head = packer.compress(b" " * piece) + packer.flush(zlib.Z_FULL_FLUSH)
    again = packer.compress(b" " * piece) + packer.flush(zlib.Z_FULL_FLUSH)
    data = head + again * (size // piece - 1) + packer.flush()
    return one_page(data, b"/Filter /FlateDecode")


def many_glyphs(glyphs: int = 1_000_000) -> bytes:
    lines = b" ".join(
        b"1 0 0 1 %d %d Tm (%s) Tj" % (n % 500, n % 800, b"0123456789" * 100) for n in range(glyphs // 1000)
    )
    return one_page(zlib.compress(b"BT /F1 1 Tf " + lines + b" ET"), b"/Filter /FlateDecode")


def cyclic_pages() -> bytes:
    return pdf(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 2 /Parent 3 0 R >>",
            b"<< /Type /Pages /Kids [2 0 R] /Count 2 /Parent 2 0 R >>",
        ]
    )


def endless_font() -> bytes:
    """A font whose character map claims four thousand million entries, and gives none for what is printed."""
    cmap = (
        b"/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <00000000> <ffffffff> "
        b"endcodespacerange 1 beginbfrange <00000000> <ffffffff> <0041> endbfrange endcmap end"
    )
    font = b"<< /Type /Font /Subtype /Type0 /Encoding /Identity-H /DescendantFonts [7 0 R] /ToUnicode 6 0 R >>"
    descendant = (
        b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /A /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) "
        b"/Supplement 0 >> /FontDescriptor << /Type /FontDescriptor /FontName /A /Flags 4 /FontBBox [0 0 1000 1000] "
        b"/ItalicAngle 0 /Ascent 800 /Descent -200 /CapHeight 700 /StemV 80 >> >>"
    )
    return one_page(b"BT /F1 12 Tf 72 700 Td <00410042> Tj ET", font=font, more=[stream(cmap), descendant])


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "zero.pdf": (lambda: b"", "empty_file"),
    "blank.txt": (lambda: b" \n\n\t", "empty_file"),
    "truncated.pdf": (truncated, "pdf_broken"),
    "broken-xref.pdf": (broken_xref, "pdf_damaged"),
    "damaged-content.pdf": (damaged_content, "pdf_damaged"),
    "html.pdf": (lambda: b"<!DOCTYPE html><html><body>404 Not Found</body></html>", "nothing_recognised"),
    "zip.pdf": (zipped, "wrong_kind"),
    "png.txt": (lambda: b"\x89PNG\r\n\x1a\n", "wrong_kind"),
    "locked.pdf": (lambda: encrypted("secret"), "pdf_locked"),
    "scan.pdf": (scan, "no_text"),
    "5000-pages.pdf": (many_pages, "too_many_pages"),
    "bomb.pdf": (bomb, "content_too_large"),
    "million-glyphs.pdf": (many_glyphs, "too_many_glyphs"),
    "cyclic.pdf": (cyclic_pages, "pdf_broken"),
    "endless.pdf": (endless_font, "no_text"),
    "nul.txt": (lambda: b"a report\0\0with\0 1", "binary_text"),
    "换\n行.txt": (lambda: b"\0 1", "binary_text"),
    "'; drop table dim_report; --.txt": (lambda: b"\0 2", "binary_text"),
    "..\\..\\etc.txt": (lambda: b"\0 3", "binary_text"),
    "..up.txt": (lambda: b"\0 4", "binary_text"),
    "=cmd|' C calc'!A0.txt": (lambda: b"\0 5", "binary_text"),
    "<script>alert(1)<!--.txt": (lambda: b"\0 6", "binary_text"),
    "{{7*7}}%s%n.txt": (lambda: b"\0 7", "binary_text"),
    "长" * 82 + ".txt": (lambda: b"\0 8", "binary_text"),
}
"""Names, contents, and the code (or its end) of the reason they are refused for."""


def make(folder: Path) -> None:
    """Write every hostile file into a folder."""
    for name, (content, _) in REFUSED.items():
        (folder / name).write_bytes(content())
    with (folder / "huge.txt").open("wb") as huge:
        huge.write("部门决算\n".encode())
        huge.truncate(200 * 1024 * 1024)
    os.mkfifo(folder / "pipe.txt")
    (folder / "loop.txt").symlink_to("loop.txt")
    (folder / "out.txt").symlink_to("/etc/passwd")
    (folder / "up").symlink_to(folder)
