"""Printed text made comparable: keys of titles and names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any, TypeVar, cast

_REMEMBERED = 1 << 14
_F = TypeVar("_F", bound=Callable[..., Any])
_SHORT = 200  # characters of a text that may well come again; longer ones add up

_SPACE = re.compile(r"\s+")
_QUOTES = re.compile("[\"'“”‘’「」『』]")
_ORDINAL = re.compile(r"^(?:其中:)?(?:[一二三四五六七八九十]+[、.]|\((?:[一二三四五六七八九十]+|\d+)\)|\d+[、.](?!\d))")
CJK = re.compile(r"[\u3400-\u9fff]")
# What a recogniser makes of the letters of our titles and headings.
_VARIANTS = str.maketrans(
    "〇經濟類編碼稱項總計預決財撥補產級營屬單繳資結轉餘購車國運維護費務訓議關採業員額實際數調說備註",
    "○经济类编码称项总计预决财拨补产级营属单缴资结转余购车国运维护费务训议关采业员额实际数调说备注",
)


def squeeze(text: str) -> str:
    """Text without white space, width variants as printed."""
    return _SPACE.sub("", text)


def remembered(function: _F) -> _F:
    """Remember what a function gives for short texts: tables repeat their words, and every reader asks for the same."""
    known = lru_cache(_REMEMBERED)(function)

    @wraps(function)
    def ask(text: str, *rest: Any) -> Any:
        return (known if len(text) <= _SHORT else function)(text, *rest)

    return cast(_F, ask)


@remembered
def key(text: str) -> str:
    """A comparison key: compatibility forms and traditional letters folded, without white space and quotation marks."""
    return _QUOTES.sub("", _SPACE.sub("", unicodedata.normalize("NFKC", text))).translate(_VARIANTS)


def bare(text: str) -> str:
    """Key of a line name without its numbering (一、 （一） 1.) and a leading 其中."""
    return _ORDINAL.sub("", key(text))


def has_ordinal(text: str) -> bool:
    """Whether a name starts with a numbering."""
    return _ORDINAL.match(key(text)) is not None
