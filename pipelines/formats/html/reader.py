"""Reader of web pages: lines and grids in reading order, and what the page links but does not hold."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.core.document import Block, Document, Grid, Line, Place, Unread, UnreadableError
from pipelines.formats.html.decoding import decode_page
from pipelines.formats.html.flow import Flow
from pipelines.formats.html.placed import Placed
from pipelines.formats.html.styles import Styles
from pipelines.formats.html.tree import Survey, refuse_nested, survey

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser

    from pipelines.formats.kind import IsTitle

_DATE = re.compile(r"(20\d\d)[-/年.](\d{1,2})[-/月.](\d{1,2})")
_PUBLISHED = ("pubdate", "publishdate", "article:published_time", "firstpublishedtime")
_MONEY = re.compile(r"\d(?:\.\d+)?\s*[亿千万]?元|\d\.\d\d(?!\d)")
_FEW_LETTERS = 200  # outside of links: less is no report
_MANY_LINKS = 15  # to other pages: a page of links
_MOST_TOLD = 20  # files that a refusal names


def read_page(path: Path, is_title: IsTitle, limits: Mapping[str, int]) -> Document:
    """Read a web page.

    Raises:
        UnreadableError: The page is empty, binary or beyond every size, or holds links only.
    """
    return read_html(decode_page(path.read_bytes()), is_title, limits)


def read_html(text: str, is_title: IsTitle, limits: Mapping[str, int]) -> Document:
    """Read the text of a web page; see `read_page`."""
    from selectolax.lexbor import LexborHTMLParser

    refuse_nested(text)
    tree = LexborHTMLParser(text)
    document = Document("html", [], created_on=_published(tree))
    root = tree.body or tree.root
    if root is None:
        return document
    found = survey(tree.root or root, Styles(tree))
    placed = Placed(found, is_title, limits)
    flow = Flow(found, placed.take)
    placed.next_line = flow.next_line
    flow.read(root)
    document.blocks = placed.whole(flow.blocks)
    document.pages = placed.pages or None
    document.unread = [*flow.unread, *placed.unread]
    document.unread += [
        Unread(
            "attachment_link",
            f"{link.text or link.href}（{link.href}）",
            Place(line=flow.line_of.get(link.node), element=f"a[{found.facts[link.node].number}]"),
        )
        for link in found.attachments
    ]
    document.unseen = dict(found.unseen + placed.unseen)
    _refuse_links(document, found)
    return document


def _published(tree: LexborHTMLParser) -> date | None:
    """When a page says that it was published."""
    for node in tree.css("meta"):
        attributes = node.attributes
        name = (attributes.get("name") or attributes.get("property") or "").lower()
        day = _DATE.search(attributes.get("content") or "")
        if name in _PUBLISHED and day:
            try:
                return date(*map(int, day.groups()))
            except ValueError:
                continue
    return None


def _refuse_links(document: Document, found: Survey) -> None:
    """Raise for a page that holds nothing itself: it links files, or other pages, or shows pictures.

    Raises:
        UnreadableError: It says what there is.
    """
    words = "".join(block.text for block in document.blocks if isinstance(block, Line))
    whole = next(iter(found.facts.values()))
    if (
        len(words) - whole.linked >= _FEW_LETTERS
        or _MONEY.search(words)
        or any(_has_money(block) for block in document.blocks)
    ):
        return
    if found.attachments:
        named = [link.text or link.href for link in found.attachments]
        told = "、".join(dict.fromkeys(named[:_MOST_TOLD]))
        raise UnreadableError(
            "only_attachments",
            f"网页只链接了附件，请下载后放入：{told}；the page only links files, fetch them and give them",
        )
    if whole.links >= _MANY_LINKS:
        raise UnreadableError(
            "not_a_department_report",
            f"这是目录或门户网页（{whole.links} 个链接），不是报告；a page of links, no department's report",
        )
    if found.pictures:
        raise UnreadableError(
            "no_text", f"网页的正文是 {found.pictures} 张图片，暂不能读取；the page shows pictures only"
        )


def _has_money(block: Block) -> bool:
    return isinstance(block, Grid) and any(_MONEY.search(cell.text) for cell in block.cells)
