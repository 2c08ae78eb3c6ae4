"""The one parser of printed numbers."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from typing import Any

from pipelines.core.data_files import declared
from pipelines.core.folding import Letters, remembered
from pipelines.core.money import UNITS

GROUPED = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
"""Digits of a well-formed number, folded: thousands by comma or not at all."""

MINUS = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63\uff0d\u2500"
"""Hyphens and dashes of every length, the minus sign, and the box-drawing dash of typewritten tables."""

NEGATIVE = "△▲▵▴∆负負"
"""Signs that say before a number that it is less than zero."""

_APOSTROPHES = "'’‘`＇"  # between digits; commas and blanks are the usual ones
_MAX_DIGITS = 14  # before the point; more is a code or an account number
_MAX_LENGTH = 80  # characters of a cell that may be a number; a paragraph is none

_WELL_FORMED = re.compile(GROUPED)
_BLANK_GROUPS = re.compile(r"\d{1,3}(?:(?: \d{3})+\.\d+|(?: \d{3}){2,})")  # 5 234 may as well be two numbers
_OF_A_PROGRAM = re.compile(r"[-+]?(?:\d[\d.,]*e[-+]?\d+|nan|inf(?:inity)?)|#[A-Z/0!?]{3,}|#{2,}", re.IGNORECASE)
_DECIMAL_COMMA = re.compile(r"\d{1,3}(?:,\d{3})*,\d{2}")
_LEADING_ZERO = re.compile(r"0\d+(?:\.\d+)?")
_PAGE_NUMBER = re.compile(r"-\s*\d{1,4}\s*-")
_LOST_ZERO = re.compile(r"\.\d+")
_PIECE = re.compile(r"\d{1,3}(?:,\s?\d{3})+(?:\.\s?\d+)?|\d+\.\s?\d+|\d+")
_UNSEEN = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_QUOTED = re.compile(r'=?"(.*)"|[\'’‘](.*)', re.DOTALL)
_BRACKETED = re.compile(r"\((.*)\)", re.DOTALL)
_UNITS = "|".join([*sorted(UNITS, key=len, reverse=True), "[千万亿]"])
_UNIT = re.compile(rf"(.+?)\s*[(（]?({_UNITS})(?:人民币)?[)）]?", re.DOTALL)
_DASHES = dict.fromkeys(map(ord, MINUS), "-")
_FOLDING = Letters(dict.fromkeys(map(ord, NEGATIVE), "-") | _DASHES | dict.fromkeys(map(ord, _APOSTROPHES), "'"))
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True, slots=True)
class Number:
    """A number as read.

    Attributes:
        value: ``None`` when the text is no single number.
        doubt: Whether the text was damaged (a dump's spacing is not damage, a lost point is).
        candidates: The numbers that a text without a value may hold.
        unit: Unit of money printed beside it in the same cell.
    """

    value: Decimal | None
    doubt: bool = False
    candidates: tuple[Decimal, ...] = ()
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class _Marks:
    """What ``numbers.yml`` declares, compiled."""

    currency: re.Pattern[str]
    notes: re.Pattern[str]
    placeholders: frozenset[str]


@cache
def _marks() -> _Marks:
    words = _words()
    one = "|".join(
        (
            f"[{re.escape(words['note_marks'] + words['note_digits'])}]",
            "(?<!#)#(?![#A-Z])",
            r"[\[［【〔]\s*注?\s*\d{1,2}\s*[\]］】〕]",
            rf"[(（]\s*注\s*[\d一二三四五六七八九十{re.escape(words['note_digits'])}]{{0,2}}\s*[)）]",
            r"注\s*(?:\d{1,2}(?![\d.,，．])|[一二三四五六七八九十])[:：]?",
        )
    )
    return _Marks(
        re.compile("|".join(map(re.escape, words["currency"]))),
        re.compile(rf"^(?:\s*(?:{one}))+|(?:(?:{one})\s*)+$"),
        frozenset(_tight(word) for word in words["placeholders"]),
    )


@remembered
def read_number(text: str) -> Number | None:
    """Read the number of a text that may as well hold words.

    Signs (``-``, ``△``, in brackets, behind the number), thousands (by comma, blank or apostrophe), full-width
    characters and marks of footnotes beside the number are understood; the marks are no part of it.

    Returns:
        ``None`` when the text is no number at all (blank, a dash, words).
    """
    if not text or len(text) > _MAX_LENGTH:
        return None
    plain = _UNSEEN.sub("", text).replace("_", " ").strip()
    found = _without_marks(plain)
    if not found or any(unicodedata.category(sign) == "No" for sign in found):
        return None  # a mark between the digits: nobody knows which of them are the number's
    return _read(_folded(found))


@remembered
def read_amount(text: str) -> Number | None:
    """Read an amount of money: as `read_number`, and a unit of money may stand behind the number (``378.50万元``)."""
    number = read_number(text)
    if number is not None or len(text) > _MAX_LENGTH:
        return number
    split = _UNIT.fullmatch(_without_marks(_UNSEEN.sub("", text).strip()))
    if split is None:
        return None
    number = read_number(split[1])
    if number is None or number.value is None:
        return None
    return replace(number, unit=split[2] if split[2] in UNITS else f"{split[2]}元")


def read_value(text: str) -> Number | None:
    """Read a cell of a column of amounts.

    As `read_amount`; whatever is neither a number nor a declared placeholder is one that could not be read.

    Returns:
        ``None`` when the cell says that there is no number: blank, dashes, 无, /.
    """
    return None if is_blank(text) else read_amount(text) or Number(None, doubt=True)


def is_blank(text: str) -> bool:
    """Whether a cell of a column of amounts says that there is no number: blank, dashes, a declared placeholder."""
    tight = _tight(text)
    return not tight.strip("-") or tight in _marks().placeholders


def raised(digits: str) -> str:
    """Mark digits that stand above the line; a parser then knows them for the mark of a footnote."""
    return digits.translate(_RAISED)


def _tight(text: str) -> str:
    """What is compared with a placeholder: without blanks, marks and underscores, dashes of one kind."""
    folded = unicodedata.normalize("NFKC", _UNSEEN.sub("", text)).translate(_DASHES)
    return re.sub(r"[\s_]", "", folded).casefold()


@cache
def _words() -> dict[str, Any]:
    return declared(__file__, "numbers.yml")


def _without_marks(text: str) -> str:
    """A text without the marks of footnotes at its ends; one that is nothing else is left empty."""
    return _marks().notes.sub("", text).strip()


def _folded(text: str) -> str:
    """Characters of a number as ASCII; signs before width, which would make other characters of some."""
    quoted = _QUOTED.fullmatch(text)
    if quoted:
        text = quoted[1] if quoted[1] is not None else quoted[2]
    folded = unicodedata.normalize("NFKC", text.translate(_FOLDING)).translate(_FOLDING)
    return re.sub(r"\s+", " ", _marks().currency.sub("", folded)).strip()


def _read(text: str) -> Number | None:
    if _OF_A_PROGRAM.fullmatch(text):  # 1e400, NaN, #REF!, ####: somebody meant a number here
        return Number(None, doubt=True)
    body, negative, damaged = _without_sign(text)
    if not re.match(r"\.?\d", body) or re.search(r"[^\d,.\s']", body):
        return None
    number = _read_digits(body)
    if damaged and _PAGE_NUMBER.fullmatch(text):
        return None
    if damaged:
        both = {v for c in (number.value, *number.candidates) if c is not None for v in (c, -c)}
        return Number(None, doubt=True, candidates=tuple(sorted(both)))
    if not negative:
        return number
    return Number(None if number.value is None else -number.value, number.doubt, tuple(-c for c in number.candidates))


def _without_sign(text: str) -> tuple[str, bool, bool]:
    """The digits of a number, whether it is negative, and whether its signs contradict each other."""
    body, signs = text, 0
    bracketed = _BRACKETED.fullmatch(body)
    before = re.match(r"([-+])\s*", body)
    if before:
        body, signs = body[before.end() :], int(before[1] == "-")
        bracketed = _BRACKETED.fullmatch(body)
    if bracketed:
        body = bracketed[1].strip()
        inner = re.match(r"-\s*", body)
        return (body[inner.end() :] if inner else body), True, False
    if re.search(r"\d\s*-$", body):
        return body.rstrip("- "), True, bool(signs)
    half = body.startswith("(") or body.endswith(")")
    return body.removeprefix("(").removesuffix(")").strip(), bool(signs), half


def _read_digits(text: str) -> Number:
    tight = re.sub(r"\s*([,.'])\s*", r"\1", text)
    tight = re.sub(r"(?<=\d)'(?=\d{3}(?!\d))", ",", tight)
    if _BLANK_GROUPS.fullmatch(tight):
        tight = tight.replace(" ", "")
    if _WELL_FORMED.fullmatch(tight):
        if len(re.sub(r"\D", "", tight.split(".")[0])) > _MAX_DIGITS:
            return Number(None, doubt=True)
        return Number(Decimal(tight.replace(",", "")), _LEADING_ZERO.fullmatch(tight) is not None)
    if _LOST_ZERO.fullmatch(tight):
        return Number(Decimal(f"0{tight}"), doubt=True)
    if _DECIMAL_COMMA.fullmatch(tight):
        head, _, tail = tight.rpartition(",")
        return Number(Decimal(head.replace(",", "") + "." + tail), doubt=True)
    pieces = tuple(Decimal(re.sub(r"[,\s]", "", p)) for p in _PIECE.findall(text) if len(p) <= _MAX_DIGITS)
    return Number(None, doubt=True, candidates=pieces)
