"""The same documents as web pages of different makers: portals, Word, Excel, old editors, PDF converters."""

from __future__ import annotations

import base64
import html
import quopri
import re
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from random import Random
from typing import Any

import pdfplumber

from tests.corpus.converted import dressed
from tests.corpus.layout import Layout
from tests.corpus.model import Document, Table, Text
from tests.corpus.pdf import render_pdf

MENU = ("首页", "政务公开", "部门预算", "部门决算", "财政信息", "政民互动", "领导信箱", "政府数据")
_PORTAL = """<!DOCTYPE html>
<html lang="zh-CN"><head><meta charset="{charset}"><title>{title}_财政信息_某市人民政府</title>
<meta name="PubDate" content="2031-02-12 17:26"><meta name="ArticleTitle" content="{title}">
<style>.fl {{float:left}} .sub-nav, .hide {{display:none}} @media print {{ .main {{display:none}} }}</style>
<script>var total = "1,234.56 < 7,890.12"; document.write("<td>9,999.99</td>");</script></head>
<body><!-- 2020年部门决算 --><div class="header"><ul class="nav">{menu}</ul>
<div class="sub-nav">其他单位 8,888.88 万元</div></div>
<div class="main"><div class="crumbs">当前位置：<a href="/">首页</a> &gt; <a href="/b/">部门预算</a></div>
<div class="article">{body}</div>
<p class="hide">内部数据 7,777.77</p></div>
<div class="footer"><p>主办：某市财政局　备案号：蒙ICP备05001234号</p><a href="/map.html">网站地图</a></div>
</body></html>
"""
_WORD = """<html xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office">
<head><meta http-equiv=Content-Type content="text/html; charset={charset}">
<meta name=Generator content="Microsoft Word 15">
<!--[if gte mso 9]><xml><o:DocumentProperties><o:Pages>9</o:Pages></o:DocumentProperties></xml><![endif]-->
<style><!-- p.MsoNormal {{margin:0cm; font-size:10.5pt;}} span.Gone {{mso-hide:all; display:none}} --></style></head>
<body lang=ZH-CN style='tab-interval:21.0pt'><div class=WordSection1>
{body}
</div></body></html>
"""
_OLD = """<HTML><HEAD><META http-equiv=Content-Type content="text/html; charset={charset}">
<TITLE>{title}</TITLE></HEAD>
<BODY><TABLE width=980 align=center><TR><TD colSpan=2 height=80></TD></TR><TR><TD width=200><TABLE>{menu}</TABLE><TD>
<FONT size=4>{body}</FONT></TABLE>
<TABLE width=980><TR><TD align=center>版权所有：某市财政局</TD></TR></TABLE></BODY></HTML>
"""
_MHTML = """MIME-Version: 1.0
Content-Type: multipart/related; boundary="--b"

----b
Content-Location: file:///C:/a.htm
Content-Transfer-Encoding: {way}
Content-Type: text/html; charset="{charset}"

PAGE
----b
Content-Location: file:///C:/a.files/x.png
Content-Transfer-Encoding: base64
Content-Type: image/png

iVBORw0KGgo=
----b--
"""
_LEVELS = {"cover": "h1", "title": "h2", "heading": "h3"}


def _text(text: str) -> str:
    return html.escape(text, quote=False)


def _spans(cell_rows: int, cell_cols: int) -> str:
    pairs = (("rowspan", cell_rows), ("colspan", cell_cols))
    return "".join(f' {name}="{count}"' for name, count in pairs if count > 1)


def _above(table: Table) -> list[str]:
    return [line for line in (table.label, table.title, table.department, table.unit_line) if line]


def _inside(text: str, rng: Random) -> str:
    """Return the text of a cell, sometimes with a line break in a long name."""
    if len(text) > 8 and rng.random() < 0.2 and not text[0].isdigit():
        return f"{_text(text[:6])}<br>{_text(text[6:])}"
    return _text(text) or rng.choice(("", "&nbsp;"))


def portal(document: Document, layout: Layout, rng: Random) -> str:
    """A page of a portal: menus and hidden parts around paragraphs and tables with headings of their own."""
    parts = []
    for block in document.blocks:
        if isinstance(block, Text):
            parts.append(f"<{_LEVELS.get(block.style, 'p')}>{_text(block.text)}</{_LEVELS.get(block.style, 'p')}>")
        elif isinstance(block, Table):
            parts += [f"<p>{_text(line)}</p>" for line in _above(block)]
            rows = []
            for number, row in enumerate(block.rows):
                tag = "th" if number < block.header_rows else "td"
                cells = [
                    f"<{tag}{_spans(c.rows, c.cols)}>{_inside(dressed(c, layout.dress, rng), rng)}</{tag}>" for c in row
                ]
                rows.append(f"<tr>{''.join(cells)}</tr>")
            head, body = rows[: block.header_rows], rows[block.header_rows :]
            parts.append(
                f"<table>\n<thead>{chr(10).join(head)}</thead>\n<tbody>\n{chr(10).join(body)}\n</tbody></table>"
            )
            parts += [f"<p>{_text(note)}</p>" for note in block.notes]
    menu = "".join(f'<li><a href="/{n}/">{word}</a></li>' for n, word in enumerate(MENU))
    return _PORTAL.format(charset=_charset(layout), title=document.title, menu=menu, body="\n".join(parts))


def word(document: Document, layout: Layout, rng: Random) -> str:
    """A page that Word saved: spans in spans, lines that break anywhere, hidden and deleted text."""
    parts = []
    for block in document.blocks:
        if isinstance(block, Text):
            parts.append(_paragraph(block.text, rng))
        elif isinstance(block, Table):
            parts += [_paragraph(line, rng) for line in _above(block)]
            rows = []
            for row in block.rows:
                cells = [
                    f"<td{_spans(c.rows, c.cols)} style='border:solid windowtext 1.0pt'>"
                    f"{_paragraph(dressed(c, layout.dress, rng), rng)}</td>"
                    for c in row
                ]
                rows.append("<tr style='mso-yfti-irow:1'>\n" + "\n".join(cells) + "\n</tr>")
            ghost = (
                "<![if !supportMisalignedColumns]><tr height=0 style='display:none'><td>6,666.66</td></tr><![endif]>"
            )
            parts.append(f"<table class=MsoTableGrid border=1>\n{chr(10).join(rows)}\n{ghost}</table>")
            parts += [_paragraph(note, rng) for note in block.notes]
    return _WORD.format(charset=_charset(layout), body="\n".join(parts))


def _paragraph(text: str, rng: Random) -> str:
    words = _text(text)
    if len(text) > 12 and not re.search(r"\d", text) and rng.random() < 0.5:
        place = len(words) // 2
        words = f"{words[:place]}\n  {words[place:]}" if "&" not in words else words
    gone = rng.choice(("", "<span class=Gone>5,555.55</span>", "<del cite='mailto:x'><span>4,444.44</span></del>"))
    return f"<p class=MsoNormal><span lang=EN-US style='font-size:10.5pt'>{words}{gone}<o:p></o:p></span></p>"


def excel(document: Document, layout: Layout, rng: Random) -> str:
    """A page that Excel saved: title, department and unit are rows of the table."""
    parts = []
    for block in document.blocks:
        if isinstance(block, Text):
            parts.append(f"<p>{_text(block.text)}</p>")
        elif isinstance(block, Table):
            width = len(block.widths)
            rows = [f"<tr height=19><td colspan={width} class=xl65>{_text(line)}</td></tr>" for line in _above(block)]
            for row in block.rows:
                cells = [f"<td{_spans(c.rows, c.cols)} class=xl66>{_text(dressed(c, layout.dress, rng))}" for c in row]
                rows.append("<tr height=19>" + "</td>".join(cells) + "</td></tr>")
            rows += [f"<tr><td colspan={width}>{_text(note)}</td></tr>" for note in block.notes]
            cols = "".join("<col width=72 style='mso-width-source:userset'>" for _ in block.widths)
            parts.append(f"<table x:str border=0 cellpadding=0>{cols}{''.join(rows)}</table>")
    return _WORD.format(charset=_charset(layout), body="\n".join(parts)).replace("Microsoft Word", "Microsoft Excel")


def old(document: Document, layout: Layout, rng: Random) -> str:
    """A page of twenty years ago: tables lay it out, tags are not closed, breaks part paragraphs."""
    parts = []
    for block in document.blocks:
        if isinstance(block, Text):
            parts.append(f"{_text(block.text)}<BR>")
        elif isinstance(block, Table):
            parts.append("<BR>".join(map(_text, _above(block))))
            rows = []
            for row in block.rows:
                cells = [f"<TD{_spans(c.rows, c.cols)}>{_text(dressed(c, layout.dress, rng))}" for c in row]
                rows.append("<TR>" + "".join(cells))
            parts.append(f"<TABLE border=1>{''.join(rows)}</TABLE>")
            parts += [f"{_text(note)}<BR>" for note in block.notes]
    menu = "".join(f"<TR><TD><A href='/{n}.htm'>{name}</A>" for n, name in enumerate(MENU))
    body = "\n".join(parts)
    return _OLD.format(charset=_charset(layout), title=document.title, menu=menu, body=body)


def placed(document: Document, layout: Layout, rng: Random) -> str:
    """A page that was made from a PDF word by word; places in points, or in pixels measured from below."""
    pixels = rng.random() < 0.5
    sheets = []
    rule = layout.rule if layout.rule in ("grid", "shattered") else "grid"
    layout = replace(layout, rotate=0, invisible=False, white=False, outside=False, turned_heads="none", rule=rule)
    with pdfplumber.open(BytesIO(render_pdf(document, layout, rng))) as pdf:
        for page in pdf.pages:
            parts = [_ruling(edge) for edge in page.edges if _is_shown(edge)]
            for found in _shown(page.chars):
                text, size = _text(found["text"]), found["size"]
                if pixels:
                    low = (float(page.height) - found["bottom"]) / 0.75
                    style = f"left:{found['x0'] / 0.75:.2f}px;bottom:{low:.2f}px;height:{size / 0.75:.2f}px;"
                    style += f"line-height:{size / 0.75:.2f}px;font-size:{size / 0.75:.2f}px"
                else:
                    style = f"top:{found['top']:.3f}pt;left:{found['x0']:.3f}pt;line-height:{size}pt;font-size:{size}pt"
                parts.append(f'<div class="p" style="{style}">{text}</div>')
            width, height = float(page.width), float(page.height)
            sheets.append(f'<div class="page" style="width:{width}pt;height:{height}pt">{"".join(parts)}</div>')
    head = f'<meta charset="{_charset(layout)}"><style>.page{{position:relative}} .p,.r{{position:absolute}}</style>'
    return f"<!DOCTYPE html>\n<html><head>{head}</head><body>{''.join(sheets)}</body></html>"


def _shown(chars: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return texts as they were shown one by one: characters that follow each other without a gap."""
    found: list[dict[str, Any]] = []
    for char in chars:
        last = found[-1] if found else None
        if last and abs(char["x0"] - last["x1"]) < 0.05 * char["size"] and abs(char["top"] - last["top"]) < 0.1:
            last["text"] += char["text"]
            last["x1"] = char["x1"]
        else:
            found.append(dict(char))
    return [each for each in found if each["text"].strip()]


def _is_shown(edge: dict[str, object]) -> bool:
    return edge.get("stroking_color") not in ((1,), (1, 1, 1), 1) or edge["object_type"] == "line_edge"


def _ruling(edge: dict[str, float]) -> str:
    level = edge["orientation"] == "h"
    side, width, height = (
        ("bottom", edge["x1"] - edge["x0"], 0.0) if level else ("right", 0.0, edge["bottom"] - edge["top"])
    )
    style = f"left:{edge['x0']:.2f}pt;top:{edge['top']:.2f}pt;width:{width:.2f}pt;height:{height:.2f}pt"
    return f'<div class="r" style="{style};border-{side}:0.5pt solid #000000;"> </div>'


def _charset(layout: Layout) -> str:
    return {"utf-8-sig": "utf-8", "gb18030": "gb2312"}.get(layout.encoding, layout.encoding)


Maker = Callable[[Document, Layout, Random], str]
MAKERS: dict[str, Maker] = {
    "html_portal": portal,
    "html_word": word,
    "html_excel": excel,
    "html_old": old,
    "html_placed": placed,
}


def render_html(document: Document, layout: Layout, rng: Random) -> tuple[bytes, str]:
    """Return a document as an encoded web page, and its suffix."""
    page = MAKERS[layout.output](document, layout, rng)
    return page.encode(layout.encoding, "xmlcharrefreplace"), rng.choice(("html", "htm", "jsp"))


def render_mhtml(document: Document, layout: Layout, rng: Random) -> tuple[bytes, str]:
    """Return a document as a saved archive of a page."""
    page = word(document, layout, rng).encode(layout.encoding, "xmlcharrefreplace")
    packed = base64.encodebytes(page) if layout.encoding == "utf-16" else quopri.encodestring(page)
    way = "base64" if layout.encoding == "utf-16" else "quoted-printable"
    text = _MHTML.format(charset=_charset(layout), way=way).replace("\n", "\r\n")
    head, _, tail = text.partition("PAGE")
    return head.encode() + packed + tail.encode(), "mhtml"
