"""The one parser of printed numbers."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

_WELL_FORMED = re.compile(r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")
_OF_A_PROGRAM = re.compile(r"[-+]?(?:\d[\d.,]*e[-+]?\d+|nan|inf(?:inity)?)|#[A-Z/0!?]{3,}", re.IGNORECASE)
_DECIMAL_COMMA = re.compile(r"[-+]?\d{1,3}(?:,\d{3})*,\d{2}")
_NUMBERISH = re.compile(r"[-+(]?\d[\d,.\s_]*\)?")
_PIECE = re.compile(r"\d{1,3}(?:,\s?\d{3})+(?:\.\s?\d+)?|\d+\.\s?\d+|\d+")
_MAX_DIGITS = 14


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
