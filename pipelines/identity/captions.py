"""Captions of tables: 部门名称：…, 单位名称：…, and the same in two cells side by side."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from pipelines.core.document import Document, Grid, Place
from pipelines.core.folding import name_key
from pipelines.identity.names import is_body, plain
from pipelines.identity.titles import scope_of
from pipelines.identity.words import words

_CAPTION_ROWS = 3  # first rows of a grid in which a dump keeps the caption of its table
_LABEL_ROWS = 6  # first rows of a grid in which a label and a body may stand side by side
_SHORT = 60  # characters of a line that is a body's name and nothing else


@dataclass(frozen=True, slots=True)
class Caption:
    """A body named by a caption.

    Attributes:
        kind: ``caption``, ``weak_caption`` or ``grid_caption``: how it weighs.
        name: The body.
        scope: ``unit`` or ``department``; None where it does not say.
        place: Where it stands.
    """

    kind: str
    name: str
    scope: str | None
    place: Place


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    data = words()
    strong, weak = data["captions"]["strong"], data["captions"]["weak"]
    return (
        re.compile(rf"(?:^|[^\u4e00-\u9fff])(?:(?P<strong>{strong})|(?P<weak>{weak})):"),
        re.compile(data["caption_stop"]),
        re.compile(rf"(?:(?P<strong>{strong})|(?P<weak>{weak})):?"),
        re.compile(r"(?:金额|货币|计量|计算)?单位$"),
    )


def captions(document: Document) -> Iterator[Caption]:
    """Find the bodies that captions name, in reading order."""
    waiting: str | None = None  # a label at the end of a line, whose body stands on the next
    for block in document.blocks:
        if isinstance(block, Grid):
            waiting = None
            yield from captions_of_grid(block)
            continue
        text = name_key(block.text)
        if waiting and len(text) <= _SHORT and (name := _body(text)):
            yield Caption(waiting, name, scope_of(text), block.place)
        waiting = None
        yield from captions_of_text(text, block.place)
        yield from _side_by_side(block.text, block.place)
        if found := _last_label(text):
            waiting = found


def captions_of_text(text: str, place: Place) -> Iterator[Caption]:
    """The bodies that the captions of a folded line name."""
    label, stop, _, _ = _patterns()
    for found in label.finditer(text):
        value = text[found.end() :]
        if end := stop.search(value):
            value = value[: end.start()]
        if name := _body(value):
            yield Caption("caption" if found["strong"] else "weak_caption", name, scope_of(value), place)


def _side_by_side(text: str, place: Place) -> Iterator[Caption]:
    """The body of a line that was two cells: 部门名称, and behind a blank a name."""
    before, _, after = text.strip().partition(" ")
    label, value = name_key(before), name_key(after)
    if label.endswith("名称") and _patterns()[2].fullmatch(label) and (name := _body(value)):
        yield Caption("grid_caption", name, scope_of(value), place)


def _body(value: str) -> str | None:
    """The body a caption's value names, without what follows it."""
    value = _patterns()[3].sub("", value)
    name = plain(value)
    return name if is_body(name) else None


def _last_label(text: str) -> str | None:
    label = _patterns()[0]
    for found in label.finditer(text):
        if found.end() == len(text):
            return "caption" if found["strong"] else "weak_caption"
    return None


def captions_of_grid(grid: Grid) -> Iterator[Caption]:
    """The bodies that captions in the first rows of a grid name."""
    label = _patterns()[2]
    for cell in grid.cells:
        if cell.row < _CAPTION_ROWS:
            yield from captions_of_text(name_key(cell.text), cell.place)
    for row in range(min(_LABEL_ROWS, grid.rows)):
        cells = [cell for cell in grid.row(row) if name_key(cell.text)]  # a label that was merged leaves blanks behind
        for before, after in pairwise(cells):
            if row not in {after.row, before.row}:
                continue
            if label.fullmatch(name_key(before.text)) and (name := _body(value := name_key(after.text))):
                yield Caption("grid_caption", name, scope_of(value), after.place)
