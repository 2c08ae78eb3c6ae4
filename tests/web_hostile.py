"""Web pages, archives and separated values from people who mean harm, or from broken programs: made in code."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable

from tests.corpus.separated import packed

TABLE = """<p>测试市红山区档案馆2023年度部门决算</p><p>支出决算表</p><p>单位：万元</p>
<table><tr><td>功能分类科目编码<td>科目名称<td>本年支出合计<td>基本支出<td>项目支出
<tr><td><td>合计<td>9.50<td>6.50<td>3.00<tr><td>201<td>一般公共服务支出<td>9.50<td>6.50<td>3.00
<tr><td>20126<td>档案事务<td>9.50<td>6.50<td>3.00<tr><td>2012601<td>行政运行<td>6.50<td>6.50<td>
<tr><td>2012604<td>档案馆<td>3.00<td><td>3.00</table>"""
CELLS = 13
"""Numbers in the table."""

SEPARATED = """测试市红山区档案馆2023年度部门决算
支出决算表,,,,
,,,,单位：万元
功能分类科目编码,科目名称,本年支出合计,基本支出,项目支出
,合计,9.50,6.50,3.00
201,一般公共服务支出,9.50,6.50,3.00
20126,档案事务,9.50,6.50,3.00
2012601,行政运行,6.50,6.50,
2012604,档案馆,3.00,,3.00
"""


def page(body: str, head: str = "") -> bytes:
    """A page in UTF-8."""
    return f"<!DOCTYPE html><html><head><meta charset=utf-8>{head}</head><body>{body}</body></html>".encode()


PORTAL = "not_a_department_report"

READ: dict[str, Callable[[], bytes]] = {
    "entities.html": lambda: (
        b'<!DOCTYPE html [<!ENTITY a "1"><!ENTITY b "&a;&a;&a;"><!ENTITY x SYSTEM "file:///etc/passwd">]>'
        + page(f"{TABLE}<p>&x;&b;</p>")
    ),
    "script.html": lambda: page(
        f"<script>while(1);document.write('<table>')</script>{TABLE}<img src=x onerror=alert(1)>"
    ),
    "unclosed-script.html": lambda: page(f"{TABLE}<script>var a='<table><tr><td>1.00'"),
    "unclosed-comment.html": lambda: page(f"{TABLE}<!-- <table><tr><td>1.00<td>2.00"),
    "remote.html": lambda: page(
        f"<iframe src=http://127.0.0.1:9/></iframe>{TABLE}<img src=http://127.0.0.1:9/a.png>",
        "<link rel=stylesheet href=http://127.0.0.1:9/a.css><meta http-equiv=refresh content='0;url=http://127.0.0.1:9/'>",
    ),
    "spans-0.html": lambda: page(
        TABLE.replace("<td>201<", "<td rowspan=0 colspan=-5>201<").replace("rowspan=0", "rowspan=x")
    ),
    "font-nest.html": lambda: page("<font>" * 900 + TABLE + "</font>" * 900),
    "bold-nest.html": lambda: page("<b><i><u>" * 300 + TABLE),
    "nested-tables.html": lambda: page("<table><tr><td>" * 200 + TABLE + "</td></tr></table>" * 200),
    "attributes.html": lambda: page(f"<p {' '.join(f'a{n}=b' for n in range(20_000))}>x</p>{TABLE}"),
    "long-word.html": lambda: page(f"<p>{'长' * 500_000}</p>{TABLE}"),
    "empty-tags.html": lambda: page("<p></p>" * 100_000 + TABLE),
    "css-bomb.html": lambda: page(TABLE, "<style>" + "a b c d e{display:none}" * 20_000 + "</style>"),
    "css-open.html": lambda: page(TABLE, "<style>" + "x{" * 50_000 + "</style>"),
    "css-all.html": lambda: page(TABLE, "<style>:hover{display:none} a,,b{display:none} ]]{display:none}</style>"),
    "nul.html": lambda: page(TABLE.replace("<p>单位", "<p>\0单位")),
    "bad-bytes.html": lambda: page(TABLE).replace(
        "档案馆2023".encode(), b"\xff\xfe".join([b"", "档案馆2023".encode()])
    ),
    "wrong-charset.html": lambda: page(TABLE).replace(b"charset=utf-8", b"charset=x-none"),
    "gbk-as-utf8.html": lambda: page(TABLE).decode().encode("gb18030"),
    "utf16.html": lambda: page(TABLE).decode().replace("utf-8", "utf-16").encode("utf-16"),
    "saved.pdf": lambda: page(TABLE),
    "saved.xls": lambda: page(TABLE),
    "saved.doc": lambda: page(TABLE),
    "saved.txt": lambda: page(TABLE),
    "jsp.jsp": lambda: b"\r\n" * 700 + b"<!-- jsp -->\r\n" + page(TABLE),
    "quote.csv": lambda: SEPARATED.replace("档案馆,3.00", '"档案馆,3.00').encode(),
    "semicolons.csv": lambda: b"sep=;\n" + SEPARATED.replace(",", ";").encode(),
    "tabs.csv": lambda: SEPARATED.replace(",", "\t").encode("gb18030"),
    "formulas.csv": lambda: SEPARATED.replace("\n2012601", '\n="2012601"').encode("utf-8-sig"),
    "no-end.csv": lambda: SEPARATED.rstrip().encode(),
    "returns.csv": lambda: SEPARATED.replace("\n", "\r").encode(),
    "blank-columns.csv": lambda: SEPARATED.replace("\n", "," * 5_000 + "\n").encode(),
}
"""Oddities that do no harm: all 13 numbers are read."""

REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty.html": (lambda: b"  \r\n ", "empty_file"),
    "404.html": (lambda: page("<h1>404 Not Found</h1>"), "nothing_recognised"),
    "deep.html": (lambda: page("<div>" * 500_000 + TABLE), "nested_too_deep"),
    "deep-mix.html": (lambda: page("<b><div><span>" * 2_000 + TABLE), "nested_too_deep"),
    "span-bomb.html": (lambda: page(TABLE.replace("<td>201<", "<td colspan=1000 rowspan=9999>201<" ) +
                                    f"<table>{'<tr><td colspan=1000>1.00<td>2.00' * 500}</table>"), "table_too_large"),
    "binary.html": (lambda: b"<!DOCTYPE html><html><head>" + b"\x81\0\xff" * 3_000, "nothing_recognised"),
    "portal.html": (lambda: page("".join(f"<p><a href=/{n}.html>{n}年部门预算</a></p>" for n in range(40))), PORTAL),
    "attachments.html": (lambda: page("<h1>某局2023年度部门决算</h1><a href=/a.xlsx>公开表</a>"), "only_attachments"),
    "scans.html": (lambda: page("<h1>某局2023年度部门决算</h1><img src=1.jpg><img src=2.jpg>"), "no_text"),
    "no-page.mhtml": (lambda: b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n--b\r\n"
                      b"Content-Type: image/png\r\n\r\nx\r\n--b--\r\n", "no_page"),
    "letters.mhtml": (lambda: letters(3_000), "no_page"),
    "blank.csv": (lambda: b"\n\n ,,\n", "empty_file"),
    "wide.csv": (lambda: b"1.00," * 110_000 + b"\n" + b"1.00," * 110_000, "table_too_large"),
    "nul.csv": (lambda: b"a,b\n1,\0\n", "binary_text"),
    "rar.html": (lambda: b"Rar!\x1a\x07\x01\0" + b"x" * 100, "wrong_kind"),
}  # fmt: skip
"""Contents, and the code of the reason they are refused for."""


def letters(depth: int) -> bytes:
    """A letter in a letter in a letter."""
    head = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(depth))
    return b"MIME-Version: 1.0\r\n" + head


def locked() -> bytes:
    """An archive whose member says that it is encrypted."""
    data = bytearray(packed({"a.csv": SEPARATED.encode()}))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def bomb() -> bytes:
    """Two hundred megabytes in two hundred kilobytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("a.csv", "w") as member:
        for _ in range(200):
            member.write(b"0" * 2**20)
    return out.getvalue()


def overlapping() -> bytes:
    """Many members that are all the same bytes of the file."""
    data = zlib.compress(b"0" * 2**20)[2:-4]
    head = (
        struct.pack("<4s5H3I2H", b"PK\x03\x04", 20, 0, 8, 0, 0, zlib.crc32(b"0" * 2**20), len(data), 2**20, 5, 0)
        + b"a.csv"
    )
    entry = struct.pack("<4s6H3I5H2I", b"PK\x01\x02", 20, 20, 0, 8, 0, 0, zlib.crc32(b"0" * 2**20), len(data), 2**20,
                        5, 0, 0, 0, 0, 0, 0) + b"a.csv"  # fmt: skip
    count = 2_000
    directory = entry * count
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, count, count, len(directory), len(head) + len(data), 0)
    return head + data + directory + end


def nested(depth: int) -> bytes:
    """An archive in an archive."""
    data = packed({"a.csv": SEPARATED.encode()})
    for _ in range(depth):
        data = packed({"里.zip": data})
    return data


def linked() -> bytes:
    """An archive with a symbolic link out of it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        info = zipfile.ZipInfo("passwd.csv")
        info.external_attr = 0o120777 << 16
        archive.writestr(info, "/etc/passwd")
    return out.getvalue()


def many(count: int) -> bytes:
    """An archive of many small files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(count):
            archive.writestr(f"{number}.csv", str(number))
    return out.getvalue()


def broken_member() -> bytes:
    """An archive of which one member is damaged."""
    data = bytearray(packed({"坏.csv": SEPARATED.encode(), "好.csv": SEPARATED.encode() + b",\n"}))
    data[60] ^= 0xFF
    return bytes(data)


ARCHIVES: dict[str, tuple[Callable[[], bytes], list[str], list[str]]] = {
    "好.zip": (lambda: packed({"部门\\决算.csv": SEPARATED.encode()}), ["部门/决算.csv"], []),
    "名.zip": (lambda: packed({"图.csv": SEPARATED.encode()}), ["图.csv"], []),
    "utf8.zip": (lambda: packed({"图.csv": SEPARATED.encode()}, gbk=False), ["图.csv"], []),
    "out.zip": (lambda: packed({"../../../etc/a.csv": SEPARATED.encode(), "/root/b.csv": b"b", "C:\\c.csv": b"c"}),
                ["etc/a.csv", "root/b.csv", "c.csv"], []),
    "renamed.pdf": (lambda: packed({"a.csv": SEPARATED.encode()}), ["a.csv"], []),
    "twice.zip": (lambda: packed({"a.csv": b"1", "b.csv": b"1"}), ["a.csv"], []),
    "mac.zip": (lambda: packed({"__MACOSX/._a.csv": b"x", ".DS_Store": b"x", "~$a.doc": b"x", "a.csv": b"1"}),
                ["a.csv"], []),
    "nested.zip": (lambda: nested(2), ["里.zip/里.zip/a.csv"], []),
    "picture.zip": (lambda: packed({"a.jpg": b"\xff\xd8\xff", "b.rar": b"Rar!\x1a"}), [], ["unsupported_format"] * 2),
    "matryoshka.zip": (lambda: nested(9), [], ["archive_too_deep"]),
    "bomb.zip": (bomb, [], ["archive_too_large"]),
    "inner-bomb.zip": (lambda: packed({"b.zip": bomb(), "a.csv": b"1"}), ["a.csv"], ["archive_too_large"]),
    "overlap.zip": (overlapping, [], ["archive_too_large"]),
    "locked.zip": (locked, [], ["archive_locked"]),
    "link.zip": (linked, [], ["archive_link"]),
    "many.zip": (lambda: many(6_000), [], ["archive_too_large"]),
    "empty.zip": (lambda: b"PK\x05\x06" + b"\0" * 18, [], ["archive_empty"]),
    "cut.zip": (lambda: packed({"a.csv": SEPARATED.encode() * 9})[:200], [], ["archive_broken"]),
    "broken.zip": (broken_member, ["好.csv"], ["archive_broken"]),
    "garbage.zip": (lambda: b"PK\x03\x04" + b"\x99" * 500, [], ["archive_broken"]),
    "directory.zip": (lambda: b"PK\x03\x04" + b"PK\x05\x06" + b"\0" * 6 + b"\xff\xff" + b"\xff" * 4 + b"\0" * 6,
                      [], ["archive_too_large"]),
    "text.zip": (lambda: b"no archive at all", [], ["unsupported_format"]),
}  # fmt: skip
"""Contents of archives, names below the archive of what is found, codes of what is passed over."""
