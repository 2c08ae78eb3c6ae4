"""What a reader found and did not read, told in the tables of a report so that a finding speaks of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from pipelines.core.document import Unread

_WORDS = {
    "number_lost": "第 {page} 页：{text}",
    "unmapped": "第 {page} 页有 {text} 个字符的字体不说明是什么字",
    "picture_page": "第 {page} 页是图片，没有文字",
    "attachment": "附件“{text}”未读入",
    "attachment_link": "链接的附件未读入：{text}",
}
"""By reason; what is not here is no fault of the reading."""


def tell_unread(found: Iterable[Unread], tables: Sequence[dict[str, Any]], report_key: str) -> list[dict[str, Any]]:
    """Tell what was not read: in the table of a form that covers its page, else in a row of its own without a form.

    Args:
        found: What the reader tells.
        tables: Rows of `PUBLISHED_TABLE`; their field ``unread`` is added to.
        report_key: Key of the content.

    Returns:
        Further rows, one for each page with such things on it and one for what stands on no page.
    """
    elsewhere: dict[int | None, list[str]] = {}
    for one in found:
        if one.reason not in _WORDS:
            continue
        page = one.place.page
        text = _WORDS[one.reason].format(page=page, text=one.text)
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
            "row_count": 0,
            "cell_count": 0,
            "unread": "\n".join(texts),
        }
        for n, (page, texts) in enumerate(elsewhere.items(), 1)
    ]


def _table_on(page: int | None, tables: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    """The table of a recognised form that covers a page, if there is just one."""
    covering = [t for t in tables if page and t["form"] and t["page"] and t["page"] <= page <= t["last_page"]]
    return covering[0] if len(covering) == 1 else None
