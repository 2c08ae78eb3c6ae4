"""Readings of documents beside their truth, as multisets of cells."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from pipelines.core.folding import bare
from pipelines.core.money import UNITS
from pipelines.extraction.report import ReportReading, read_report
from pipelines.formats import registry
from pipelines.layout.rows import TOTALS
from tests.corpus.generate import Report, make_report
from tests.corpus.layout import Layout
from tests.corpus.model import write_truth

Cells = Counter[tuple[object, ...]]
BALANCES = ("balance", "appropriation_balance")


def read_file(path: Path) -> ReportReading:
    """Read one file as the pipeline does."""
    kind = registry.of_file(path)
    return read_report(path, "key", "sha", kind.name if kind else path.suffix.removeprefix("."))


def cells_of(reading: ReportReading) -> Cells:
    """Cells as read: stage, form, side, subject, measure, yuan, unit, page."""
    return Counter((*_subject(c), c["amount"], c["unit"], str(c["page"] or "")) for c in reading.cells.to_dicts())


def truth_of(path: Path, *, pages: bool = True) -> Cells:
    """Cells of a truth file, in the same shape."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return Counter(
            (
                *_subject(r),
                (Decimal(r["value"]) * UNITS[r["unit"]]).quantize(Decimal("0.01")),
                r["unit"],
                r["page"] if pages else "",
            )
            for r in csv.DictReader(stream)
        )


COORDINATES = ("sub_unit", "economic_code", "gov_economic_code", "project", "fund", "period")


def point_cells(reading: ReportReading) -> Cells:
    """Cells as read with every coordinate; a name counts only where no code stands."""
    return Counter(
        (*_subject(c), *(c[axis] or "" for axis in COORDINATES), c["amount"], c["unit"], str(c["page"] or ""))
        for c in reading.cells.to_dicts()
    )


def truth_points(path: Path) -> Cells:
    """Cells of a truth file with every coordinate, in the shape of ``point_cells``."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return Counter(
            (
                *_subject(r),
                *(r[axis] for axis in COORDINATES),
                (Decimal(r["value"]) * UNITS[r["unit"]]).quantize(Decimal("0.01")),
                r["unit"],
                r["page"],
            )
            for r in csv.DictReader(stream)
        )


def corpus_cells(layout: str | Layout, seed: int, folder: Path) -> tuple[ReportReading, Cells]:
    """Make a report of the corpus, read it, and return the reading with the truth."""
    report: Report = make_report(seed, layout)
    path = folder / report.file_name
    path.write_bytes(report.data)
    write_truth(folder / "truth.csv", report.name, report.document)
    return read_file(path), truth_of(folder / "truth.csv", pages=path.suffix == ".pdf")


def _subject(cell: Mapping[str, Any]) -> tuple[str, ...]:
    form, name = cell["form"], bare(cell["subject_name"] or "")
    if form == "three_public" or (form not in BALANCES and name in TOTALS):
        name = "合计"
    return cell["stage"] or "", form, cell["side"] or "", cell["subject_code"] or name, cell["measure"]
