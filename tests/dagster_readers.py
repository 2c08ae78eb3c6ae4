"""Readers for tests of the run: the real one, with faults put into what it gives. Worker processes import them."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import polars as pl

from pipelines.core.frames import AMOUNT, EXTRACTED_CELL, PUBLISHED_TABLE, REPORT_READING, VALUE
from pipelines.core.recognising import page_begins
from pipelines.extraction.report import ReportReading, read_report


def structural_fault(path: Path, report_key: str, content_sha256: str, format: str) -> ReportReading:
    """Give a file whose name says so a measure nobody knows, and a later date."""
    reading = read_report(path, report_key, content_sha256, format)
    if "structural" not in path.name:
        return reading
    first = pl.int_range(pl.len()) == 0
    cells = reading.cells.with_columns(measure=pl.when(first).then(pl.lit("nonsense")).otherwise("measure"))
    return ReportReading(reading.report, reading.tables, cells)


def misreading(path: Path, report_key: str, content_sha256: str, format: str) -> ReportReading:
    """Do as above, and misread the 合计 of the expenditure table of files whose name says so, by one unit."""
    reading = structural_fault(path, report_key, content_sha256, format)
    if "misread" not in path.name:
        return reading
    wrong = (pl.col("form") == "expenditure") & (pl.col("measure") == "total") & pl.col("subject_name").eq("合计")
    cells = reading.cells.with_columns(
        value=pl.when(wrong).then(pl.col("value") + 1).otherwise("value").cast(VALUE),
        amount=pl.when(wrong).then(pl.col("amount") + 10_000).otherwise("amount").cast(AMOUNT),
        raw_text=pl.when(wrong).then(pl.lit("misread")).otherwise("raw_text"),
    )
    return ReportReading(reading.report, reading.tables, cells)


def counting(path: Path, report_key: str, content_sha256: str, format: str) -> ReportReading:
    """Give an empty report, and leave a mark for every reading; die or fail where the content says so."""
    with (path.parent / ".read").open("a", encoding="utf-8") as marks:
        marks.write(f"{report_key}\n")
    text = path.read_text(encoding="utf-8")
    if text == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if text == "fail":
        raise LookupError("a fault of the reader")
    row = {
        "report_key": report_key,
        "content_sha256": content_sha256,
        "format": format,
        "status": "empty",
        "extractor_version": text.removeprefix("version ") if text.startswith("version ") else "1",
    }
    return ReportReading(
        report=pl.DataFrame([row], schema=REPORT_READING),
        tables=pl.DataFrame(schema=PUBLISHED_TABLE),
        cells=pl.DataFrame(schema=EXTRACTED_CELL),
    )


def stubborn(path: Path, report_key: str, content_sha256: str, format: str) -> ReportReading:
    """Give an empty report, unless the content says otherwise: sleep for ever, take all memory, or die.

    Pages that are recognised take their time, each less than a report may.
    """
    text = path.read_text(encoding="utf-8")
    if text == "hang":
        time.sleep(1000)
    if text == "pages":
        for _ in range(4):
            page_begins()
            time.sleep(0.4)
    if text == "hoard":
        hoard = []
        while True:
            hoard.append(bytearray(8 * 2**20))
            time.sleep(0.005)
    return counting(path, report_key, content_sha256, format)
