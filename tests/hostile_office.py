"""Office files from people who mean harm, or whose disk was full: made in code, as small as they can be."""

from __future__ import annotations

import random
import struct
import zipfile
from collections.abc import Callable
from io import BytesIO

import xlwt
from office_files import (
    ABOVE,
    REPORT,
    SHEET,
    cell,
    docx,
    ole,
    package,
    paragraph,
    part,
    relations,
    report_rows,
    rows,
    run,
    sheet,
    table,
    word_report,
    xlsx,
)

LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
GOOD_SHEET, GOOD_BODY = sheet(report_rows()), word_report()


def with_sheet(before: str = "", **named: str) -> bytes:
    """A workbook whose sheet begins with something."""
    return xlsx(before + GOOD_SHEET, more=named)


def bomb(size: int, name: str, base: bytes) -> bytes:
    """A package with a part that grows when unpacked."""
    out = BytesIO(base)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, b" " * size)
    return out.getvalue()


def many_parts() -> bytes:
    return package({f"xl/p{n}.xml": "" for n in range(10_001)} | {"xl/workbook.xml": "<workbook/>"})


def lying_size() -> bytes:
    """A part that unpacks to more than the directory says."""
    data = bytearray(xlsx(sheet(report_rows() + " " * 50_000)))
    at = data.rindex(b"xl/worksheets/sheet1.xml") - 46  # the entry of the directory
    struct.pack_into("<I", data, at + 24, 500)
    return bytes(data)


def unknown_packing() -> bytes:
    data = bytearray(xlsx(GOOD_SHEET))
    at = data.rindex(b"xl/worksheets/sheet1.xml") - 46
    struct.pack_into("<H", data, at + 10, 99)
    return bytes(data)


def locked_parts() -> bytes:
    data = bytearray(xlsx(GOOD_SHEET))
    at = data.rindex(b"xl/worksheets/sheet1.xml") - 46
    struct.pack_into("<H", data, at + 8, 1)
    return bytes(data)


def overlapping_merges() -> bytes:
    """Two hundred merged cells, each over what is left of a sheet that is filled."""
    inner = rows([[str(n)] * 26 for n in range(300)])
    merged = "".join(f'<mergeCell ref="A{n}:Z300"/>' for n in range(1, 201))
    return xlsx(sheet(inner, f"<mergeCells>{merged}</mergeCells>"))


def far() -> bytes:
    """The report, and a word in the last cell that a sheet has."""
    return xlsx(sheet(report_rows() + f'<row r="1048576">{cell("XFD1048576", "x")}</row>'))


def merged_all() -> bytes:
    return xlsx(sheet(report_rows(), '<mergeCells><mergeCell ref="G12:XFD1048576"/></mergeCells>'))


def wide_columns() -> bytes:
    columns = "<cols>" + '<col min="9" max="16384" hidden="1"/>' * 200 + "</cols>"
    return xlsx(sheet(report_rows(), before=columns))


def odd_numbers() -> bytes:
    """Amounts beyond all measure beside the good ones, in rows of their own."""
    more = "".join(
        f'<row r="{20 + n}">{cell(f"A{20 + n}", "203")}{cell(f"B{20 + n}", "国防支出")}'
        f'<c r="C{20 + n}"><v>{value}</v></c></row>'
        for n, value in enumerate(["1E+999", "NaN", "-INF", "1e-999", "0x10"])
    )
    return xlsx(sheet(report_rows() + more))


def old_workbook(patch: Callable[[bytes], bytes] = lambda data: data) -> bytes:
    book = xlwt.Workbook(encoding="utf-8")
    page = book.add_sheet("a")
    for r, line in enumerate([*([text] for text in ABOVE), *REPORT]):
        for c, text in enumerate(line):
            page.write(r, c, text)
    page.write(65535, 255, "x")
    out = BytesIO()
    book.save(out)
    return patch(out.getvalue())


def locked_workbook() -> bytes:
    """The first records of a workbook behind a password."""
    begin = struct.pack("<HHHHHHII", 0x0809, 16, 0x0600, 5, 0, 1997, 0, 6)
    return ole(begin + struct.pack("<HH", 0x2F, 6) + b"\0\0" + b"\x12\x34\x56\x78" + struct.pack("<HH", 0x0A, 0))


def noise(seed: int, data: bytes, share: float = 0.02) -> bytes:
    """A file in which some bytes are others."""
    rng = random.Random(seed)
    found = bytearray(data)
    for _ in range(int(len(found) * share)):
        found[rng.randrange(600, len(found))] = rng.randrange(256)
    return bytes(found)


def nested_tables(depth: int) -> bytes:
    inner = paragraph("1.50")
    for _ in range(depth):
        inner = f"<w:tbl><w:tr><w:tc>{inner}</w:tc><w:tc>{paragraph('x')}</w:tc></w:tr></w:tbl>"
    return docx(GOOD_BODY + inner)


def deep(tag: str, depth: int) -> bytes:
    return docx(GOOD_BODY + f"<w:p>{f'<w:{tag}>' * depth}{run('x')}{f'</w:{tag}>' * depth}</w:p>")


def circular_styles() -> bytes:
    inner = "".join(
        f'<w:style w:type="paragraph" w:styleId="{a}"><w:basedOn w:val="{b}"/></w:style>' for a, b in ("ab", "ba")
    )
    body = GOOD_BODY + paragraph("x", properties='<w:pStyle w:val="a"/>')
    return docx(body, {"word/styles.xml": part("styles", inner)}, ["styles"])


def odd_lists() -> bytes:
    levels = (
        '<w:lvl w:ilvl="99"/><w:lvl w:ilvl="-1"/><w:lvl w:ilvl="0"><w:start w:val="99999999999999"/>'
        '<w:numFmt w:val="chineseCounting"/><w:lvlText w:val="%9%8%1"/></w:lvl>'
    )
    inner = f'<w:abstractNum w:abstractNumId="0">{levels}</w:abstractNum><w:num w:numId="1">' \
            '<w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="7"/></w:num>'  # fmt: skip
    body = GOOD_BODY + "".join(
        paragraph("x", properties=f'<w:numPr><w:ilvl w:val="{n}"/><w:numId w:val="{i}"/></w:numPr>')
        for n, i in ((0, 1), (99, 1), (-1, 1), (0, 2), (0, 77), ("a", "b"))
    )
    return docx(body, {"word/numbering.xml": part("numbering", inner)}, ["numbering"])


def wide_spans(span: int, lines: int) -> bytes:
    properties = f'<w:tcPr><w:gridSpan w:val="{span}"/></w:tcPr>'
    row = f"<w:tr><w:tc>{properties}{paragraph('x')}</w:tc><w:tc>{paragraph('x')}</w:tc></w:tr>"
    return docx(GOOD_BODY + f"<w:tbl>{row * lines}</w:tbl>")


def fetching() -> bytes:
    """A document that asks for a template, a picture and another document on the network, and starts a program."""
    outside = relations(
        outside=[("attachedTemplate", "http://127.0.0.1:9/t.dotm"), ("image", "http://127.0.0.1:9/p.png")]
    )
    dde = '<w:r><w:instrText>DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe "/k calc"</w:instrText></w:r>'
    return docx(GOOD_BODY + paragraph(dde), {"word/_rels/document.xml.rels": outside, "word/vbaProject.bin": b"x" * 99})


def unstyled() -> bytes:
    return xlsx(GOOD_SHEET, more={"xl/styles.xml": f'<styleSheet xmlns="{SHEET}"><fonts/></styleSheet>'})


def half_merged() -> bytes:
    lone = table([["x"]]).replace("<w:tc>", "<w:tc><w:tcPr><w:vMerge/><w:hMerge/></w:tcPr>")
    return docx(GOOD_BODY + lone)


def outside_strings() -> bytes:
    return xlsx(GOOD_SHEET, more={"xl/strings.xml": f'{OUTSIDE}<sst xmlns="{SHEET}"/>'})


def greedy() -> bytes:
    """A workbook within all limits but that of the memory of the process that reads it: elements in elements."""
    names = [f"a{random.Random(n).randrange(10**6)}" for n in range(500)]
    inner = "".join(f"<{name}>" for _ in range(8000) for name in names)
    return xlsx(sheet(inner))


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "bomb.xlsx": (lambda: bomb(101 * 2**20, "xl/media/x.xml", xlsx(GOOD_SHEET)), "content_too_large"),
    "ratio.xlsx": (lambda: bomb(5 * 2**20, "xl/x.xml", xlsx(GOOD_SHEET)), "content_too_large"),
    "bomb.docx": (lambda: bomb(101 * 2**20, "word/x.xml", docx(GOOD_BODY)), "content_too_large"),
    "many-parts.xlsx": (many_parts, "content_too_large"),
    "lying-size.xlsx": (lying_size, "office_damaged"),
    "unknown-packing.xlsx": (unknown_packing, "office_damaged"),
    "locked-parts.xlsx": (locked_parts, "office_locked"),
    "laughs.xlsx": (lambda: with_sheet(LAUGHS), "document_type"),
    "outside.xlsx": (outside_strings, "document_type"),
    "late-type.xlsx": (lambda: with_sheet(f"<!--{'x' * 9000}-->{OUTSIDE}"), "document_type"),
    "utf16-type.xlsx": (
        lambda: xlsx(GOOD_SHEET, more={"xl/styles.xml": f"{LAUGHS}<styleSheet/>".encode("utf-16")}), "document_type"),
    "laughs.docx": (lambda: docx(GOOD_BODY, {"word/document.xml": f"{LAUGHS}<x>&c;</x>"}), "document_type"),
    "outside.docx": (
        lambda: docx(GOOD_BODY, {"word/styles.xml": f"{OUTSIDE}<x>&a;</x>"}, ["styles"]), "document_type"),
    "overlapping.xlsx": (overlapping_merges, "table_too_large"),
    "truncated.xlsx": (lambda: xlsx(GOOD_SHEET)[:-200], "office_damaged"),
    "truncated.docx": (lambda: docx(GOOD_BODY)[:-200], "office_damaged"),
    "only-a-head.xlsx": (lambda: b"PK\x03\x04" + b"x" * 500, "office_damaged"),
    "no-workbook.xlsx": (lambda: package({"xl/worksheets/sheet1.xml": GOOD_SHEET}), "office_damaged"),
    "no-document.docx": (lambda: package({"word/styles.xml": "<x/>"}), "office_damaged"),
    "no-body.docx": (lambda: docx("", {"word/document.xml": "<x/>"}), "office_damaged"),
    "torn.xlsx": (lambda: with_sheet("<x>"), "office_damaged"),
    "torn.docx": (lambda: docx("<w:p>"), "office_damaged"),
    "no-string.xlsx": (lambda: xlsx(sheet('<row r="1"><c r="A1" t="s"><v>99</v></c></row>')), "office_damaged"),
    "no-address.xlsx": (lambda: xlsx(sheet('<row r="1"><c r="ZZZZ9"><v>9</v></c></row>')), "office_damaged"),
    "odd-style.xlsx": (lambda: xlsx(sheet('<row r="1"><c r="A1" s="x"><v>9</v></c></row>')), "office_damaged"),
    "odd-merge.xlsx": (
        lambda: xlsx(sheet(report_rows(), '<mergeCells><mergeCell ref="A"/></mergeCells>')), "office_damaged"),
    "hidden.xlsx": (lambda: xlsx(GOOD_SHEET, states={1: "hidden"}), "nothing_shown"),
    "locked.xlsx": (lambda: ole(b"x", "EncryptedPackage"), "office_locked"),
    "locked.xls": (locked_workbook, "office_locked"),
    "cut.xls": (lambda: old_workbook(lambda data: data[:3000]), "office_damaged"),
    "noise.xls": (lambda: ole(random.Random(5).randbytes(5000)), "office_damaged"),
    "nested.docx": (lambda: nested_tables(40), "nested_too_deep"),
    "very-nested.docx": (lambda: nested_tables(400), "office_damaged"),
    "deep.docx": (lambda: deep("ins", 5000), "office_damaged"),
    "wide.docx": (lambda: wide_spans(63, 4000), "table_too_large"),
    "locked.doc": (lambda: ole(b"\xec\xa5\xc1\0" + b"\0" * 6 + b"\0\x01", "WordDocument"), "office_locked"),
    "archive.docx": (lambda: package({"readme.txt": "x"}), "wrong_kind"),
    "text.xlsx": (lambda: b"a,b\n1,2\n" * 200, "wrong_kind"),
}  # fmt: skip
"""Names, contents, and the code of the reason they are refused for."""

READ: dict[str, Callable[[], bytes]] = {
    "far.xlsx": far,
    "merged-all.xlsx": merged_all,
    "wide-columns.xlsx": wide_columns,
    "macros.xlsm": lambda: xlsx(GOOD_SHEET, more={"xl/vbaProject.bin": b"x" * 99, "xl/externalLinks/e.xml": "<x/>"}),
    "climbing.xlsx": lambda: xlsx(GOOD_SHEET, more={"../../../tmp/climbed.xml": "<x/>", "/etc/passwd": "x"}),
    "odd-numbers.xlsx": odd_numbers,
    "odd-parts.xlsx": unstyled,
    "far.xls": old_workbook,
    "circular.docx": circular_styles,
    "odd-lists.docx": odd_lists,
    "spans.docx": lambda: wide_spans(999_999_999, 3),
    "fetching.docx": fetching,
    "macros.docm": fetching,
    "empty-rows.docx": lambda: docx(GOOD_BODY + "<w:tbl/><w:tbl><w:tr/></w:tbl><w:tbl><w:tr><w:tc/></w:tr></w:tbl>"),
    "odd-table.docx": half_merged,
    "fields.docx": lambda: docx(GOOD_BODY + paragraph('<w:r><w:fldChar w:fldCharType="end"/></w:r>' * 99)),
}  # fmt: skip
"""Names and contents of files whose oddity is harmless: the numbers of the small report are read, and no others."""
