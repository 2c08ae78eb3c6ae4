"""The little of CSS that says what is seen and where it stands: own style attributes and the page's own style sheets.

Style sheets elsewhere are not fetched. Selectors of one element (``p.hidden``, ``#menu``) count for everything; of
longer ones the last part counts for places, and lexbor says what they hide.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from pipelines.formats.pdf.model import Colour

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

Style = Mapping[str, str]

_COMMENT = re.compile(r"/\*.*?(?:\*/|$)|<!--|-->", re.DOTALL)
_SIMPLE = re.compile(r"([a-zA-Z][\w-]*)?((?:[.#][\w-]+)*)")
_MARK = re.compile(r"([.#])([\w-]+)")
_SCREEN = re.compile(r"@media\b(?!.*(?:print|max-(?:device-)?width|speech))", re.IGNORECASE)
_MOST_SHEET = 2 * 2**20  # characters of style sheets that are looked at
_MOST_SEARCHED = 200  # longer selectors that lexbor is asked about; each looks at the whole page
_COUNTED = frozenset(
    (
        "display visibility mso-hide position left top bottom width height font-size line-height "
        "text-decoration text-decoration-line transform -webkit-transform color opacity background "
        "background-color letter-spacing vertical-align white-space margin-left border border-top "
        "border-bottom border-left border-right"
    ).split()
)
_UNITS = {"pt": 1.0, "px": 0.75, "in": 72.0, "cm": 72 / 2.54, "mm": 72 / 25.4, "pc": 12.0, "": 0.75}
_LENGTH = re.compile(r"(-?\d*\.?\d+(?:e-?\d+)?)\s*(pt|px|in|cm|mm|pc|em|rem|)", re.IGNORECASE)
_USUAL = 12.0  # points of type where nothing says otherwise
_ROTATED = re.compile(r"rotate\(\s*(-?[\d.]+)deg\s*\)")
_MATRIX = re.compile(r"matrix\(\s*([^)]*)\)")
_RULED = re.compile(r"(-?[\d.]+(?:pt|px|em|in|cm|mm)|thin|medium|thick)?.*?\b(solid|double|dashed|dotted)\b")
_WIDTHS = {"thin": 0.75, "medium": 2.25, "thick": 3.75}
COLOUR = re.compile(r"#([0-9a-f]{3,8})\b|rgba?\(\s*(\d+)[,\s]+(\d+)[,\s]+(\d+)")
_NAMED = {"white": (255, 255, 255), "black": (0, 0, 0), "red": (255, 0, 0)}


class Styles:
    """What the style sheets of a page and the attributes of its elements say."""

    def __init__(self, tree: LexborHTMLParser) -> None:
        self._by_tag: dict[str, dict[str, str]] = {}
        self._by_mark: dict[str, list[tuple[str, frozenset[str], dict[str, str]]]] = {}
        self._hidden: set[int] = set()
        sheets = "".join(node.text(deep=True) for node in tree.css("style"))[:_MOST_SHEET]
        searched = 0
        for selectors, body in _rules(_COMMENT.sub("", sheets)):
            declared = declarations(body)
            if not declared:
                continue
            for selector in selectors.split(","):
                last = selector.split()[-1:] or [""]
                if ":" in selector or "[" in selector or not _SIMPLE.fullmatch(last[0].strip(">+~")):
                    continue
                if len(selector.split()) == 1:
                    self._note(last[0], declared)
                elif hides(declared) and searched < _MOST_SEARCHED:
                    searched += 1
                    self._hidden.update(node.mem_id for node in _matches(tree, selector))
                elif not hides(declared):
                    self._note(last[0].strip(">+~"), declared)

    def _note(self, selector: str, declared: dict[str, str]) -> None:
        found = _SIMPLE.fullmatch(selector)
        assert found is not None
        tag, marks = _parted(found)
        if marks:
            self._by_mark.setdefault(min(marks), []).append((tag, marks, declared))
        elif tag:
            self._by_tag.setdefault(tag, {}).update(declared)

    def of(self, node: LexborNode, attributes: Mapping[str, str | None]) -> Style:
        """What is said of one element itself; what it inherits is not."""
        own = declarations(attributes.get("style") or "")
        found = self._by_tag.get(node.tag or "")
        marks = self._marks(attributes)
        if not found and not marks:
            return own
        merged = dict(found or ())
        for mark in marks:
            for tag, all_marks, declared in self._by_mark.get(mark, ()):
                if (not tag or tag == node.tag) and all_marks <= marks:
                    merged.update(declared)
        merged.update(own)
        return merged

    def _marks(self, attributes: Mapping[str, str | None]) -> frozenset[str]:
        if not self._by_mark:
            return frozenset()
        marks = [f".{name}" for name in (attributes.get("class") or "").split()]
        if attributes.get("id"):
            marks.append(f"#{attributes['id']}")
        return frozenset(marks)

    def hides_by_ancestry(self, node: LexborNode) -> bool:
        """Whether a longer selector hides an element."""
        return node.mem_id in self._hidden


def hidden_by(sheet: str) -> list[tuple[str, frozenset[str]]]:
    """What a style sheet hides by selectors of one element: tag (or none) with classes and identities."""
    found = []
    for selectors, body in _rules(_COMMENT.sub("", sheet[:_MOST_SHEET])):
        if hides(declarations(body)):
            simple = (_SIMPLE.fullmatch(selector.strip()) for selector in selectors.split(","))
            found += [_parted(match) for match in simple if match and match[0]]
    return found


def _parted(selector: re.Match[str]) -> tuple[str, frozenset[str]]:
    marks = frozenset(sign + name for sign, name in _MARK.findall(selector[2]))
    return (selector[1] or "").lower(), marks


def _matches(tree: LexborHTMLParser, selector: str) -> list[LexborNode]:
    try:
        return tree.css(selector.strip())
    except Exception:  # no selector that lexbor knows
        return []


def _rules(sheet: str) -> Iterator[tuple[str, str]]:
    """Selectors and declarations that count on a screen; blocks of other at-rules are passed over."""
    place, skipped = 0, 0
    for found in re.finditer(r"[{}]", sheet):
        before = sheet[place : found.start()].strip().rpartition(";")[2].strip()
        if found[0] == "{":
            if skipped or (before.startswith("@") and not _SCREEN.match(before)):
                skipped += 1
            selectors = before
        elif skipped:
            skipped -= 1
        elif before or sheet[place : found.start()].strip():
            if selectors and not selectors.startswith("@"):
                yield selectors, sheet[place : found.start()]
            selectors = ""
        place = found.end()


@lru_cache(maxsize=20_000)
def declarations(text: str) -> dict[str, str]:
    """Properties that count, by name in lower case; not to be changed by who gets them."""
    found: dict[str, str] = {}
    for declaration in text.split(";"):
        name, _, value = declaration.partition(":")
        name = name.strip().lower()
        if name in _COUNTED:
            found[name] = value.replace("!important", "").strip().lower()
    return found


def hides(style: Style) -> bool:
    """Whether a style hides an element and all in it."""
    return (
        style.get("display") == "none"
        or style.get("visibility") in {"hidden", "collapse"}
        or style.get("mso-hide") == "all"
    )


def strikes(style: Style) -> bool:
    """Whether a style crosses text out."""
    return "line-through" in style.get("text-decoration", "") + style.get("text-decoration-line", "")


def points(value: str | None, size: float = _USUAL) -> float | None:
    """A length in points; ``None`` for what is none (``auto``, percentages).

    Args:
        value: As written.
        size: Of the type, in points, for lengths that go by it.
    """
    found = _LENGTH.fullmatch(value or "")
    if found is None:
        return None
    unit = found[2].lower()
    return float(found[1]) * (size if unit == "em" else _USUAL if unit == "rem" else _UNITS[unit])


def turned(style: Style) -> tuple[float, float]:
    """How much larger a transformation makes type, and by how many degrees it turns it, clockwise."""
    transform = style.get("transform") or style.get("-webkit-transform") or ""
    if found := _ROTATED.search(transform):
        return 1.0, float(found[1])
    found = _MATRIX.search(transform)
    try:
        a, b = (float(part) for part in re.split(r"[,\s]+", found[1])[:2]) if found else (1.0, 0.0)
    except ValueError:
        return 1.0, 0.0
    return math.hypot(a, b) or 1.0, math.degrees(math.atan2(b, a))


def border(value: str, size: float) -> tuple[float, Colour]:
    """Width in points and colour of a border as a style sheet writes it; none where it is not drawn."""
    found = _RULED.search(value)
    if found is None:
        return 0.0, None
    width = _WIDTHS.get(found[1] or "medium", 0.0) or points(found[1], size) or 0.0
    return width, colour(value)


def colour(value: str | None) -> Colour:
    """Red, green and blue of a colour; black where nothing is said."""
    found = COLOUR.search(value or "")
    if found is None:
        return _NAMED.get((value or "black").split()[-1], (0, 0, 0))
    if found[1] is None:
        return int(found[2]), int(found[3]), int(found[4])
    digits = found[1]
    if len(digits) < 6:
        digits = "".join(2 * digit for digit in digits)
    return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)


def opacity(style: Style) -> float:
    """How much of an element hides what is below, from 0 to 1."""
    try:
        return float(style.get("opacity", "1"))
    except ValueError:
        return 1.0
