"""Printed text made comparable: keys of titles and names, and numbers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache, wraps
from typing import Any, TypeVar, cast

_REMEMBERED = 1 << 14
_F = TypeVar("_F", bound=Callable[..., Any])
_SHORT = 200  # characters of a text that may well come again; longer ones add up

_SPACE = re.compile(r"\s+")
_QUOTES = re.compile("[\"'“”‘’「」『』]")
_WELL_FORMED = re.compile(r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")
_OF_A_PROGRAM = re.compile(r"[-+]?(?:\d[\d.,]*e[-+]?\d+|nan|inf(?:inity)?)|#[A-Z/0!?]{3,}", re.IGNORECASE)
_DECIMAL_COMMA = re.compile(r"[-+]?\d{1,3}(?:,\d{3})*,\d{2}")
_NUMBERISH = re.compile(r"[-+(]?\d[\d,.\s_]*\)?")
_PIECE = re.compile(r"\d{1,3}(?:,\s?\d{3})+(?:\.\s?\d+)?|\d+\.\s?\d+|\d+")
_ORDINAL = re.compile(r"^(?:其中:)?(?:[一二三四五六七八九十]+[、.]|\((?:[一二三四五六七八九十]+|\d+)\)|\d+[、.](?!\d))")
CJK = re.compile(r"[\u3400-\u9fff]")
_MAX_DIGITS = 14
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


@dataclass(frozen=True, slots=True)
class Number:
    """A number as read.

    ``value`` is ``None`` when the text is no single number; ``candidates`` are then the numbers it may hold.
    ``doubt`` tells that the text was damaged (a dump's spacing is not damage, a lost point is).
    """

    value: Decimal | None
    doubt: bool = False
    candidates: tuple[Decimal, ...] = ()


def read_number(text: str) -> Number | None:
    """Read the number of a cell.

    Returns:
        ``None`` when the cell holds no number at all (blank, a dash, words).
    """
    folded = unicodedata.normalize("NFKC", text).replace("−", "-").replace("—", "-").replace("，", ",").strip()
    folded = folded.replace("¥", "").replace("_", " ").strip()
    if _OF_A_PROGRAM.fullmatch(folded):  # 1e400, NaN, #REF!: somebody meant a number here
        return Number(None, doubt=True)
    if not _NUMBERISH.fullmatch(folded):
        return None
    negative = folded.startswith("(") and folded.endswith(")")
    folded = folded.strip("()")
    tight = re.sub(r"\s*([,.])\s*", r"\1", folded)
    if _WELL_FORMED.fullmatch(tight):
        if len(re.sub(r"\D", "", tight.split(".")[0])) > _MAX_DIGITS:
            return Number(None, doubt=True)
        value = Decimal(tight.replace(",", ""))
        doubt = re.fullmatch(r"[-+]?0\d+(?:\.\d+)?", tight) is not None
        return Number(-value if negative else value, doubt)
    if _DECIMAL_COMMA.fullmatch(tight):
        head, _, tail = tight.rpartition(",")
        return Number(Decimal(head.replace(",", "") + "." + tail), doubt=True)
    pieces = tuple(Decimal(re.sub(r"[,\s]", "", p)) for p in _PIECE.findall(folded) if len(p) <= _MAX_DIGITS)
    return Number(None, doubt=True, candidates=pieces)
