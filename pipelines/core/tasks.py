"""What is to be read, by whom, and what a reader gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Protocol

import polars as pl


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a number stands, and what the first reading made of it.

    Attributes:
        cell_key: Of the number.
        page: From 1; ``None`` for text sources.
        box: Left, top, right and bottom on the page as displayed, in points.
        source_line: From 1; ``None`` for sources with pages.
        origin: See `Place.origin`; ``None`` for sources with pages or lines of their own.
        value: As first read.
        others: What else was read from the same line.
        is_ocr: Whether it stands in a picture.
    """

    cell_key: str
    page: int | None
    box: tuple[float, float, float, float] | None
    source_line: int | None
    origin: str | None
    value: Decimal
    others: frozenset[Decimal]
    is_ocr: bool = False


class ReportReading(Protocol):
    """What a reader gives for one content (see `pipelines.extraction.report`)."""

    @property
    def report(self) -> pl.DataFrame:
        """One row, ``REPORT_READING``."""

    @property
    def tables(self) -> pl.DataFrame:
        """``PUBLISHED_TABLE``."""

    @property
    def cells(self) -> pl.DataFrame:
        """``EXTRACTED_CELL``."""

    @property
    def disclosures(self) -> pl.DataFrame:
        """``EXTRACTED_DISCLOSURE``."""

    @property
    def performance(self) -> pl.DataFrame:
        """``EXTRACTED_PERFORMANCE``."""

    @property
    def projects(self) -> pl.DataFrame:
        """``EXTRACTED_PROJECT``."""

    @property
    def remarks(self) -> pl.DataFrame:
        """``EXTRACTED_REMARK``."""


class Reader(Protocol):
    """Signature of `pipelines.extraction.report.read_report`; a function that worker processes can import."""

    def __call__(self, path: Path, report_key: str, content_sha256: str, format: str) -> ReportReading:
        """Read one file; never raises for a bad document."""


@dataclass(frozen=True, slots=True)
class Task:
    """One content to read."""

    path: Path
    report_key: str
    content_sha256: str
    format: str


@dataclass(frozen=True, slots=True)
class CardedTask(Task):
    """A content whose source card says something of its identity (`pipelines.core.stated`, as text)."""

    stated: str


Look = Callable[[Mapping[str, Sequence[Spot]]], dict[str, str | None]]
"""Looks at spots of reports (by report key) again; gives the text found for each cell key, where any was."""

Examine = Callable[[pl.DataFrame, Look], tuple[pl.DataFrame, pl.DataFrame]]
"""Takes cells, gives them back with their second readings (see `pipelines.repair.second_reading`)."""
