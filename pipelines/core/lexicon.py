"""Shapes of words that every layer looks for, each defined once.

Parts of patterns are plain strings, to be put into larger patterns; whole patterns are compiled. Those that are matched
against folded text (`pipelines.core.folding.key`) say so; the others take text as printed.
"""

from __future__ import annotations

import re

# --- characters ------------------------------------------------------------------------------------------------------

HAN = r"\u3400-\u9fff"
"""Chinese characters, as the inside of a character class: extension A and the unified ideographs."""

CJK = re.compile(rf"[{HAN}]")
"""One Chinese character: what tells words from numbers and signs."""

# --- amounts ---------------------------------------------------------------------------------------------------------

AMOUNT = r"\d[\d,]*(?:\.\d+)?"
"""Digits that may be grouped, with places: where an amount is looked for in a text. `core.numbers` says what it is."""

# --- page numbers ----------------------------------------------------------------------------------------------------

PAGE_NUMBER = re.compile(
    r"[-—–·\s]*第?\s*(?P<page>\d{1,4})\s*页?(?:\s*[/,，]?\s*共\s*\d{1,4}\s*页?|\s*/\s*\d{1,4}\s*页?)?[-—–·\s]*"
)
"""A line that is nothing but the number of its page: 12, - 12 -, 第12页, 第 12 页 共 40 页, 12/40."""

LOOSE_PAGE_NUMBER = re.compile(r"[-—–·\s]*第?\d{1,4}页?[/共]*\d*页?[-—–·\s]*")
"""What tables and narrative pass over so far: any digits alone on their line, but not 第 14 页，共 45 页.

It differs from `PAGE_NUMBER` by accident; a note and a quote of the city reports depend on it.
"""

# --- column numbers --------------------------------------------------------------------------------------------------

_COLUMN_NUMBER = re.compile(r"[(（]?(\d{1,2})[)）]?(?:[=＝][-+×*/()=＋－—–＝（）、,，.…栏\d]*\d[)）栏]*)?")


def column_number(text: str) -> int | None:
    """The number of a column as a row that counts them prints it, its formula left out: 3, (3), 3=4+5, 1=（2+3）栏."""
    found = _COLUMN_NUMBER.fullmatch("".join(text.split()))
    return int(found[1]) if found else None


# --- numbering of headings -------------------------------------------------------------------------------------------

CHINESE_NUMBER = "[一二三四五六七八九十]+"
"""一, 十二: how headings, parts and tables are counted in words."""

PART = re.compile(rf"第{CHINESE_NUMBER}(?:部分|章|篇)")
"""The heading of a part of a report (第三部分)."""

_TABLE_NUMBER = rf"(?:\d+(?:-\d+)*|{CHINESE_NUMBER})"
TABLE_LABEL = rf"(?:预算|公开|附)?公?开?第?{_TABLE_NUMBER}表|公开表{_TABLE_NUMBER}"
"""The number beside the title of a statutory table, as a pattern of folded text: 公开05表, 附一表, 预算01-2表."""

NUMBERINGS = (
    rf"{CHINESE_NUMBER}[、.．]",
    rf"[(（]{CHINESE_NUMBER}[)）]",
    r"\d{1,2}[、.．](?!\d)",
    r"[(（]\d{1,2}[)）]",
)
"""The numbering of headings and lines from the outermost level in: 一、 （一） 1. （1）; 1.5 is an amount."""

SECTION, SUBSECTION = (re.compile(numbering) for numbering in NUMBERINGS[:2])
"""The numbering of a section (一、) and of what stands below it (（一）)."""

NUMBERING = re.compile("|".join(NUMBERINGS))
"""A numbering of any level at the start of a line."""

# --- totals ----------------------------------------------------------------------------------------------------------

TOTALS = frozenset({"合计", "总计", "共计", "总合计", "收入总计", "支出总计", "收入合计", "支出合计"})
"""Folded names of rows that add up a whole table, or one side of it; 小计 adds up a part of it and is none."""

GRAND_TOTALS = (TOTALS - {"收入合计", "支出合计"}) | {"合计:"}
"""Those that are renamed 合计 where a table has one total; 收入合计 and 支出合计 may stand beside each other in one."""

SUM = re.compile("合计|总计|小计")
"""Folded words of any sum, a part's included: what adds up others is no item of its own."""

# --- sentences -------------------------------------------------------------------------------------------------------

SENTENCE_END = re.compile(r"[。!?！？]")
"""Where a sentence ends."""

COMMA = r"(?<!\d)[,，]|[,，](?!\d{3})"
"""A comma between clauses; one between the digits of an amount groups them."""

CLAUSE_END = re.compile(rf"[。；;：:!?！？]|{COMMA}")
"""Where a clause ends."""

SENTENCE = re.compile(r"[。；;!?！？]|[,，].*[,，]")
"""Text that is a sentence, or a list, rather than a title: a title has one comma at most, and no full stop."""
