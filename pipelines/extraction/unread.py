"""What a reader found and did not read, told in the tables of a report so that a finding speaks of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from pipelines.core.document import Unread
from pipelines.core.folding import squeeze
from pipelines.core.numbers import read_amount
from pipelines.core.ocr import INSTALL
from pipelines.layout.results import ReadTable
from pipelines.layout.rows import data_rows, header_height
from pipelines.layout.table import Table

_WORDS = {
    "number_lost": "第 {page} 页：{text}",
    "unmapped": "第 {page} 页有 {text} 个字符的字体不说明是什么字",
    "attachment": "附件“{text}”未读入",
    "hidden_sheet": "隐藏的工作表“{text}”未读入",
    "hidden_row": "工作表“{sheet}”隐藏的第 {text} 行未读入",
    "hidden_column": "工作表“{sheet}”隐藏的 {text} 列未读入",
    "hidden_table_row": "表格中隐藏的行“{text}”未读入",
    "embedded": "{origin}嵌入的对象（{text}）未读入，请将其内容粘贴为表格",
    "picture": "{origin}的图片未读入",
    "table_as_text": "{origin}起像表格却没有单元格（“{text}”），未能按表格读入",
    "false_text": "第 {page} 页的文字与其下的图片不符：{text} 个数字以图片为准",
    "number_missing": "另一程序在文件中读到的 {text} 未见于正文",
    "uncached_formula": "工作表“{sheet}”的公式没有计算结果（{text}），请用 Excel 或 WPS 打开并保存一次",
    "attachment_link": "链接的附件未读入：{text}",
}
"""By reason; what is not here is no fault of the reading."""

_PICTURES = {
    "picture_page": f"第 {{pages}} 页是图片，没有文字；安装识别组件后可以读入：{INSTALL}",
    "picture_coarse": "第 {pages} 页的图片太粗（每英寸 {text} 点，至少要 105 点），请用 200 点以上重新扫描",
    "picture_unclear": "第 {pages} 页的图片辨认不清（平均把握 {text}），可能是拍照、手写或污损，未读入",
    "picture_large": "第 {pages} 页的图片过大（{text} 像素），未读入",
    "picture_broken": "第 {pages} 页的图片已损坏，未读入",
}
"""The same of pages that are pictures: a scan has many of them, and is told of once."""

_PICTURES_ENGLISH = {
    "picture_page": f"the pages are pictures without text (a scan?); reading them takes: {INSTALL}",
    "picture_coarse": "the pictures are too coarse, scan at 200 dpi or more",
    "picture_unclear": "the pictures are not clear enough: photographs, handwriting or stains",
    "picture_large": "the pictures are too large",
    "picture_broken": "the pictures are broken",
}

_AMOUNT = re.compile(r"\d[\d,]*\.\d+|\d{1,3}(?:,\d{3})+")
"""A number that is money by its looks."""

_MANY = 12
"""Amounts that stand alone in words lined up by chance: running text has up to ten on a page."""


def tell_table(table: Table, reason: str) -> str:
    """One line that tells of a table whose numbers were not read.

    Args:
        table: The table.
        reason: Why not, in Chinese.
    """
    title = squeeze(table.title)
    return f"{f'表“{title}”' if title else '一张表'}的 {numbers_in(table)} 个数字未读入：{reason}"


def numbers_in(table: Table) -> int:
    """How many amounts stand alone in a cell below the headings of a table, or in its lines."""
    count = sum(len(_AMOUNT.findall(squeeze(line.text))) for line in table.lines)
    for grid in table.grids:
        below = {id(c): c.text for _, cells in data_rows(grid, header_height(grid)) for c in cells}
        count += sum(read_amount(text) is not None and _AMOUNT.search(text) is not None for text in below.values())
    return count


def tell_unknown(found: Sequence[ReadTable], tables: Sequence[dict[str, Any]], used: Iterable[dict[str, Any]]) -> None:
    """Tell of the tables that are no form, and of whose page or lines no other reader took anything.

    Args:
        found: The tables of a report.
        tables: Their rows of `PUBLISHED_TABLE`; their field ``unread`` is added to.
        used: What the readers of appendices found, with ``page`` and ``source_line``.
    """
    rows = list(used)
    pages, lines = ({row[name] for row in rows} - {None} for name in ("page", "source_line"))
    for read, table in zip(found, tables, strict=False):
        if read.form is not None or table["unread"] or not _is_tabular(read.table):
            continue
        places = [c.place for grid in read.table.grids for c in grid.cells]
        if pages.isdisjoint(p.page for p in places) and lines.isdisjoint(p.line for p in places):
            table["unread"] = tell_table(read.table, "不是已知的报表")


def _is_tabular(table: Table) -> bool:
    """Whether a table prints amounts as tables do: ruled, or so many that they are no lines of text set apart."""
    count = numbers_in(table)
    is_ruled = any(grid.method != "aligned" for grid in table.grids)
    return count > 0 and (is_ruled or count >= _MANY)


def tell_unread(
    found: Iterable[Unread],
    tables: Sequence[dict[str, Any]],
    report_key: str,
    own_page: Callable[[int], int] = lambda page: page,
) -> list[dict[str, Any]]:
    """Tell what was not read: in the table of a form that covers its page, else in a row of its own without a form.

    Args:
        found: What the reader tells.
        tables: Rows of `PUBLISHED_TABLE`; their field ``unread`` is added to.
        report_key: Key of the content.
        own_page: Gives the number by which a page is known in the file it stands in.

    Returns:
        Further rows, one for each page with such things on it and one for what stands on no page.
    """
    elsewhere: dict[int | None, list[str]] = {}
    found = list(found)
    origins: dict[int | None, str | None] = {one.place.page: one.place.origin for one in found if one.place.page}
    for page, text in _pictures(found, own_page):
        elsewhere.setdefault(page, []).append(text)
    for one in found:
        if one.reason not in _WORDS:
            continue
        page = one.place.page
        shown = None if page is None else own_page(page)
        where = one.place.origin or ""
        text = _WORDS[one.reason].format(page=shown, text=one.text, sheet=one.place.sheet, origin=where)
        text = f"{where}{text}" if where and shown is not None else text
        table = _table_on(page, tables)
        if table is None:
            elsewhere.setdefault(page, []).append(text)
        else:
            table["unread"] = "\n".join(filter(None, [table["unread"], text]))
    return [
        {
            "report_key": report_key,
            "table_no": len(tables) + n,
            "title": None,
            "page": page,
            "last_page": page,
            "origin": origins.get(page),
            "row_count": 0,
            "cell_count": 0,
            "unread": "\n".join(texts),
        }
        for n, (page, texts) in enumerate(elsewhere.items(), 1)
    ]


def without_text(found: Sequence[Unread]) -> str:
    """Why nothing of a document could be read, in Chinese and English."""
    for reason, english in _PICTURES_ENGLISH.items():
        texts = [text for _, text in _pictures([one for one in found if one.reason == reason])]
        if texts:
            return f"{texts[0]}；{english}"
    return "文件没有文字；the file has no text"


def _pictures(
    found: Iterable[Unread], own_page: Callable[[int], int] = lambda page: page
) -> list[tuple[int | None, str]]:
    """One line for all pages of a file that could not be read for one reason, with the first of the pages."""
    alike: dict[tuple[str, str], list[Unread]] = {}
    for one in found:
        if one.reason in _PICTURES:
            alike.setdefault((one.reason, one.place.origin or ""), []).append(one)
    told: list[tuple[int | None, str]] = []
    for (reason, origin), some in alike.items():
        pages = sorted({one.place.page or 0 for one in some})
        shown = _runs([own_page(page) for page in pages])
        told.append((pages[0], origin + _PICTURES[reason].format(pages=shown, text=some[0].text)))
    return told


def _runs(pages: Sequence[int]) -> str:
    """Numbers of pages, those in a row as from and to: ``3、5—8``."""
    runs: list[list[int]] = []
    for page in pages:
        if runs and page == runs[-1][-1] + 1:
            runs[-1].append(page)
        else:
            runs.append([page])
    return "、".join(f"{run[0]}—{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)


def _table_on(page: int | None, tables: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    """The table of a recognised form that covers a page, if there is just one."""
    covering = [t for t in tables if page and t["form"] and t["page"] and t["page"] <= page <= t["last_page"]]
    return covering[0] if len(covering) == 1 else None
