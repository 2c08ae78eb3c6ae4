"""Documents for tests of the appendix readers: grids written as rows, and the reports with their hand-checked truth."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from functools import cache
from typing import Any

import pytest

from pipelines.core.document import Box, Cell, Document, Grid, Line, Place
from pipelines.core.folding import key
from pipelines.extraction.report import read_document
from pipelines.identity.report_identity import Identity, identity_of
from pipelines.layout.appendix import appendices
from pipelines.layout.tables import tables_of
from pipelines.performance.indicators import performance_rows
from pipelines.projects.projects import project_rows
from pipelines.repair.torn_indicators import mend_indicators
from tests.shared import SHARED

needs_truth = pytest.mark.skipif(not (SHARED / "truth").is_dir(), reason="../shared/truth is not here")
needs_reports = pytest.mark.skipif(not (SHARED / "reports").is_dir(), reason="../shared/reports is not here")

FINAL = Identity("final", 2023, "某局", "某区某局", "department", "", None, None)
BUDGET = Identity("budget", 2023, "某局", "某区某局", "department", "", None, None)


def grid(
    rows: list[list[str]], spans: dict[tuple[int, int], tuple[int, int]] | None = None, *, pages: bool = False
) -> Grid:
    """A grid of texts; ``spans`` give rows and columns that a merged cell covers; ``pages`` gives it positions."""
    spans = spans or {}
    cols = max(map(len, rows))
    covered: set[tuple[int, int]] = set()
    cells: list[Cell] = []
    for r, row in enumerate(rows):
        for c, text in enumerate([*row, *[""] * (cols - len(row))]):
            if (r, c) in covered:
                continue
            height, width = spans.get((r, c), (1, 1))
            covered |= {(r + i, c + j) for i in range(height) for j in range(width)}
            box = Box(c * 50.0, r * 20.0, c * 50.0 + 50, r * 20.0 + 20)
            cells.append(Cell(text, r, c, height, width, Place(page=1, box=box) if pages else Place(line=r + 10)))
    edges = [50.0 * i for i in range(cols + 1)] if pages else None
    return Grid(len(rows), cols, cells, Place(page=1) if pages else Place(line=10), edges)


def document(*blocks: str | Grid) -> Document:
    """A document of lines and grids."""
    return Document("text", [Line(b, Place(line=n)) if isinstance(b, str) else b for n, b in enumerate(blocks, 1)])


def lines(text: str) -> Document:
    """A dump without column marks: its lines with their numbers, blank ones left out as the reader does."""
    return Document("text", [Line(t.strip(), Place(line=n)) for n, t in enumerate(text.splitlines(), 1) if t.strip()])


@cache
def read(report: str) -> tuple[Document, Identity]:
    """A report of the truth as read."""
    path = SHARED / "reports" / next(r["file"] for r in truth("manifest") if r["report"] == report)
    found = read_document(path, path.suffix[1:])
    return found, identity_of(found, tables_of(found))


def truth(name: str) -> list[dict[str, str]]:
    """The rows of a truth file."""
    with (SHARED / "truth" / f"{name}.csv").open(encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def reports() -> list[str]:
    """The reports of the truth; none where it is not at hand."""
    return [r["report"] for r in truth("manifest")] if (SHARED / "truth").is_dir() else []


def plain(texts: Iterable[str | None]) -> tuple[str, ...]:
    """Texts as comparison keys; what the truth adds in square brackets to tell two printings apart is no print."""
    return tuple(key(re.sub(r"\[[^\]]*\]$", "", text or "")) for text in texts)


def indicator_rows(found: Document, identity: Identity) -> list[dict[str, Any]]:
    """The rows of the performance tables of a document, repaired."""
    return performance_rows(found, identity, appendices(found), mend_indicators).rows


def projects(found: Document, identity: Identity) -> list[dict[str, Any]]:
    """The rows of the projects of a document."""
    return project_rows(found, identity, appendices(found)).rows
