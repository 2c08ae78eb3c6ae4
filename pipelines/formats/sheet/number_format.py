"""Number formats of spreadsheets: what a cell shows of the number that it stores."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import cache, lru_cache

from pipelines.core.data_files import declared
from pipelines.formats.sheet.date_format import DATE_LETTERS, date_text

_SIGNIFICANT = 15
"""Digits that spreadsheets keep of a number; what a file stores beyond them is noise of binary fractions."""

_MOST_DIGITS = 30
"""Decimals that a format may ask for (Excel allows as many)."""

_MOST_EXPONENT = 300
"""Powers of ten of the smallest number that a spreadsheet stores."""

_WIDE = Context(prec=100)
_UNIT = [Decimal(1).scaleb(-places) for places in range(_MOST_DIGITS + 1)]
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?|[\\!](?P<escaped>.)|_(?P<space>.)|\*(?P<fill>.)|\[(?P<bracket>[^\]]*)\]'
    r"|(?P<general>General|G/通用格式)|(?P<ampm>AM/PM|A/P|上午/下午)|(?P<exponent>E[+-])|(?P<char>.)",
    re.DOTALL | re.IGNORECASE,
)
_SIGNS = {".": "point", ",": "comma", "%": "percent", "@": "text", "/": "slash", **dict.fromkeys("0#?", "digit")}
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?\d+(?:\.\d+)?)")
_CURRENCY = re.compile(r"\$([^-\]]*)(?:-[0-9A-Fa-f]+)?")
_ELAPSED = re.compile(r"h+|m+|s+", re.IGNORECASE)
_COMPARE = {
    "<": Decimal.__lt__,
    ">": Decimal.__gt__,
    "<=": Decimal.__le__,
    ">=": Decimal.__ge__,
    "=": Decimal.__eq__,
    "<>": Decimal.__ne__,
}


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a format: its kind (``literal``, ``digit``, ``date``, ``general``, …) and text."""

    kind: str
    text: str


@dataclass(slots=True)
class Section:
    """One of the parts of a format that semicolons separate."""

    tokens: list[Token] = field(default_factory=list)
    condition: tuple[str, Decimal] | None = None
    _kinds: frozenset[str] | None = None

    def has(self, kind: str) -> bool:
        """Whether a token of a kind is in it."""
        if self._kinds is None:
            return any(token.kind == kind for token in self.tokens)
        return kind in self._kinds

    def settle(self) -> None:
        """Note that no more tokens will come."""
        self._kinds = frozenset(token.kind for token in self.tokens)


@dataclass(frozen=True, slots=True)
class Places:
    """Where the digits of a number go.

    Attributes:
        head: Tokens up to the point, without commas.
        tail: The point and what follows.
        power: Of ten, by which the number is multiplied before it is shown.
        decimals: How many are shown.
        grouped: Whether thousands are parted.
    """

    head: tuple[Token, ...]
    tail: tuple[Token, ...]
    power: int
    decimals: int
    grouped: bool


@lru_cache(1 << 14)  # forms of one report repeat their codes and amounts
def shown(value: Decimal, code: str, *, since_1904: bool = False) -> str:
    """Give what a cell shows.

    Args:
        value: As stored.
        code: The number format.
        since_1904: Whether dates of the workbook count from 1904.

    Returns:
        The text without the blanks that only align it; empty where the format shows nothing.
    """
    if not value.is_finite():
        return "#NUM!"
    if value.adjusted() > _MOST_DIGITS or value.adjusted() < -_MOST_EXPONENT:
        return f"{value:.4E}"  # nobody's money
    value = _significant(value)
    section, magnitude = _section_for(value, sections(code))
    if section is None:
        return _general(value)
    sign = "-" if value < 0 and magnitude is value else ""
    magnitude = abs(magnitude)
    if section.has("date"):
        text = date_text([(t.kind, t.text) for t in section.tokens], magnitude, since_1904=since_1904)
        return text if text is not None and not sign else _general(value)
    return f"{sign}{_number(magnitude, section)}".strip()


def shown_text(text: str, code: str) -> str:
    """Give what a cell with words shows: the words, unless the format's part for words says otherwise."""
    part = next((s for s in sections(code)[-1:] if s.has("text")), None)
    if part is None:
        every = sections(code)
        part = every[3] if len(every) == 4 else None
    if part is None:
        return text
    return "".join(text if token.kind == "text" else token.text for token in part.tokens)


def is_code(text: str) -> bool:
    """Whether a format leaves a number as it is: no point, no thousands, no scale (codes are stored so)."""
    return all(s.has("general") or s.has("text") or not s.tokens for s in sections(text))


def builtin(number: int) -> str:
    """Give the format that a file names by its number."""
    return _builtin().get(number, "General")


@cache
def _builtin() -> dict[int, str]:
    return {int(number): str(code) for number, code in declared(__file__, "number_formats.yml").items()}


@lru_cache(4096)
def sections(code: str) -> tuple[Section, ...]:
    """Cut a format into its sections of tokens."""
    found = [Section()]
    for match in _TOKEN.finditer(code or "General"):
        kind, text = match.lastgroup or "char", match[match.lastgroup or 0] or ""
        if kind == "char" and text == ";":
            found.append(Section())
            continue
        if kind == "bracket":
            _take_bracket(found[-1], text)
        else:
            found[-1].tokens.append(_token(kind, text))
    for section in found:
        _mark_dates(section)
        section.settle()
    return tuple(found[:4])


def _token(kind: str, text: str) -> Token:
    if kind == "char":
        known = _SIGNS.get(text) or ("letter" if text.lower() in DATE_LETTERS else "literal")
        return Token(known, text)
    if kind in ("general", "ampm", "exponent"):
        return Token(kind, text)
    return Token("literal", {"space": " ", "fill": ""}.get(kind, text))


def _take_bracket(section: Section, text: str) -> None:
    """A condition, a currency, a count of hours; colours and languages show nothing."""
    if condition := _CONDITION.fullmatch(text.strip()):
        section.condition = (condition[1], Decimal(condition[2]))
    elif currency := _CURRENCY.fullmatch(text):
        section.tokens.append(Token("literal", currency[1]))
    elif _ELAPSED.fullmatch(text):
        section.tokens.append(Token("elapsed", text.lower()))


def _mark_dates(section: Section) -> None:
    """Letters stand for parts of a date, unless they stand among digits or alone mean nothing."""
    is_date = section.has("elapsed") or (section.has("letter") and not section.has("general"))
    has_digits = section.has("digit") and not any(t.text.lower() in "hs" for t in section.tokens if t.kind == "letter")
    kind = "date" if is_date and not has_digits else "literal"
    section.tokens = [Token(kind, t.text) if t.kind == "letter" else t for t in section.tokens]
    if section.has("elapsed"):
        section.tokens.append(Token("date", ""))


def _section_for(value: Decimal, every: tuple[Section, ...]) -> tuple[Section | None, Decimal]:
    """The section that shows a value, and the value it shows: itself, or its size where the section says the sign."""
    numeric = every[:-1] if len(every) > 1 and every[-1].has("text") else every
    numeric = numeric[:3]
    if any(s.condition for s in numeric):
        for section in numeric:
            if section.condition is None or _COMPARE[section.condition[0]](value, section.condition[1]):
                hides = section.condition is not None and section.condition[0] in ("<", "<=") and value < 0
                return section, (abs(value) if hides and len(numeric) > 1 else value)
        return None, value
    if len(numeric) == 1 or value > 0:
        return numeric[0], value
    if value < 0:
        return numeric[1], abs(value)
    return numeric[2] if len(numeric) > 2 else numeric[0], value


def _significant(value: Decimal) -> Decimal:
    """A number with the digits that a spreadsheet keeps."""
    if not value or len(value.as_tuple().digits) <= _SIGNIFICANT:
        return value
    return value.quantize(Decimal(1).scaleb(value.adjusted() - _SIGNIFICANT + 1), ROUND_HALF_UP, _WIDE)


def _general(value: Decimal) -> str:
    """A number without a format, whole: how many decimals Excel draws then hangs on the width of the column."""
    if value == value.to_integral_value():
        return f"{value.to_integral_value():f}" if value else "0"
    if abs(value) < Decimal("1e-9"):
        return f"{value:E}"
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _number(value: Decimal, section: Section) -> str:
    """A number (not negative) in a section."""
    tokens = section.tokens
    if section.has("general"):
        return "".join(_general(value) if t.kind == "general" else _literal(t) for t in tokens)
    if section.has("text"):
        return "".join(_general(value) if t.kind == "text" else _literal(t) for t in tokens)
    if not section.has("digit"):
        return "".join(map(_literal, tokens))
    if section.has("slash") or section.has("exponent"):
        return _general(value)  # fractions and powers are no way to print money
    places = _places(tuple(tokens))
    rounded = value.scaleb(places.power).quantize(_UNIT[places.decimals], ROUND_HALF_UP, _WIDE)
    whole, _, fraction = f"{rounded:f}".partition(".")
    return _whole(places.head, whole.lstrip("0"), grouped=places.grouped) + _fraction(places.tail, fraction)


@lru_cache(4096)
def _places(tokens: tuple[Token, ...]) -> Places:
    """Where the digits of a number go in the tokens of a section that has any."""
    digits = [n for n, token in enumerate(tokens) if token.kind == "digit"]
    first, last = digits[0], digits[-1]
    point = next((n for n, token in enumerate(tokens) if token.kind == "point"), len(tokens))
    end = _last_digit(tokens, min(point, last + 1))
    percents = sum(token.kind == "percent" for token in tokens)
    return Places(
        tuple(token for token in tokens[:point] if token.kind != "comma"),
        tuple(token for token in tokens[point:] if token.kind != "comma"),
        2 * percents - 3 * _scale(tokens, last, point),
        min(_MOST_DIGITS, sum(n > point for n in digits)),
        any(token.kind == "comma" for token in tokens[first:end]),
    )


def _last_digit(tokens: tuple[Token, ...], end: int) -> int:
    return max((n for n, t in enumerate(tokens[:end]) if t.kind == "digit"), default=0)


def _scale(tokens: tuple[Token, ...], last: int, point: int) -> int:
    """How many times a thousand the number is shown in: the commas right behind its last digit."""
    count = 0
    for place in {last, _last_digit(tokens, min(point, len(tokens)))}:
        for token in tokens[place + 1 :]:
            if token.kind != "comma":
                break
            count += 1
    return count


def _literal(token: Token) -> str:
    return token.text if token.kind in ("literal", "percent", "slash", "point", "comma") else ""


def _whole(tokens: tuple[Token, ...], digits: str, *, grouped: bool) -> str:
    """Digits before the point, filled into their places from the right; what is left over goes before the first."""
    places = sum(t.kind == "digit" for t in tokens)
    out: list[str] = []
    taken = 0
    for token in reversed(tokens):
        if token.kind != "digit":
            out.append(_literal(token))
            continue
        places -= 1
        rest = digits[: max(0, len(digits) - taken)]
        for digit in reversed(rest if places == 0 and rest else rest[-1:] or {"0": "0", "?": " "}.get(token.text, "")):
            out.append("," if grouped and taken and taken % 3 == 0 and digit != " " else "")
            out.append(digit)
            taken += 1
    return "".join(reversed(out))


def _fraction(tokens: tuple[Token, ...], digits: str) -> str:
    """The point and the digits behind it."""
    kept = len(digits)
    signs = [t.text for t in tokens if t.kind == "digit"]
    while kept and signs[kept - 1] != "0" and digits[kept - 1] == "0":
        kept -= 1
    out, used = [], 0
    for token in tokens:
        if token.kind != "digit":
            out.append(_literal(token))
            continue
        if used < kept:
            out.append(digits[used])
        elif token.text == "?":
            out.append(" ")
        used += 1
    return "".join(out)
