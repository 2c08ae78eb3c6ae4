"""What a document is made of: figures, cells, tables and blocks.

A figure is kept in yuan. A table prints it in its own unit, and the cell remembers what was printed,
so that the truth is always what stands on the page.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

UNITS = {"元": 1, "千元": 1_000, "万元": 10_000, "亿元": 100_000_000}
TRUTH_COLUMNS = (
    "report",
    "stage",
    "form",
    "side",
    "line_no",
    "subject_code",
    "subject_name",
    "measure",
    "value",
    "unit",
    "page",
    "sub_unit",
    "economic_code",
    "gov_economic_code",
    "project",
    "fund",
    "period",
)


class Figures:
    """The amounts of one report in yuan, by form, side, row and measure.

    Args:
        default: what a cell without a figure holds; None prints blank, 0 prints the layout's zero.
    """

    def __init__(self, default: Decimal | None = None) -> None:
        self.default = default
        self._amounts: dict[tuple[str, str, str, str], list[Decimal]] = {}
        self.rows: dict[str, dict[str, str]] = {}

    def put(self, form: str, code: str, name: str, measure: str, yuan: Decimal, *, side: str = "") -> None:
        """Add a figure; a second figure of the same key stays a second one."""
        self._amounts.setdefault((form, side, code or name, measure), []).append(yuan)
        self.rows.setdefault(form, {}).setdefault(code or name, name)

    def take(self, form: str, side: str, key: str, measure: str) -> Decimal | None:
        """Return the figure; of several under one key the next one."""
        amounts = self._amounts.get((form, side, key, measure))
        if not amounts:
            return self.default
        return amounts.pop(0) if len(amounts) > 1 else amounts[0]

    def count(self, form: str, key: str, measure: str) -> int:
        """Return how many figures stand under a key of a form without sides."""
        return len(self._amounts.get((form, "", key, measure), ()))

    def names(self, form: str) -> list[tuple[str, str]]:
        """Return code and name of the form's subject rows in order, without totals."""
        return [(key, name) for key, name in self.rows.get(form, {}).items() if key.isdigit()]

    def has(self, form: str) -> bool:
        """Say whether the form holds any figure."""
        return form in self.rows


def read_figures(path: Path) -> tuple[str, Figures, list[dict[str, str]]]:
    """Read a figures file: the stage, the figures, and its rows as they stand."""
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    figures = Figures()
    for row in rows:
        name = "合计" if row["form"] == "three_public" else row["subject_name"]
        yuan = Decimal(row["value"]) * UNITS[row["unit"]]
        figures.put(row["form"], row["subject_code"], name, row["measure"], yuan, side=row["side"])
    return rows[0]["stage"], figures, rows


@dataclass(frozen=True)
class Fact:
    """A number as printed in a cell of a statutory form."""

    form: str
    side: str
    line_no: str
    code: str
    name: str
    measure: str
    value: Decimal
    unit: str
    sub_unit: str = ""
    economic_code: str = ""
    gov_economic_code: str = ""
    project: str = ""
    fund: str = ""
    period: str = "current"

    @property
    def coordinates(self) -> tuple[str, ...]:
        """What a row or column says beside subject and measure, in the order of the truth's columns."""
        return (self.sub_unit, self.economic_code, self.gov_economic_code, self.project, self.fund, self.period)

    @property
    def is_whole(self) -> bool:
        """Whether the number is the body's own of this year, over all money and every second class."""
        return self.coordinates == ("", "", "", "", "", "current")


@dataclass(eq=False)
class Cell:
    """A cell of a table; spans cover the following columns and rows, as in HTML."""

    text: str = ""
    cols: int = 1
    rows: int = 1
    align: str = "left"
    bold: bool = False
    fact: Fact | None = None
    page: int | None = None

    def set_value(self, value: Decimal, text: str) -> None:
        """Print another number in a cell that holds a fact."""
        assert self.fact is not None
        self.fact = Fact(**{**self.fact.__dict__, "value": value})
        self.text = text


@dataclass
class Table:
    """A table of a document; ``rows`` start with ``header_rows`` rows of headings."""

    title: str
    rows: list[list[Cell]]
    header_rows: int
    widths: list[float]
    form: str = ""
    label: str = ""
    unit_line: str = ""
    department: str = ""
    notes: list[str] = field(default_factory=list)
    landscape: bool = False

    def cells(self) -> Iterable[Cell]:
        """Iterate over all cells in order."""
        return (cell for row in self.rows for cell in row)


@dataclass
class Text:
    """A paragraph; ``style`` is cover, title, heading, right or body."""

    text: str
    style: str = "body"


@dataclass
class PageBreak:
    """The next block starts a page."""


Block = Text | Table | PageBreak


@dataclass
class Document:
    """A report before typesetting."""

    title: str
    blocks: list[Block]
    stage: str
    mark: str = ""

    def tables(self) -> list[Table]:
        """Return the tables in order."""
        return [block for block in self.blocks if isinstance(block, Table)]

    def facts(self) -> list[tuple[Fact, int | None]]:
        """Return every printed number of a statutory form with its page."""
        return [(cell.fact, cell.page) for table in self.tables() for cell in table.cells() if cell.fact]


@dataclass(frozen=True)
class Numbers:
    """How a table prints its numbers."""

    unit: str = "万元"
    decimals: int = 2
    separators: bool = True
    zeros: Callable[[], str] = lambda: ""

    def rounded(self, yuan: Decimal) -> Decimal:
        """Return the amount in the table's unit, rounded as it is printed."""
        return (yuan / UNITS[self.unit]).quantize(Decimal(1).scaleb(-self.decimals), ROUND_HALF_UP)

    def text(self, value: Decimal) -> str:
        """Return the printed form of a value in the table's unit."""
        return f"{value:,.{self.decimals}f}" if self.separators else f"{value:.{self.decimals}f}"


def write_truth(path: Path, report: str, document: Document) -> None:
    """Write the printed numbers of a document in the format of the hand-checked truth."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(TRUTH_COLUMNS)
        for fact, page in document.facts():
            value = "0" if fact.value == 0 else str(fact.value)
            row = (report, document.stage, fact.form, fact.side, fact.line_no, fact.code, fact.name, fact.measure)
            writer.writerow((*row, value, fact.unit, page or "", *fact.coordinates))
