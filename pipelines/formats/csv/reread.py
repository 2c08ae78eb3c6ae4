"""A second look at single numbers: a line is cut by a pattern, without a thought about rows that go on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.formats.csv.separated import separator_of
from pipelines.formats.text.decoding import decode
from pipelines.formats.text.lines import source_lines
from pipelines.formats.text.reread import found_at, numbers_of

if TYPE_CHECKING:
    from pipelines.core.tasks import Spot


def reread(path: Path, spots: Sequence[Spot]) -> dict[str, str | None]:
    """Give the number of each spot as its line shows it, by cell key."""
    lines = source_lines(decode(path.read_bytes()))
    sign = re.escape(separator_of(lines)[0])
    field = re.compile(rf'"(?:[^"]|"")*"|[^{sign}"]+')
    return {spot.cell_key: found_at(lines, spot, lambda line: numbers_of(field.findall(line))) for spot in spots}


def plain_texts(path: Path) -> list[str]:
    """Texts between blank lines, without what separates values."""
    lines = source_lines(decode(path.read_bytes()))
    sign = separator_of(lines)[0]
    field = re.compile(rf'"(?:[^"]|"")*"|[^{re.escape(sign)}"]+')
    texts = [" ".join(field.findall(line)) for line in lines]
    return ["\n".join(run) for filled, run in groupby(texts, lambda text: bool(text.strip())) if filled]
