"""Readers of which the benchmark compares the cost; worker processes import them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

from pipelines.extraction import report
from pipelines.extraction.report import ReportReading, read_report_in_subprocess
from pipelines.orchestration.reading import extractor_digest


def tables_only(path: Path, report_key: str, content_sha256: str, format: str) -> ReportReading:
    """Read a report without its narrative, indicators, projects and remarks."""
    with (
        patch.object(report, "disclosures", lambda *_: []),
        patch.object(report, "performance_rows", lambda *_: []),
        patch.object(report, "project_rows", lambda *_: []),
        patch.object(report, "remark_rows", lambda *_: []),
    ):
        return read_report_in_subprocess(path, report_key, content_sha256, format)


def reader(what: str) -> tuple[Callable[..., ReportReading], str]:
    """Return the reader for ``everything`` or for ``tables``, with its version."""
    return (tables_only if what == "tables" else read_report_in_subprocess), extractor_digest()
