"""Lines of a text source around those that are asked for."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pipelines.formats.listed import around
from pipelines.formats.text.decoding import decode
from pipelines.formats.text.lines import shown, source_lines


def passages(path: Path, lines: Iterable[int]) -> list[list[tuple[int, str]]]:
    """Give numbered lines around those wanted, in runs without a gap."""
    texts = enumerate(source_lines(decode(path.read_bytes())), 1)
    return around({number: (number, shown(text)) for number, text in texts}, lines)
