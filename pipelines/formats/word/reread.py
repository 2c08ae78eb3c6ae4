"""A second look at single numbers of a text document: the raw XML of its tables, by another parser."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from xml.etree.ElementTree import Element

from pipelines.core.tasks import Spot
from pipelines.formats.office import Package

_CELL = re.compile(r"表(\d+)!([A-Z]{1,3})(\d{1,7})")
_LEFT_OUT = ("del", "moveFrom", "Fallback", "tbl")


def reread(path: Path, spots: Sequence[Spot]) -> dict[str, str | None]:
    """Give the text of the cells at some spots, by cell key."""
    with Package(path) as package:
        root = package.tree(package.main("word/document.xml"))
    tables = list(_tables(root))
    return {spot.cell_key: _text(tables, _CELL.fullmatch(spot.origin or "")) for spot in spots}


def _text(tables: list[Element], found: re.Match[str] | None) -> str | None:
    if found is None or not 0 < int(found[1]) <= len(tables):
        return None
    wanted = 0
    for letter in found[2]:
        wanted = wanted * 26 + ord(letter) - 64
    rows = list(_below(tables[int(found[1]) - 1], "tr"))
    if int(found[3]) > len(rows):
        return None
    col = 1 + _span(rows[int(found[3]) - 1], "gridBefore", 0)
    for cell in _below(rows[int(found[3]) - 1], "tc"):
        if col == wanted:
            return " ".join("".join(_texts(cell)).split()) or None
        col += _span(cell, "gridSpan", 1)
    return None


def _span(element: Element, name: str, default: int) -> int:
    """A count in the properties of a row or cell; those of tables within it are not asked."""
    for properties in element:
        if _local(properties) in ("trPr", "tcPr"):
            for found in properties:
                if _local(found) == name:
                    return next((int(v) for k, v in found.attrib.items() if k.endswith("}val")), default)
    return default


def _tables(root: Element) -> Iterator[Element]:
    for child in root:
        if _local(child) == "Fallback":
            continue
        if _local(child) == "tbl":
            yield child
        yield from _tables(child)


def _below(parent: Element, name: str) -> Iterator[Element]:
    for child in parent:
        if _local(child) == name:
            yield child
        elif _local(child) not in _LEFT_OUT:
            yield from _below(child, name)


def _texts(parent: Element) -> Iterator[str]:
    for child in parent:
        if _local(child) == "t":
            yield child.text or ""
        elif _local(child) not in _LEFT_OUT:
            yield from _texts(child)


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]
