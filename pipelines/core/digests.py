"""Short keys that depend on content only, so that they survive a full rebuild in any order."""

from __future__ import annotations

import hashlib

KEY_LENGTH = 16
"""Hexadecimal digits of a key: 64 bits, one clash in 2**32 keys."""

_SEPARATOR = "\x1f"
"""Between the parts of a key; a character that no text of a document holds (ASCII's unit separator)."""


def digest(text: str) -> str:
    """SHA-256 of a text, as hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def short_key(*parts: str, length: int = KEY_LENGTH) -> str:
    """The key of what its parts name: a cell by report and coordinates, a statement of the narrative by its words.

    Args:
        parts: What tells it from every other, in a fixed order.
        length: Digits of the key.
    """
    return digest(_SEPARATOR.join(parts))[:length]


def report_key(content_sha256: str) -> str:
    """The key of a report by the SHA-256 of its content."""
    return content_sha256[:KEY_LENGTH]
