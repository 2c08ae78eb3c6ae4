"""Numbers that a word processor puts before paragraphs: 一、 （一） 1. stand in no text, yet everybody reads them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from lxml import etree

from pipelines.formats.word.names import is_on, number, value, w
from pipelines.formats.word.styles import Styles

_MOST_LEVELS = 9
_DIGITS = "〇一二三四五六七八九"
_LEGAL = "零壹贰叁肆伍陆柒捌玖"
_STEMS, _BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"
_ROMAN = ((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"),
          (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))  # fmt: skip
_PLACE = re.compile(r"%([1-9])")
_CLOSED = re.compile(r"[、，。．）)\]】：:\s]$")


def chinese(n: int, digits: str = _DIGITS, tens: str = "十百千") -> str:
    """A number from 1 to 9999 in Chinese characters: 十一, 二十, 一百零三."""
    if not 0 < n < 10_000:
        return str(n)
    text, zero = "", False
    for place in (3, 2, 1, 0):
        digit = n // 10**place % 10
        if digit:
            text += ("零" if zero and text else "") + digits[digit] + (tens[place - 1] if place else "")
        zero = not digit and bool(text)
    return text[1:] if text.startswith("一十") else text


def _roman(n: int) -> str:
    if not 0 < n < 4000:
        return str(n)
    text = ""
    for size, sign in _ROMAN:
        text, n = text + sign * (n // size), n % size
    return text


def _letter(n: int) -> str:
    return chr(64 + (n - 1) % 26 + 1) * ((n - 1) // 26 + 1) if 0 < n < 27 * 26 else str(n)


def _from(first: str, most: int) -> Callable[[int], str]:
    return lambda n: chr(ord(first) + n - 1) if 0 < n <= most else str(n)


_FORMATS: dict[str, Callable[[int], str]] = {
    **dict.fromkeys(
        ("chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCounting",
         "taiwaneseCountingThousand", "koreanCounting"), chinese),
    "ideographDigital": lambda n: "".join(_DIGITS[int(digit)] for digit in str(n)),
    "japaneseDigitalTenThousand": lambda n: "".join(_DIGITS[int(digit)] for digit in str(n)),
    "taiwaneseDigital": lambda n: "".join(_DIGITS[int(digit)] for digit in str(n)),
    "chineseLegalSimplified": lambda n: chinese(n, _LEGAL, "拾佰仟"),
    "ideographLegalTraditional": lambda n: chinese(n, _LEGAL, "拾佰仟"),
    "ideographTraditional": lambda n: _STEMS[n - 1] if 0 < n <= 10 else str(n),
    "ideographZodiac": lambda n: _BRANCHES[n - 1] if 0 < n <= 12 else str(n),
    "decimalEnclosedCircle": _from("①", 20),
    "decimalEnclosedCircleChinese": _from("①", 20),
    "decimalEnclosedParen": _from("⑴", 20),
    "decimalEnclosedFullstop": _from("⒈", 20),
    "ideographEnclosedCircle": _from("㊀", 10),
    "decimalFullWidth": lambda n: "".join(chr(ord(digit) + 0xFEE0) for digit in str(n)),
    "decimalFullWidth2": lambda n: "".join(chr(ord(digit) + 0xFEE0) for digit in str(n)),
    "decimalZero": lambda n: f"{n:02}",
    "upperRoman": _roman,
    "lowerRoman": lambda n: _roman(n).lower(),
    "upperLetter": _letter,
    "lowerLetter": lambda n: _letter(n).lower(),
    "none": lambda _: "",
}  # fmt: skip
"""How numbers of a format are written; what is not here is written in digits."""


@dataclass(frozen=True, slots=True)
class _Level:
    start: int
    format: str
    text: str
    restarts: bool
    is_legal: bool


@dataclass(slots=True)
class _List:
    scheme: str
    starts: dict[int, int] = field(default_factory=dict)
    levels: dict[int, _Level] = field(default_factory=dict)


@dataclass(slots=True)
class Numbering:
    """The lists of a document, with how far each has been counted."""

    schemes: dict[str, dict[int, _Level]] = field(default_factory=dict)
    lists: dict[int, _List] = field(default_factory=dict)
    _links: dict[str, str] = field(default_factory=dict)
    _counts: dict[str, dict[int, int]] = field(default_factory=dict)
    _begun: set[tuple[int, int]] = field(default_factory=set)

    @classmethod
    def of(cls, root: etree._Element | None) -> Numbering:
        """Read the part ``numbering``."""
        found = cls()
        if root is None:
            return found
        for scheme in root.iter(w("abstractNum")):
            name = scheme.get(w("abstractNumId")) or ""
            found.schemes[name] = {number(e.get(w("ilvl"))): _level(e) for e in scheme.findall(w("lvl"))}
            link = value(scheme.find(w("numStyleLink")))
            if link is not None:
                found._links[name] = link
        for one in root.iter(w("num")):
            made = _List(value(one.find(w("abstractNumId"))) or "")
            for override in one.findall(w("lvlOverride")):
                level = number(override.get(w("ilvl")))
                start, own = value(override.find(w("startOverride"))), override.find(w("lvl"))
                if start is not None:
                    made.starts[level] = number(start, 1)
                if own is not None:
                    made.levels[level] = _level(own)
            found.lists[number(one.get(w("numId")))] = made
        return found

    def label(self, list_id: int, level: int, styles: Styles) -> str:
        """Count a paragraph and give the number before it; nothing for bullets and lists that there are not."""
        scheme, made = self._scheme(list_id, styles)
        if made is None or not 0 <= level < _MOST_LEVELS:
            return ""
        levels = {**self.schemes.get(scheme, {}), **made.levels}
        if level not in levels:
            return ""
        counts = self._counts.setdefault(scheme, {})
        if level in made.starts and (list_id, level) not in self._begun:
            counts[level] = made.starts[level] - 1
            self._begun.add((list_id, level))
        counts[level] = counts.get(level, levels[level].start - 1) + 1
        for deeper in [n for n in counts if n > level and (n not in levels or levels[n].restarts)]:
            del counts[deeper]
        return _written(levels, counts, level)

    def _scheme(self, list_id: int, styles: Styles) -> tuple[str, _List | None]:
        """The scheme of a list; one that only names a style is that of the style's list."""
        made = self.lists.get(list_id)
        if made is not None and not self.schemes.get(made.scheme) and made.scheme in self._links:
            linked = self.lists.get(styles.numbered(self._links[made.scheme]).list_id or 0)
            return (linked.scheme, made) if linked is not None else ("", None)
        return (made.scheme if made is not None else "", made)


def _level(element: etree._Element) -> _Level:
    format = value(element.find(w("numFmt")))
    if format is None:  # a format of a newer kind stands in a choice between two
        format = next((value(e) for e in element.iter(w("numFmt"))), None)
    return _Level(
        number(value(element.find(w("start"))), 1),
        format or "decimal",
        value(element.find(w("lvlText"))) or "",
        value(element.find(w("lvlRestart"))) != "0",
        bool(is_on(element.find(w("isLgl")))),
    )


def _written(levels: dict[int, _Level], counts: dict[int, int], level: int) -> str:
    """The text of a level with its numbers filled in."""
    own = levels[level]
    if own.format == "bullet":
        return ""

    def fill(found: re.Match[str]) -> str:
        place = int(found[1]) - 1
        format = levels[place].format if place in levels else "decimal"
        count = counts.get(place, levels[place].start if place in levels else 1)
        return str(count) if own.is_legal else _FORMATS.get(format, str)(count)

    text = _PLACE.sub(fill, own.text)
    return text if not text or _CLOSED.search(text) else f"{text} "
