"""A second look at single numbers of a text: a line is cut into numbers without a thought about columns."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path

from pipelines.core.tasks import Spot
from pipelines.formats.text.decoding import decode

_NUMBER = re.compile(r"(?<![A-Za-z\d.,])[-−(]?\d(?:\d|\s*[.,]\s*(?=\d))*\)?(?![A-Za-z\d])")


def reread(path: Path, spots: Sequence[Spot]) -> dict[str, str | None]:
    """Give the number of each spot as its line shows it, by cell key."""
    lines = decode(path.read_bytes()).splitlines()
    return {spot.cell_key: _text_in(lines, spot) for spot in spots}


def _text_in(lines: list[str], spot: Spot) -> str | None:
    """The number of a line that was read before, else the only one that nobody has read."""
    if spot.source_line is None or spot.source_line > len(lines):
        return None
    line = unicodedata.normalize("NFKC", lines[spot.source_line - 1])
    texts: list[str] = [text for part in re.split(r"[\t|]", line) for text in _NUMBER.findall(part)]
    numbers = [(text, _value(text)) for text in texts]
    same = [text for text, value in numbers if value == spot.value]
    unread = [text for text, value in numbers if value is not None and value not in spot.others]
    if same:
        return same[0]
    return unread[0] if len(unread) == 1 else None


def _value(text: str) -> Decimal | None:
    tight = re.sub(r"[\s,()]", "", text).replace("−", "-")
    try:
        return -Decimal(tight) if text.startswith("(") else Decimal(tight)
    except InvalidOperation:
        return None
