"""Readers of which the benchmark compares the cost; worker processes import them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

from pipelines.extraction import report
from pipelines.extraction.report import ReportReading, read_report_in_subprocess
from pipelines.formats.scan import pages


def tables_only(path: Path, report_key: str, content_sha256: str, format: str) -> ReportReading:
    """Read a report as `print_only`, and without its narrative, indicators, projects and remarks."""
    with (
        patch.object(report, "disclosures", lambda *_: []),
        patch.object(report, "performance_rows", lambda *_: []),
        patch.object(report, "project_rows", lambda *_: []),
        patch.object(report, "remark_rows", lambda *_: []),
        patch.object(pages, "is_installed", lambda: False),
    ):
        return read_report_in_subprocess(path, report_key, content_sha256, format)


def print_only(path: Path, report_key: str, content_sha256: str, format: str) -> ReportReading:
    """Read a report without recognising its pictures, as pdfplumber does not either."""
    with patch.object(pages, "is_installed", lambda: False):
        return read_report_in_subprocess(path, report_key, content_sha256, format)


READERS = {"tables": tables_only, "print": print_only}


def reader(what: str) -> tuple[Callable[..., ReportReading], str]:
    """Return one of ``READERS``, with its version."""
    from pipelines.orchestration.reading import extractor_digest  # heavy, and no worker needs it

    return READERS[what], extractor_digest()
