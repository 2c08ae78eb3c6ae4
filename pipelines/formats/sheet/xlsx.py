"""Reader of .xlsx: openpyxl's parser of cells, without what else a workbook may hold.

A workbook from a reporting system often has a font, a filter or a picture that openpyxl refuses; nothing of that
decides what a cell shows, so the sheets are taken one by one, with number formats and borders only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import IO, Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml.ElementTree import iterparse
from openpyxl.reader.strings import read_string_table
from openpyxl.utils import range_boundaries
from openpyxl.worksheet._reader import COL_TAG, FORMULA_TAG, ROW_TAG, VALUE_TAG, WorkSheetParser
from openpyxl.xml.constants import SHEET_MAIN_NS

from pipelines.core.document import UnreadableError
from pipelines.formats.office import LIMITS, Package, damaged
from pipelines.formats.sheet.number_format import builtin
from pipelines.formats.sheet.workbook import Area, Sheet, Stored, Workbook

MOST_CELLS = 2_000_000
"""Cells of a workbook, blank ones with a style among them; the largest of a whole city's departments has a tenth."""

_MOST_COLUMNS = 16_384
_MERGE_TAG = f"{{{SHEET_MAIN_NS}}}mergeCell"
_STRICT, _USUAL = b"http://purl.oclc.org/ooxml/spreadsheetml/main", SHEET_MAIN_NS.encode()
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


@dataclass(slots=True)
class Styles:
    """Of each cell style: its number format, whether it is crossed out, whether it has a border at a side."""

    codes: list[str] = field(default_factory=list)
    struck: list[bool] = field(default_factory=list)
    framed: list[bool] = field(default_factory=list)

    def code(self, style: int) -> str:
        """The number format of a style."""
        return self.codes[style] if style < len(self.codes) else "General"


def read_xlsx(path: Path, limits: Mapping[str, int] = LIMITS) -> Workbook:
    """Read a workbook, its hidden sheets too: what they hold is told.

    Raises:
        UnreadableError: The file is damaged or larger than any report.
    """
    with Package(path, limits) as package:
        main = package.main("xl/workbook.xml")
        book = package.tree(main)
        targets = package.targets(main)
        parts = {kind: target for kind, target in targets.values() if target in package}
        strings = _strings(package, parts["sharedStrings"]) if "sharedStrings" in parts else []
        styles = _styles(package.tree(parts["styles"])) if "styles" in parts else Styles()
        room = MOST_CELLS
        sheets = []
        for element in _all(book, "sheet"):
            identity = next((value for name, value in element.attrib.items() if name.endswith("}id")), "")
            kind, target = targets.get(identity, ("", ""))
            if kind != "worksheet" or target not in package:
                continue
            sheet = Sheet(element.get("name") or "", hidden=element.get("state", "visible") != "visible")
            room -= _fill(sheet, package, target, _Means(strings, styles, room))
            sheets.append(sheet)
        since_1904 = any(_is_on(e.get("date1904")) for e in _all(book, "workbookPr"))
        return Workbook(sheets, since_1904, package.saved_on())


@dataclass(frozen=True, slots=True)
class _Means:
    """What the sheets of a workbook share: strings, styles, and how many cells may still come."""

    strings: list[str]
    styles: Styles
    room: int


class _Parser(WorkSheetParser):
    """Parses rows; keeps numbers as the file spells them, and formulas without a result."""

    def __init__(self, source: IO[bytes], sheet: Sheet, means: _Means) -> None:
        super().__init__(source, means.strings, data_only=True)
        self.sheet, self.room = sheet, means.room
        self.columns: list[tuple[int, int]] = []

    def rows(self) -> Iterator[list[dict[str, Any]]]:
        """Parse the sheet; columns and merged areas go to where they are kept."""
        hidden: set[int] = set()
        for _, element in iterparse(self.source, forbid_dtd=True):
            if element.tag == ROW_TAG:
                is_hidden = _is_unseen(element, "ht", "customHeight")
                number, cells = self.parse_row(element)
                if is_hidden:
                    hidden.add(number - 1)
                element.clear()
                yield cells
            elif element.tag == COL_TAG and _is_unseen(element, "width", "customWidth"):
                self.columns.append((int(element.get("min", 1)) - 1, int(element.get("max", 1)) - 1))
            elif element.tag == _MERGE_TAG:
                self.sheet.merged.append(_area(element.get("ref") or ""))
        self.sheet.hidden_rows = hidden
        self.sheet.hidden_cols = {c for first, last in self.columns for c in range(first, min(last, _MOST_COLUMNS) + 1)}

    def parse_cell(self, element: Element) -> dict[str, Any]:
        """Parse a cell, and note whether it is a formula without a result."""
        self.room -= 1
        if self.room < 0:
            raise UnreadableError(
                "table_too_large",
                f"工作簿的单元格超过 {MOST_CELLS} 个；the workbook has more than {MOST_CELLS} cells",
            )
        try:
            found: dict[str, Any] = super().parse_cell(element)
        except ValueError:
            if element.get("t", "n") != "n":
                raise
            element.set("t", "str")  # what is no number is read as it is spelled
            found = super().parse_cell(element)
        if found["value"] is None and element.find(FORMULA_TAG) is not None and element.get("t", "n") != "str":
            self.sheet.uncached.append((found["row"] - 1, found["column"] - 1))
        elif found["data_type"] == "n" and found["value"] is not None:
            found["value"] = element.findtext(VALUE_TAG)
        return found


def _fill(sheet: Sheet, package: Package, part: str, means: _Means) -> int:
    """Read the cells of a sheet.

    Returns:
        How many there are, blank ones among them.
    """
    source = package.stream(part)
    parser = _Parser(_usual(source, package, part), sheet, means)
    styles = means.styles
    try:
        for cells in parser.rows():
            for cell in cells:
                place = (cell["row"] - 1, cell["column"] - 1)
                style = int(cell["style_id"])
                if style < len(styles.framed) and styles.framed[style]:
                    sheet.framed.add(place)
                if cell["value"] is not None and (stored := _stored(cell, styles, style)):
                    sheet.cells[place] = stored
    except UnreadableError:
        raise
    except (ParseError, ValueError, TypeError, KeyError, IndexError, OSError, EOFError) as error:
        raise damaged(f"工作表“{sheet.name}”") from error
    finally:
        source.close()
    return means.room - parser.room


def _stored(cell: dict[str, Any], styles: Styles, style: int) -> Stored | None:
    struck = style < len(styles.struck) and styles.struck[style]
    value, kind, code = cell["value"], cell["data_type"], styles.code(style)
    match kind:
        case "n":
            try:
                return Stored(Decimal(value), code, value, struck)
            except InvalidOperation:
                return Stored(value, "@", value, struck)
        case "b":
            return Stored("TRUE" if value else "FALSE", struck=struck)
        case "d":
            return Stored(f"{value:%Y-%m-%d}", struck=struck)
    text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), str(value))
    return Stored(text, code if kind != "e" else "@", struck=struck) if text.strip() else None


def _usual(source: IO[bytes], package: Package, part: str) -> IO[bytes]:
    """A part in the usual namespace; the strict variant of the standard names it otherwise."""
    from io import BytesIO

    head = source.read(4096)
    source.close()
    if _STRICT in head:
        return BytesIO(package.read(part).replace(_STRICT, _USUAL))
    return package.stream(part)


def _strings(package: Package, part: str) -> list[str]:
    try:
        with package.stream(part) as source, _usual(source, package, part) as stream:
            strings: list[str] = read_string_table(stream)
    except (ParseError, ValueError, TypeError, EOFError) as error:
        raise damaged(part) from error
    return strings


def _styles(root: Element) -> Styles:
    codes = {int(e.get("numFmtId", 0)): e.get("formatCode") or "General" for e in _all(root, "numFmt")}
    struck = [any(_is_on(e.get("val", "1")) for e in _all(font, "strike")) for font in _children(root, "fonts")]
    framed = [
        any(e.get("style", "none") != "none" for side in ("left", "right", "start", "end") for e in _all(border, side))
        for border in _children(root, "borders")
    ]
    styles = Styles()
    for style in _children(root, "cellXfs"):
        number, font, border = (int(style.get(name) or 0) for name in ("numFmtId", "fontId", "borderId"))
        styles.codes.append(codes.get(number) or builtin(number))
        styles.struck.append(font < len(struck) and struck[font])
        styles.framed.append(border < len(framed) and framed[border])
    return styles


def _is_unseen(element: Element, size: str, custom: str) -> bool:
    """Whether a row or column is hidden, or so narrow that nobody sees it."""
    return _is_on(element.get("hidden")) or (_is_on(element.get(custom)) and float(element.get(size) or 1) == 0)


def _is_on(value: str | None) -> bool:
    return value in ("1", "true", "on")


def _area(reference: str) -> Area:
    left, top, right, bottom = range_boundaries(reference)
    if left is None or top is None or right is None or bottom is None:
        raise ValueError(reference)
    return top - 1, left - 1, bottom - 1, right - 1


def _all(root: Element, name: str) -> list[Element]:
    """Elements of a local name below another, in whatever namespace."""
    return [element for element in root.iter() if _local(element) == name]


def _children(root: Element, name: str) -> list[Element]:
    """Children of the first element of a name."""
    return next(([*element] for element in root.iter() if _local(element) == name), [])


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]
