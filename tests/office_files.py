"""Small office files made of raw XML, so that a test says exactly what stands in them."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Mapping, Sequence
from io import BytesIO

from xlwt.CompoundDoc import XlsDoc

_KIND = "application/vnd.openxmlformats-officedocument"
TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/word/document.xml" ContentType="{_KIND}.wordprocessingml.document.main+xml"/></Types>'
)
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
UNIT = "测试市红山区档案馆"
REPORT = [
    ["科目编码", "科目名称", "合计", "基本支出", "项目支出"],
    ["合计", "", "9.50", "6.50", "3.00"],
    ["201", "一般公共服务支出", "9.50", "6.50", "3.00"],
    ["20126", "档案事务", "9.50", "6.50", "3.00"],
    ["2012601", "行政运行", "6.50", "6.50", ""],
    ["2012604", "档案馆", "3.00", "", "3.00"],
]
"""A small table of expenditure."""
ABOVE = [f"{UNIT}2023年度部门决算", "支出决算表", "单位：万元"]
"""What stands above it."""


def package(parts: Mapping[str, str | bytes]) -> bytes:
    """A ZIP of parts."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {"[Content_Types].xml": TYPES, **parts}.items():
            archive.writestr(name, content)
    return out.getvalue()


def relations(*targets: tuple[str, str], outside: Sequence[tuple[str, str]] = ()) -> str:
    """Relations of a part, by kind and target; their ids are rId1, rId2, …"""
    inner = "".join(
        f'<Relationship Id="rId{n}" Type="{RELATIONS}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets, 1)
    )
    inner += "".join(
        f'<Relationship Id="out{n}" Type="{RELATIONS}/{kind}" Target="{target}" TargetMode="External"/>'
        for n, (kind, target) in enumerate(outside, 1)
    )
    return (
        f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{inner}</Relationships>'
    )


def cell(at: str, value: object, style: int = 0) -> str:
    """A cell: words inline, numbers as they are spelled."""
    if value in ("", None):
        return f'<c r="{at}" s="{style}"/>'
    if isinstance(value, str):
        text = value.replace("&", "&amp;").replace("<", "&lt;")
        return f'<c r="{at}" s="{style}" t="inlineStr"><is><t>{text}</t></is></c>'
    return f'<c r="{at}" s="{style}"><v>{value}</v></c>'


def rows(lines: Sequence[Sequence[object]], first: int = 1, style: int = 0) -> str:
    """Rows of cells from a row on."""
    return "".join(
        f'<row r="{n}">' + "".join(cell(f"{chr(65 + c)}{n}", v, style) for c, v in enumerate(line)) + "</row>"
        for n, line in enumerate(lines, first)
    )


def sheet(data: str, after: str = "", before: str = "") -> str:
    """A worksheet."""
    return f'<worksheet xmlns="{SHEET}">{before}<sheetData>{data}</sheetData>{after}</worksheet>'


def report_rows(style: int = 0) -> str:
    """The rows of the small report; its amounts are words."""
    return rows([[line] for line in ABOVE]) + rows(REPORT, 4, style)


def styles(formats: Sequence[str]) -> str:
    """A part of styles: style 0 is General, style n the n-th format; the last has borders at its sides."""
    codes = "".join(
        f'<numFmt numFmtId="{200 + n}" formatCode="{code.replace("&", "&amp;").replace(chr(34), "&quot;")}"/>'
        for n, code in enumerate(formats)
    )
    used = "".join(f'<xf numFmtId="{200 + n}" fontId="0" borderId="0"/>' for n in range(len(formats)))
    return (
        f'<styleSheet xmlns="{SHEET}"><numFmts>{codes}</numFmts>'
        "<fonts><font/><font><strike/></font></fonts>"
        '<borders><border/><border><left style="thin"/><right style="thin"/></border></borders>'
        f'<cellXfs><xf numFmtId="0" fontId="0" borderId="0"/>{used}'
        '<xf numFmtId="0" fontId="1" borderId="0"/><xf numFmtId="0" fontId="0" borderId="1"/></cellXfs></styleSheet>'
    )


def xlsx(
    *sheets: str, names: Sequence[str] = (), states: Mapping[int, str] | None = None, formats: Sequence[str] = (),
    more: Mapping[str, str | bytes] | None = None,
) -> bytes:  # fmt: skip
    """A workbook of worksheets; ``more`` adds parts or puts others in the place of its own."""
    listed = "".join(
        f'<sheet name="{names[n - 1] if n <= len(names) else f"Sheet{n}"}" sheetId="{n}" r:id="rId{n}" '
        f'state="{(states or {}).get(n, "visible")}"/>'
        for n in range(1, len(sheets) + 1)
    )
    kinds = [("worksheet", f"worksheets/sheet{n}.xml") for n in range(1, len(sheets) + 1)]
    parts: dict[str, str | bytes] = {
        "_rels/.rels": relations(("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'<workbook xmlns="{SHEET}" xmlns:r="{RELATIONS}"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": relations(*kinds, ("styles", "styles.xml"), ("sharedStrings", "strings.xml")),
        "xl/styles.xml": styles(formats),
        "xl/strings.xml": f'<sst xmlns="{SHEET}"><si><t>字</t></si></sst>',
    }
    parts |= {f"xl/worksheets/sheet{n}.xml": data for n, data in enumerate(sheets, 1)}
    return package(parts | dict(more or {}))


def run(text: str, properties: str = "") -> str:
    """A run."""
    text = text.replace("&", "&amp;").replace("<", "&lt;")
    return f'<w:r>{f"<w:rPr>{properties}</w:rPr>" if properties else ""}<w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph(*runs: str, properties: str = "") -> str:
    """A paragraph of runs, or of plain texts."""
    inner = "".join(one if one.startswith("<") else run(one) for one in runs)
    return f"<w:p>{f'<w:pPr>{properties}</w:pPr>' if properties else ''}{inner}</w:p>"


def table(lines: Sequence[Sequence[str]]) -> str:
    """A table; a cell that begins with a tag is taken as its content."""
    grid = '<w:gridCol w:w="1500"/>' * max(map(len, lines))
    return f"<w:tbl><w:tblPr/><w:tblGrid>{grid}</w:tblGrid>" + "".join(
        "<w:tr>" + "".join(f"<w:tc>{c if c.startswith('<') else paragraph(c)}</w:tc>" for c in line) + "</w:tr>"
        for line in lines
    ) + "</w:tbl>"  # fmt: skip


def word_report() -> str:
    """The body of the small report."""
    return "".join(map(paragraph, ABOVE)) + table(REPORT)


def docx(body: str, more: Mapping[str, str | bytes] | None = None, kinds: Sequence[str] = ()) -> bytes:
    """A text document; ``kinds`` name its further parts (``styles`` is ``word/styles.xml``)."""
    spaces = (
        f'xmlns:w="{WORD}" xmlns:r="{RELATIONS}" '
        'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
        'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
        'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
    )
    parts: dict[str, str | bytes] = {
        "_rels/.rels": relations(("officeDocument", "word/document.xml")),
        "word/document.xml": f"<w:document {spaces}><w:body>{body}</w:body></w:document>",
        "word/_rels/document.xml.rels": relations(*((kind, f"{kind}.xml") for kind in kinds)),
    }
    return package(parts | dict(more or {}))


def part(name: str, inner: str) -> str:
    """A part beside the document: styles, numbering, footnotes."""
    return f'<w:{name} xmlns:w="{WORD}">{inner}</w:{name}>'


def ole(stream: bytes, name: str = "Workbook") -> bytes:
    """An old Office file with one stream."""
    out = BytesIO()
    XlsDoc().save(out, stream.ljust(4096, b"\0"))
    data = out.getvalue()
    at = data.index("Workbook".encode("utf-16-le"))
    entry = f"{name}\0".encode("utf-16-le")
    return data[:at] + entry.ljust(64, b"\0") + struct.pack("<H", len(entry)) + data[at + 66 :]
