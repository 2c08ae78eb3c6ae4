"""A workbook as any file stores it: sheets of cells with what decides how they are shown."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

Position = tuple[int, int]
"""Row and column, from 0."""

Area = tuple[int, int, int, int]
"""First row, first column, last row, last column, from 0, all of them inside."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What a cell stores.

    Attributes:
        value: A number, words (also of an error or a truth value).
        code: Its number format.
        exact: The number as the file spells it.
        struck: Whether it is crossed out.
    """

    value: Decimal | str
    code: str = "General"
    exact: str = ""
    struck: bool = False


@dataclass(slots=True)
class Sheet:
    """One sheet.

    Attributes:
        name: As its tab shows it.
        cells: Those that store anything.
        framed: Positions with a border at the left or right, blank or not; they belong to a table.
        merged: Areas that are one cell.
        hidden: Whether nobody sees the sheet; its cells are not read then.
        hidden_rows: Rows that nobody sees.
        hidden_cols: Columns that nobody sees.
        uncached: Formulas whose result the file does not store.
    """

    name: str
    cells: dict[Position, Stored] = field(default_factory=dict)
    framed: set[Position] = field(default_factory=set)
    merged: list[Area] = field(default_factory=list)
    hidden: bool = False
    hidden_rows: Collection[int] = frozenset()
    hidden_cols: Collection[int] = frozenset()
    uncached: list[Position] = field(default_factory=list)


@dataclass(slots=True)
class Workbook:
    """A file of sheets, in the order of their tabs.

    Attributes:
        sheets: All of them.
        since_1904: Whether its dates count from 1904.
        saved_on: The day on which it says that it was saved.
    """

    sheets: list[Sheet]
    since_1904: bool = False
    saved_on: date | None = None


def column_letters(col: int) -> str:
    """Letters of a column counted from 0: ``A``, ``Z``, ``AA``."""
    letters = ""
    col += 1
    while col:
        col, rest = divmod(col - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def address(row: int, col: int) -> str:
    """Address of a cell counted from 0: ``B7``."""
    return f"{column_letters(col)}{row + 1}"
