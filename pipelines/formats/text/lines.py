"""Lines of a text as ``grep`` and editors count them, and what is no end of a line though it breaks one."""

from __future__ import annotations

import re

_LINE_END = re.compile(r"\r\n|\n|\r")
_SOFT = "\v\f\x1c\x1d\x1e\x85\u2028\u2029"
_SOFT_RETURN = re.compile(f"[{_SOFT}]+")
_SOFT_BETWEEN_WORDS = re.compile(f"(?<=[A-Za-z])[{_SOFT}]+(?=[A-Za-z])")

SOFT_RETURN = "\v"
"""What a line break inside a cell or a paragraph is written as."""


def source_lines(text: str) -> list[str]:
    """Cut a text into lines; soft returns, page breaks and Unicode's separators stay inside them."""
    lines = _LINE_END.split(text)
    return lines if lines[-1] else lines[:-1]


def shown(line: str) -> str:
    """A line as it can be shown on one line."""
    return _SOFT_RETURN.sub("↵", line)


def joined(text: str) -> str:
    """A text whose soft returns came from the width of its cell: the pieces belong together."""
    return _SOFT_RETURN.sub("", _SOFT_BETWEEN_WORDS.sub(" ", text))


def parted(text: str) -> list[str]:
    """A text whose soft returns part paragraphs, without blank pieces."""
    return [piece for piece in map(str.strip, _SOFT_RETURN.split(text)) if piece]
