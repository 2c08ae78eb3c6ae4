"""How much of what the table pages of reports print is in the warehouse, without any truth to compare with.

The text of each page (of a web page or separated values: of each table), as another program sees it, is searched for
numbers that look like money; those that stand as published cells of that page (or anywhere in the report, where places
are no pages) are captured. A low share is a place to look; a high one is no proof, since a number can
stand in the wrong column.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from pipelines.core.document import UnreadableError
from pipelines.core.files import open_path
from pipelines.formats import registry
from pipelines.formats.kind import Format

if TYPE_CHECKING:
    import duckdb
    import polars as pl

_MONEY = re.compile(r"(?<![\d.,])-?(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+\.\d{2,6})(?![\d.,%])")
_ENOUGH_NUMBERS = 8  # on a page of a statutory table, at least
_SENTENCES = 4  # full stops on such a page, at most: more is narrative

_REPORTS = """
    select
        report_key, status, unit_name, year_key,
        (select count(*) from quality.finding as f where f.report_key = r.report_key and f.severity = 'error') as errors
    from dim_report as r
    left join dim_unit using (unit_key)
"""
_CELLS = """
    select page, abs(value) from published_cell
    -- not those of files inside the file
    where report_key = ? and (page is null or origin is null or source_line is not null)
"""


@dataclass(frozen=True, slots=True)
class Captured:
    """One file: what its table pages print, and what of it the warehouse holds.

    Attributes:
        file_name: As found.
        status: Of its report; ``None`` when the warehouse does not know it.
        unit_name: Body.
        year: Fiscal year.
        numbers: Numbers on its table pages.
        captured: Those that are published cells of their page.
        errors: Findings of severity error.
        missing: Page (or table, counted from 1) and number of the others.
        paged: Whether these are pages.
    """

    file_name: str
    status: str | None
    unit_name: str | None
    year: int | None
    numbers: int
    captured: int
    errors: int
    missing: tuple[tuple[int, Decimal], ...]
    paged: bool = True


def capture(connection: duckdb.DuckDBPyConnection, files: pl.DataFrame) -> Iterable[Captured]:
    """Measure files one by one; kinds of file whose pages or tables no other program tells are passed over.

    Args:
        connection: An open warehouse.
        files: ``SOURCE_FILE``; contents are found by their key, whatever the names.
    """
    about = {key: rest for key, *rest in connection.execute(_REPORTS).fetchall()}
    for file in files.unique("report_key", maintain_order=True).sort("file_name").iter_rows(named=True):
        kind = registry.named(file["format"])
        if not kind.measured:
            continue
        status, unit, year, errors = about.get(file["report_key"], (None, None, None, 0))
        cells: dict[int | None, Counter[Decimal]] = {}
        for page, value in connection.execute(_CELLS, [file["report_key"]]).fetchall():
            cells.setdefault(page if kind.paged else None, Counter())[value.normalize()] += 1
        numbers = captured = 0
        missing: list[tuple[int, Decimal]] = []
        for page, printed in table_numbers(_texts(kind, file["path"])):
            held = cells.setdefault(page if kind.paged else None, Counter())
            lost = printed - held
            held -= printed
            numbers += printed.total()
            captured += printed.total() - lost.total()
            missing += [(page, number) for number in lost.elements()]
        yield Captured(file["file_name"], status, unit, year, numbers, captured, errors, tuple(missing), kind.paged)


def table_numbers(texts: Iterable[str]) -> Iterable[tuple[int, Counter[Decimal]]]:
    """Give the numbers that look like money of each page that looks like a statutory table, by page from 1."""
    for page, text in enumerate(texts, 1):
        plain = unicodedata.normalize("NFKC", text)
        found = Counter(Decimal(number.replace(",", "")).copy_abs().normalize() for number in _MONEY.findall(plain))
        if found.total() >= _ENOUGH_NUMBERS and plain.count("。") <= _SENTENCES and not _is_performance(plain):
            yield page, found


def _is_performance(text: str) -> bool:
    return "绩效" in text and "指标" in text


def _texts(kind: Format, path: str) -> Iterable[str]:
    """Texts of the pages; none of a file that cannot be opened: its report in quarantine says why."""
    try:
        yield from kind.texts(open_path(path))
    except UnreadableError:
        return
