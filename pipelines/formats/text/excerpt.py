"""Lines of a text source around those that are asked for."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

from pipelines.formats.text.decoding import decode
from pipelines.formats.text.lines import shown, source_lines

_AROUND = 2  # lines shown before and after one


def passages(path: Path, lines: Iterable[int]) -> list[list[tuple[int, str]]]:
    """Give numbered lines around those wanted, in runs without a gap."""
    texts = source_lines(decode(path.read_bytes()))
    near = {near for line in lines for near in range(line - _AROUND, line + _AROUND + 1)}
    there = sorted(number for number in near if 1 <= number <= len(texts))
    runs = groupby(enumerate(there), key=lambda pair: pair[1] - pair[0])
    return [[(number, shown(texts[number - 1])) for _, number in run] for _, run in runs]
