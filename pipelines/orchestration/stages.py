"""The steps of a run as functions of frames: what the assets in ``assets.py`` call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import polars as pl

from pipelines.collect.discover import FAULTS, Skipped
from pipelines.collect.samples import flagged
from pipelines.core.frames import VALUE
from pipelines.core.money import in_yuan
from pipelines.core.ocr import is_doubtful
from pipelines.core.settings import Exit
from pipelines.model.cross_report_finding import cross_report_finding, cross_report_outcome
from pipelines.model.dim_report import dim_report
from pipelines.model.dim_statement import dim_statement
from pipelines.model.dim_subject import CODE_LENGTHS, dim_subject
from pipelines.model.dim_unit import dim_unit
from pipelines.model.dim_year import dim_year
from pipelines.model.fact_disclosure import fact_disclosure
from pipelines.model.fact_expenditure import fact_expenditure
from pipelines.model.fact_performance import fact_performance
from pipelines.model.fact_procurement import fact_procurement
from pipelines.model.fact_project import fact_project
from pipelines.model.fact_revenue import fact_revenue
from pipelines.model.fact_staff import fact_staff
from pipelines.model.fact_stated import fact_stated
from pipelines.model.fact_three_public import fact_three_public
from pipelines.model.finding_key import keyed
from pipelines.model.published_cell import published_cell
from pipelines.model.report_form import report_form
from pipelines.orchestration.asset_names import FINDING_CELL
from pipelines.prove.across import across, comparable_in
from pipelines.prove.data_docs import REPORT_LINE
from pipelines.prove.expectations import FAULT
from pipelines.prove.identities import compared_in, coverage, findings, prepared
from pipelines.storage.tables import conform, schema

REMOVAL, ACCEPTANCE = "removal", "acceptance"
"""Frames that nothing makes anew: what people decided."""

TABLES = {
    "published_cell": "published_cell",
    "published_table": "published_table",
    "report_form": "report_form",
    "dim_year": "dim_year",
    "dim_unit": "dim_unit",
    "dim_subject": "dim_subject",
    "dim_statement": "dim_statement",
    "dim_report": "dim_report",
    "fact_disclosure": "fact_disclosure",
    "fact_expenditure": "fact_expenditure",
    "fact_performance": "fact_performance",
    "fact_project": "fact_project",
    "fact_revenue": "fact_revenue",
    "fact_three_public": "fact_three_public",
    "fact_stated": "fact_stated",
    "fact_staff": "fact_staff",
    "fact_procurement": "fact_procurement",
    "run": "quality.run",
    "finding": "quality.finding",
    FINDING_CELL: "quality.finding_cell",
    "outcome": "quality.outcome",
    "coverage": "quality.coverage",
    "second_reading": "quality.second_reading",
    "correction": "quality.correction",
    "expectation_result": "quality.expectation_result",
}
"""Frames that are loaded, and the table each becomes."""

Frames = dict[str, pl.DataFrame]

_REPORTS_AT_A_TIME = 400
"""Reports that the rules run over together: planning them costs half a second, the rows of 800 reports a gigabyte."""


def source_file(known: pl.DataFrame, given: pl.DataFrame) -> pl.DataFrame:
    """Add the files given now to all that were ever given.

    A file keeps the time it was first seen; its source card is taken as it is now.
    """
    known = flagged(known)
    before = known.select("report_key", "path", first="first_seen_at")
    given = (
        given.join(before, on=["report_key", "path"], how="left")
        .with_columns(first_seen_at=pl.coalesce("first", "first_seen_at"))
        .drop("first")
    )
    gone = known.join(given, on=["report_key", "path"], how="anti")
    return pl.concat([given, gone]).sort("report_key", "file_name", "path")


def without(frames: Mapping[str, pl.DataFrame], stopped: pl.DataFrame) -> Frames:
    """Take all rows of stopped reports out; ``report_reading`` keeps a row that says why.

    Args:
        frames: Frames with a column ``report_key``, among them ``report_reading``.
        stopped: ``STOPPED``.
    """
    clean = {name: frame.join(stopped, on="report_key", how="anti") for name, frame in frames.items()}
    if stopped.is_empty():
        return clean
    reading = frames["report_reading"]
    reason = (
        reading.drop("status", "reason_code", "reason")
        .join(stopped, on="report_key")
        .with_columns(status=pl.lit("quarantined"))
    )
    both = pl.concat([clean["report_reading"], reason.select(reading.columns)])
    clean["report_reading"] = both.sort("report_key")
    return clean


def asked_code(extracted_cell: pl.DataFrame, extracted_disclosure: pl.DataFrame) -> pl.DataFrame:
    """Give the codes whose subject hangs on what other reports print: no form of the report declares them.

    Args:
        extracted_cell: ``EXTRACTED_CELL``.
        extracted_disclosure: ``EXTRACTED_DISCLOSURE``.

    Returns:
        ``report_key``, ``code``; of an economic code also the class and section it may count as.
    """
    beside = extracted_cell.select("report_key", code="economic_code").drop_nulls().unique()
    above = [beside.with_columns(pl.col("code").str.head(digits)) for digits in CODE_LENGTHS.values()]
    stated = extracted_disclosure.select("report_key", code="subject_code").drop_nulls()
    return pl.concat([beside, *above, stated]).unique().sort("report_key", "code")


def dimensions(report_reading: pl.DataFrame, printed: pl.DataFrame) -> Frames:
    """Build the conformed dimensions from all reports.

    Args:
        report_reading: ``REPORT_READING`` of all reports.
        printed: what `printed_subject` gives for all of them.
    """
    return {
        "dim_year": dim_year(report_reading),
        "dim_unit": dim_unit(report_reading),
        "dim_subject": dim_subject(printed),
        "dim_statement": dim_statement(),
    }


def star(
    source_file: pl.DataFrame,
    *,
    report_reading: pl.DataFrame,
    extracted_cell: pl.DataFrame,
    extracted_disclosure: pl.DataFrame,
    extracted_performance: pl.DataFrame,
    extracted_project: pl.DataFrame,
    dim_subject: pl.DataFrame,
) -> Frames:
    """Build cells, reports and facts; reports of one unit, year and stage replace each other within one fiscal year."""
    cells = published_cell(extracted_cell, report_reading)
    forms = report_form(cells, report_reading, source_file)
    reports = dim_report(report_reading, source_file, forms)
    disclosed = fact_disclosure(extracted_disclosure, reports, dim_subject)
    stated = fact_stated(disclosed, reports, report_reading)
    sure = cells.filter(~is_doubtful())
    return {
        "published_cell": cells,
        "report_form": forms,
        "dim_report": reports,
        "fact_disclosure": disclosed,
        "fact_expenditure": fact_expenditure(
            sure, forms, reports, dim_subject, disclosed, report_reading=report_reading
        ),
        "fact_performance": fact_performance(extracted_performance, reports),
        "fact_project": fact_project(extracted_project, reports, cells),
        "fact_revenue": fact_revenue(sure, forms, reports, dim_subject, report_reading),
        "fact_three_public": fact_three_public(sure, forms, reports, report_reading, stated),
        "fact_stated": stated,
        "fact_staff": fact_staff(disclosed, reports),
        "fact_procurement": fact_procurement(sure, forms, reports, stated),
    }


def proof(star: Mapping[str, pl.DataFrame], read: Mapping[str, pl.DataFrame]) -> Frames:
    """Run the rules that look at one report, and compare reports of one body with each other.

    Args:
        star: ``published_cell``, ``report_form`` and ``dim_report`` of some bodies, all their reports.
        read: The reading tables.
    """
    reports, cells = star["dim_report"].filter(pl.col("status") != "removed"), star["published_cell"]
    stopped = reports.filter(pl.col("status") == "quarantined").select("report_key", "reason_code", "reason")
    frames = {name: frame.join(reports, on="report_key", how="semi") for name, frame in read.items()}
    frames["extracted_cell"] = frames["extracted_cell"].join(cells, on="report_key", how="semi")
    frames = without(frames, stopped)
    compared, figures = _compared(frames)
    found, outcomes = findings(frames, compared)
    over_years, ended_over_years = across(figures, reports)
    copies = cross_report_finding(cells, star["report_form"], reports)
    ended = [outcomes, cross_report_outcome(star["report_form"], reports), ended_over_years]
    order = ["report_key", "rule_id", "form", "page", "message"]
    return {
        "finding": pl.concat([_finding(found), copies, _finding(over_years)]).sort(order, nulls_last=True),
        "outcome": pl.concat([conform(each, "quality.outcome") for each in ended]).sort("report_key", "rule_id"),
        "coverage": conform(coverage(frames["extracted_cell"], compared), "quality.coverage"),
    }


def _compared(read: Mapping[str, pl.DataFrame]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Run the rules over some reports at a time, whose rows take most of what a pass holds.

    Returns:
        ``COMPARISON``, sorted, and ``COMPARABLE``.
    """
    keys = pl.concat(frame["report_key"] for frame in read.values()).unique().sort()
    compared, figures = [], []
    for start in range(0, max(keys.len(), 1), _REPORTS_AT_A_TIME):
        some = keys.slice(start, _REPORTS_AT_A_TIME).implode()
        with prepared({name: frame.filter(pl.col("report_key").is_in(some)) for name, frame in read.items()}) as con:
            compared.append(compared_in(con))
            figures.append(comparable_in(con))
    return pl.concat(compared), pl.concat(figures)


def _finding(found: pl.DataFrame) -> pl.DataFrame:
    """Bring ``FINDING`` into the shape of ``quality.finding``, money in yuan."""
    money = found.with_columns(_in_yuan("printed"), _in_yuan("expected"), _in_yuan("difference"))
    columns = [column for column in schema("quality.finding") if column in money.columns]
    return conform(keyed(money.select(columns)), "quality.finding")


def _in_yuan(column: str) -> pl.Expr:
    """Money of ``quality.finding`` is in yuan; the identities compare it as printed."""
    return in_yuan(pl.col(column), VALUE, default=1).alias(column)


def expectation_result(
    before: pl.DataFrame, results: pl.DataFrame, run_id: str, now: datetime, kept_runs: int
) -> pl.DataFrame:
    """Add the results of a run to those of the latest runs before it.

    Args:
        before: Table ``quality.expectation_result`` as it was.
        results: ``RESULT`` of this run.
        run_id: This run.
        now: When it ended, UTC.
        kept_runs: How many runs are kept.
    """
    new = results.select(
        "asset",
        "column",
        "success",
        "report_keys",
        run_id=pl.lit(run_id),
        expectation=pl.col("expectation_id"),
        kind=pl.when(pl.col("severity") == FAULT).then(pl.lit("publisher")).otherwise("severity"),
        evaluated="element_count",
        unexpected="unexpected_count",
        sample=pl.col("sample").list.join("; "),
        evaluated_at=pl.lit(now.replace(tzinfo=None), pl.Datetime("us")),
    )
    earlier = before.filter(pl.col("run_id") != run_id)
    latest = earlier.group_by("run_id").agg(pl.col("evaluated_at").max()).top_k(kept_runs - 1, by="evaluated_at")
    kept = earlier.join(latest, on="run_id", how="semi", maintain_order="left")
    return pl.concat([kept, conform(new, "quality.expectation_result")])


def run_record(
    *,
    run_id: str,
    started_at: datetime,
    files: pl.DataFrame,
    reports: pl.DataFrame,
    extractor_version: str,
    rows: Mapping[str, int],
    reports_read: int,
    skipped: Sequence[Skipped],
    command: str,
) -> pl.DataFrame:
    """Sum a run up as one row of ``quality.run``, just before the load.

    Args:
        run_id: This run.
        started_at: When it began, UTC.
        files: ``SOURCE_FILE`` given to it.
        reports: Table ``dim_report``.
        extractor_version: Version of the reader.
        rows: Rows of ``published_cell``, ``finding`` and each fact table.
        reports_read: Contents read in this run.
        skipped: Paths given that were not read.
        command: What ran.
    """
    status = dict(reports["status"].value_counts().iter_rows())
    stopped = reports.filter(pl.col("status") == "quarantined")
    in_quarantine = not files.join(stopped, on="report_key", how="semi").is_empty()
    unread = any(path.code in FAULTS for path in skipped)
    now = datetime.now(UTC)
    row = {
        "run_id": run_id,
        "started_at": started_at.replace(tzinfo=None),
        "finished_at": now.replace(tzinfo=None),
        "seconds": (now - started_at).total_seconds(),
        "files": files.height,
        "reports_read": reports_read,
        **{name: status.get(name, 0) for name in ("loaded", "empty", "quarantined", "superseded")},
        "cells": rows["published_cell"],
        "facts": sum(count for name, count in rows.items() if name.startswith("fact_")),
        "findings": rows["finding"],
        "extractor_version": extractor_version,
        "exit_code": int(Exit.QUARANTINED if in_quarantine or unread else Exit.DONE),
        "command": command,
        "status": "done",
    }
    return conform(pl.DataFrame([row]), "quality.run")


def report_lines(dim_report: pl.DataFrame, coverage: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """List all reports for the index of the data docs.

    Args:
        dim_report: Table of this name.
        coverage: Table ``quality.coverage``.
        found: Findings by report and severity, as `pipelines.prove.tally.Tally` counts them.

    Returns:
        ``pipelines.prove.data_docs.REPORT_LINE``.
    """
    return (
        dim_report.join(coverage, on="report_key", how="left")
        .join(found, on="report_key", how="left")
        .with_columns(name=pl.coalesce("file_name", "title", pl.lit("")))
        .select(pl.col(name).cast(dtype) for name, dtype in REPORT_LINE.items())
    )
