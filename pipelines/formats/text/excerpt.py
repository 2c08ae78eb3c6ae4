"""Lines of a text source around those that are asked for."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

from pipelines.formats.text.decoding import decode

_AROUND = 2  # lines shown before and after one


def passages(path: Path, lines: Iterable[int]) -> list[list[tuple[int, str]]]:
    """Give numbered lines around those wanted, in runs without a gap."""
    texts = decode(path.read_bytes()).splitlines()
    near = {near for line in lines for near in range(line - _AROUND, line + _AROUND + 1)}
    shown = sorted(number for number in near if 1 <= number <= len(texts))
    runs = groupby(enumerate(shown), key=lambda pair: pair[1] - pair[0])
    return [[(number, texts[number - 1]) for _, number in run] for _, run in runs]
