"""A second look at single numbers of a page with Python's own parser, which builds no tree and mends nothing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.formats.html.decoding import decode_page
from pipelines.formats.html.styles import declarations, hidden_by, hides, strikes

if TYPE_CHECKING:
    from pipelines.core.tasks import Spot

_CELL = re.compile(r"(table\[\d+\])/tr\[(\d+)\]/(td|th)\[(\d+)\]")
_VOID = frozenset(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"])
_LONGEST = 40  # characters: what is longer is no number
_SILENT = frozenset({"script", "style", "s", "del", "strike"})


def reread(path: Path, spots: Sequence[Spot]) -> dict[str, str | None]:
    """Give the text of the element that each number stands in, by cell key."""
    return texts_of(decode_page(path.read_bytes()), spots)


def texts_of(page: str, spots: Sequence[Spot]) -> dict[str, str | None]:
    """Like `reread`, of the text of a page."""
    parser = _Elements({spot.origin for spot in spots if spot.origin})
    parser.feed(page)
    parser.close()
    return {spot.cell_key: parser.text(spot.origin or "") for spot in spots}


def table_texts(page: str) -> list[str]:
    """The text of each outermost table of a page, cells apart."""
    parser = _Elements(set())
    parser.feed(page)
    parser.close()
    return parser.tables


class _Elements(HTMLParser):
    """Takes the texts of some elements by their names (`pipelines.formats.html.flow`)."""

    def __init__(self, wanted: set[str]) -> None:
        super().__init__(convert_charrefs=True)
        self._wanted = wanted
        self._counts: Counter[str] = Counter()
        self._tables: list[tuple[str, list[Counter[str]]]] = []  # of each open table its name and its rows
        self._open: list[tuple[str, str]] = []  # tag and name of elements that are taken
        self._found: dict[str, list[str]] = {}
        self._silent: list[str] = []  # open elements whose text nobody sees
        self._sheet: list[str] | None = None
        self._unseen: list[tuple[str, frozenset[str]]] = []
        self.tables: list[str] = []  # texts of the outermost tables

    def text(self, name: str) -> str | None:
        """The text of an element; nothing where it was not met or is blank."""
        found = "".join("".join(self._found.get(name, ())).split())
        return found if found and len(found) <= _LONGEST else None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Count an element, and take it if it is wanted."""
        self._counts[tag] += 1
        name = f"{tag}[{self._counts[tag]}]"
        if tag == "table":
            if not self._tables:
                self.tables.append("")
            self._tables.append((name, []))
        elif tag == "tr" and self._tables:
            self._close_cells()
            self._tables[-1][1].append(Counter())
        elif tag in {"td", "th"} and self._tables:
            self._close_cells()
            self.tables[-1] += " "
            rows = self._tables[-1][1]
            if not rows:
                rows.append(Counter())
            rows[-1][tag] += 1
            name = f"{self._tables[-1][0]}/tr[{len(rows)}]/{tag}[{rows[-1][tag]}]"
        if tag == "style":
            self._sheet = []
        if tag not in _VOID and (tag in _SILENT or tag in self._silent or self._is_hidden(tag, dict(attrs))):
            self._silent.append(tag)
        if name in self._wanted and tag not in _VOID:
            self._open.append((tag, name))
            self._found[name] = []

    def handle_endtag(self, tag: str) -> None:
        """Close an element."""
        if tag in self._silent:
            self._silent.remove(tag)
        if tag == "style" and self._sheet is not None:
            self._unseen += hidden_by("".join(self._sheet))
            self._sheet = None
        if tag == "table" and self._tables:
            self._close_cells()
            self._tables.pop()
        for place in range(len(self._open) - 1, -1, -1):
            if self._open[place][0] == tag:
                del self._open[place]
                break

    def _close_cells(self) -> None:
        """Close the cells of the innermost table; their end tags are often left out."""
        inside = f"{self._tables[-1][0]}/"
        self._open = [(tag, name) for tag, name in self._open if not name.startswith(inside)]

    def _is_hidden(self, tag: str, attributes: dict[str, str | None]) -> bool:
        style = declarations(attributes.get("style") or "")
        if "hidden" in attributes or hides(style) or strikes(style):
            return True
        marks = {f".{name}" for name in (attributes.get("class") or "").split()} | {f"#{attributes.get('id')}"}
        return any((not name or name == tag) and wanted <= marks for name, wanted in self._unseen)

    def handle_data(self, data: str) -> None:
        """Take text into every open element that is wanted."""
        if self._sheet is not None:
            self._sheet.append(data)
        elif not self._silent:
            if self._tables:
                self.tables[-1] += data
            for _, name in self._open:
                self._found[name].append(data)
