"""Points and commas of numbers: a scan hardly tells one from the other, the other numbers of the page do.

Digits are never touched. A number that is well formed stays as it was read.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median

from pipelines.formats.scan.engine import Sign
from pipelines.formats.scan.writing import Written, is_wide

_NUMBER = re.compile(r"[-(（]?\d[\d.,]*\d[)）]?")
_WELL_FORMED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")
_ORDINAL = re.compile(r"([一二三四五六七八九十]{1,3})[,，.．:：](?=[^\d\W])")
_SEPARATED = re.compile(r"[.,]\d")
_LEADING = re.compile(r"([一二三四五六七八九十]{1,3})(?=[^\d\W])(?![一二三四五六七八九十])")
_LEAST_STEPS = 2  # distances of the characters of a name that tell the usual one
_ROOM_OF_MARK = 1.6  # times that distance: where a mark stands between two characters
_PLACES = re.compile(r"\.(\d+)\D?$")
_LEAST_FIGURES = 4  # of a number that has room for a comma
_ROOM = (1.4, 2.3)  # times the distance of two figures: where a point or a comma stands between them
_MOST = 0.8  # of the numbers of a page with a point: what so many share is how the page prints decimals
_ENOUGH = 5  # numbers with a point that tell it
_WIDE = {"(": "（", ")": "）"}
_NARROW = {wide: narrow for narrow, wide in _WIDE.items()}
_BRACKETS = frozenset("()（）")
_SEPARATORS = frozenset(".,")


def punctuated(written: Sequence[Written]) -> list[Written]:
    """Put points and commas of malformed numbers where the page prints them.

    ``64,367,216,72`` on a page of two decimals is 64,367,216.72, ``2340,000.00`` is 2,340,000.00.
    """
    places = _decimals(written)
    return _bracketed([_counted(_mended(_filled(line, places), places)) for line in written])


def _bracketed(written: Sequence[Written]) -> list[Written]:
    """Brackets beside Chinese characters as wide as most such of the page: a scan hardly tells ) from ）."""
    beside = [
        (line, n)
        for line, one in enumerate(written)
        for n, sign in enumerate(one.signs)
        if sign.text in _BRACKETS
        and any(is_wide(other.text) for other in (*one.signs[max(n - 1, 0) : n], *one.signs[n + 1 : n + 2]))
    ]
    wide = sum(is_wide(written[line].signs[n].text) for line, n in beside)
    width = _WIDE if 2 * wide >= len(beside) else _NARROW
    found = list(written)
    for line, n in beside:
        signs = found[line].signs
        sign = signs[n]._replace(text=width.get(signs[n].text, signs[n].text))
        found[line] = replace(found[line], signs=(*signs[:n], sign, *signs[n + 1 :]))
    return found


def _filled(line: Written, places: int | None) -> Written:
    """A number with the points and commas that were too pale to be seen, where it leaves room for them.

    Room is told from the usual distance of its figures, and counts only where the point or a comma would stand. Figures
    alone may be a code, and the distances of small type are told coarsely.
    """
    signs = line.signs
    if (
        not _NUMBER.fullmatch(line.text)
        or line.text.isdigit()
        or sum(sign.text.isdigit() for sign in signs) < _LEAST_FIGURES
    ):
        return line
    steps = [b.middle - a.middle for a, b in pairwise(signs) if a.text.isdigit() and b.text.isdigit()]
    if not steps:
        return line
    low, high = _ROOM[0] * median(steps), _ROOM[1] * median(steps)
    point = line.text.find(".")
    whole = point if point >= 0 else len(signs) - (places or 0)
    separators: dict[int, str] = {}  # by the number of the sign after
    after = sum(sign.text.isdigit() for sign in signs[:whole])  # figures of the whole number that are still to come
    for n, (before, sign) in enumerate(pairwise(signs), 1):
        after -= before.text.isdigit() and n <= whole
        if before.text.isdigit() and sign.text.isdigit() and low <= sign.middle - before.middle <= high:
            if n == whole:
                separators[n] = "."
            elif n < whole and after % 3 == 0:
                separators[n] = ","
    if point < 0 and whole not in separators:
        return line
    found: list[Sign] = []
    for n, sign in enumerate(signs):
        if n in separators:
            sure = min(sign.confidence, signs[n - 1].confidence)
            found.append(Sign(separators[n], (signs[n - 1].middle + sign.middle) / 2, sure))
        found.append(sign)
    return replace(line, signs=tuple(found))


def _counted(line: Written) -> Written:
    """A line that begins with a Chinese number, as rows of balances do, with the mark that belongs there.

    A scan hardly tells a comma from the mark, and may lose it; then there is room for it.
    """
    match = _ORDINAL.match(line.text)
    if match is not None:
        at = len(match[1])
        return replace(line, signs=(*line.signs[:at], line.signs[at]._replace(text="、"), *line.signs[at + 1 :]))
    match = _LEADING.match(line.text)
    if match is None:
        return line
    signs, at = line.signs, len(match[1])
    steps = [b.middle - a.middle for a, b in pairwise(signs[at:]) if is_wide(a.text) and is_wide(b.text)]
    before, after = signs[at - 1], signs[at]
    if len(steps) < _LEAST_STEPS or after.middle - before.middle < _ROOM_OF_MARK * median(steps):
        return line
    mark = Sign("、", (before.middle + after.middle) / 2, min(before.confidence, after.confidence))
    return replace(line, signs=(*signs[:at], mark, *signs[at:]))


def _decimals(written: Sequence[Written]) -> int | None:
    """How many decimals the numbers of a page have; ``None`` where they do not agree or are too few."""
    found = Counter(
        len(match[1]) for line in written if _is_well_formed(line.text) and (match := _PLACES.search(line.text))
    )
    if found.total() < _ENOUGH:
        return None
    places, count = found.most_common(1)[0]
    return places if count >= _MOST * found.total() else None


def _is_well_formed(text: str) -> bool:
    return _WELL_FORMED.fullmatch(text.strip("-()（）")) is not None


def _mended(line: Written, places: int | None) -> Written:
    text = line.text
    if not _NUMBER.fullmatch(text) or _is_well_formed(text) or not _SEPARATORS & set(text):
        return line
    last = max(text.rfind(sign) for sign in _SEPARATORS)
    after = sum(sign.isdigit() for sign in text[last:])
    if places is None:
        places = after if text[last] == "." and text.count(".") == 1 else 0
    if not places or after != places:
        return line
    digits = [sign for sign in line.signs if sign.text not in _SEPARATORS]
    figures = [n for n, sign in enumerate(digits) if sign.text.isdigit()]
    whole = len(figures) - places
    has_commas = len(_SEPARATED.findall(text)) > 1  # that may have been read as points
    signs: list[Sign] = []
    for n, sign in enumerate(digits):
        signs.append(sign)
        at = n - figures[0] + 1  # figures up to this one
        if n not in figures or at >= len(figures) or at > whole:
            continue
        separator = "." if at == whole else "," if (whole - at) % 3 == 0 and has_commas else ""
        if separator:
            after_it = digits[n + 1]
            sure = min(sign.confidence, after_it.confidence)
            signs.append(Sign(separator, (sign.middle + after_it.middle) / 2, sure))
    return replace(line, signs=tuple(signs))
