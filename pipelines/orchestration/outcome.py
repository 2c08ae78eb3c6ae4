"""What an ingest came to."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipelines.collect.discover import FAULTS, Skipped, Survey
from pipelines.core.settings import Settings
from pipelines.orchestration.raw_folder import gone


@dataclass(slots=True)
class Outcome:
    """What an ingest came to.

    Attributes:
        reports: Reports in the warehouse.
        read: Contents read in this run.
        reread: Those of them that an earlier version of the extractor had read.
        forms: Forms published by all reports.
        cells: Published cells.
        facts: Rows of the fact tables.
        quarantined: Reports in quarantine, given now or before.
        given_quarantined: Those among the files given now, and files that could not be read at all.
        reasons: Why each of those was stopped, by name.
        skipped: Paths that were passed over.
        samples: Reports of them that are shipped samples.
        removed: Names given now of reports that were taken out, with the reason.
        gone: Reports whose file is gone: key and name.
        seconds: Duration.
        unchanged: Nothing was new, the warehouse was left as it is.
        site_fault: Why the site was not updated; empty when it was.
    """

    reports: int = 0
    read: int = 0
    reread: int = 0
    forms: int = 0
    cells: int = 0
    facts: int = 0
    quarantined: int = 0
    given_quarantined: list[str] = field(default_factory=list)
    reasons: dict[str, str] = field(default_factory=dict)
    skipped: list[Skipped] = field(default_factory=list)
    samples: int = 0
    removed: dict[str, str] = field(default_factory=dict)
    gone: list[tuple[str, str]] = field(default_factory=list)
    seconds: float = 0.0
    unchanged: bool = False
    site_fault: str = ""


def count(outcome: Outcome, found: Survey, settings: Settings) -> None:
    """Fill in what the database holds, and which of the files given are in quarantine."""
    import duckdb

    with duckdb.connect(str(settings.database), read_only=True) as connection:
        row = connection.execute(
            """
            select
                (select count(*) from dim_report where status <> 'removed'),
                (select count(*) from dim_report where status <> 'removed' and is_sample),
                (select count(*) from report_form),
                (select count(*) from published_cell),
                (select count(*) from fact_disclosure)
                + (select count(*) from fact_expenditure)
                + (select count(*) from fact_performance)
                + (select count(*) from fact_project)
                + (select count(*) from fact_revenue)
                + (select count(*) from fact_three_public)
            """
        ).fetchone()
        stopped = connection.execute(
            "select report_key, reason from dim_report where status = 'quarantined'"
        ).fetchall()
        taken_out = connection.execute("select report_key, reason from dim_report where status = 'removed'").fetchall()
    assert row is not None
    outcome.reports, outcome.samples, outcome.forms, outcome.cells, outcome.facts = row
    reasons = {key: reason or "" for key, reason in stopped}
    for key, name in found.files.select("report_key", "file_name").iter_rows():
        if key in reasons:
            outcome.reasons[name] = reasons[key]
    removed = {key: reason or "" for key, reason in taken_out}
    named = found.files.select("report_key", "file_name").iter_rows()
    outcome.removed = {name: removed[key] for key, name in named if key in removed}
    outcome.gone = [(one.report_key, one.file_name) for one in gone(settings)]
    unread = {s.file_name: s.reason for s in found.skipped if s.code in FAULTS}
    outcome.reasons |= unread
    outcome.quarantined = len(reasons) + len(unread)
    outcome.given_quarantined = list(outcome.reasons)
