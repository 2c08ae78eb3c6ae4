"""Names and telephone numbers of officials: found and taken out of texts, for they are loaded nowhere.

The forms print them beside labels (填报人, 项目负责人, 联系电话). What a document prints there is personal wherever
else the document prints it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from pipelines.core.data_files import declared
from pipelines.core.document import Document, Grid, Line
from pipelines.core.folding import key
from pipelines.core.lexicon import HAN

_PHONE = r"(?:0\d{2,3}[-－]?)?\d{7,8}(?:[-－转]\d{1,5})?|1[3-9]\d{9}|1[3-9]\d[-\s]\d{4}[-\s]\d{4}|\d{17}[\dXx]"
_ALONE = re.compile(r"(?<![\dA-Za-z.,])(?:1[3-9]\d{9}|0\d{2,3}[-－]\d{7,8})(?![\dA-Za-z.,%元千万亿])")
_HINT = re.compile(r"人|话|领导|机|方式|传真|代表|身份|主管")
"""A character that every label has one of."""
_NAME_LENGTH = (2, 4)
"""Characters of a Chinese name: one or two of the family, one or two given."""


@cache
def _labels() -> tuple[re.Pattern[str], re.Pattern[str], frozenset[str], re.Pattern[str]]:
    raw = declared(__file__, "personal.yml")
    return (
        re.compile(re.sub(r"\s", "", raw["names"])),
        re.compile(re.sub(r"\s", "", raw["numbers"])),
        frozenset(re.sub(r"\s", "", raw["surnames"])),
        re.compile(raw["not_names"]),
    )


@cache
def _beside() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Label and value in one text."""
    names, numbers, surnames, _ = _labels()
    surname = "[" + "".join(sorted(surnames)) + "]"
    return (
        re.compile(
            rf"((?:{names.pattern})(?:\([^()]{{1,6}}\)|（[^（）]{{1,6}}）)?\s*[:：]?\s*)"
            rf"({surname}\s?[{HAN}](?:\s?[{HAN}])?)(?![{HAN}])"
        ),
        re.compile(rf"((?:{numbers.pattern})\s*[:：]?\s*)({_PHONE})(?!\d)"),
    )


def is_name_label(text: str) -> bool:
    """Whether a text is a label that a person's name follows."""
    return _labels()[0].fullmatch(key(text).rstrip(":")) is not None


def is_number_label(text: str) -> bool:
    """Whether a text is a label that a telephone number follows."""
    return _labels()[1].fullmatch(key(text).rstrip(":")) is not None


def is_name(text: str) -> bool:
    """Whether what stands beside a label can be a person's name (and no office: 办公室, 财务科)."""
    _, _, surnames, not_names = _labels()
    plain = key(text)
    low, high = _NAME_LENGTH
    return (
        low <= len(plain) <= high
        and plain[0] in surnames
        and re.fullmatch(rf"[{HAN}]+", plain) is not None
        and not_names.search(plain) is None
    )


def without_personal(text: str, known: Iterable[str] = ()) -> str:
    """A text without names and numbers that stand beside their labels, and without those already known.

    Args:
        text: The text.
        known: Names and numbers that the document prints beside labels (:func:`personal_of`).

    Returns:
        The text; labels stay, and mobile numbers go wherever they stand.
    """
    if _HINT.search(text):
        names, numbers = _beside()
        text = numbers.sub(r"\1", names.sub(r"\1", text))
    if not _ALONE.fullmatch(text):  # a cell that is nothing but a number is an amount
        text = _ALONE.sub("", text)
    for secret in known:
        if secret[0] in text:
            text = re.sub(_exactly(secret), "", text)
    return text


def _exactly(secret: str) -> str:
    """A pattern of a secret, white space between its characters allowed; digits never out of a longer number."""
    spaced = r"\s*".join(map(re.escape, secret))
    return rf"(?<!\d){spaced}(?!\d)" if secret[0].isdigit() else spaced


def personal_of(document: Document) -> frozenset[str]:
    """The names and numbers that a document prints beside their labels, in grids and in lines, without white space."""
    found: set[str] = set()
    for block in document.blocks:
        for texts in [[block.text]] if isinstance(block, Line) else _rows(block):
            found |= set(_of_row(texts))
    return frozenset(found)


def personal_in(text: str) -> frozenset[str]:
    """The names and numbers that stand beside their labels in lines of a text, and mobile numbers anywhere in it."""
    lines = text.splitlines()
    return frozenset(found for line in lines for found in (*_of_row([line]), *map(key, _ALONE.findall(line))))


def _rows(grid: Grid) -> Iterator[list[str]]:
    for row in range(grid.rows):
        yield [cell.text for cell in grid.row(row) if cell.text.strip()]


def _of_row(texts: list[str]) -> Iterator[str]:
    """What stands in the cell after a label, or after it in the same text."""
    names, numbers = _beside()
    if not _HINT.search("".join(texts)):
        return
    for text, after in zip(texts, [*texts, ""][1:], strict=True):
        if is_name_label(text) and is_name(after):
            yield key(after)
        if is_number_label(text) and (number := re.fullmatch(_PHONE, key(after))):
            yield number.group()
        yield from (key(m[2]) for m in names.finditer(text) if is_name(m[2]))
        yield from (key(m[2]) for m in numbers.finditer(text))


def withhold(rows: Iterable[dict[str, Any]], known: Iterable[str]) -> None:
    """Take names and numbers out of every text of rows, in place; keys and the reasons of a reading stay."""
    secrets = sorted(known, key=lambda secret: (-len(secret), secret))
    cleared: dict[str, str] = {}  # rows repeat most of their texts
    for row in rows:
        for name, text in row.items():
            if isinstance(text, str) and not name.endswith("_key"):
                if text not in cleared:
                    cleared[text] = without_personal(text, secrets)
                row[name] = cleared[text]
