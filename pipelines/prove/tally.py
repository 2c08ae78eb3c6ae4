"""How the rules ended, small enough to be kept for every batch of reports."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

SHOWN = 20
"""Failing rows of a rule that are kept."""

_FAILING = ("rule_id", "report_key", "form", "page", "printed", "expected", "difference", "message", "cell_keys")


@dataclass(frozen=True, slots=True)
class Tally:
    """Outcomes and findings of some reports."""

    outcomes: pl.DataFrame
    """``rule_id``, ``outcome``, ``reports``"""
    failing: pl.DataFrame
    """The first findings of each rule that are not within tolerance."""
    reports: pl.DataFrame
    """``report_key``, ``errors``, ``warnings``, ``infos``"""


def tally(finding: pl.DataFrame, outcome: pl.DataFrame) -> Tally:
    """Count what the rules came to.

    Args:
        finding: Table ``quality.finding``; those that were accepted do not count.
        outcome: Table ``quality.outcome``.
    """
    finding = finding.filter(pl.col("accepted_at").is_null())
    severity = pl.col("severity")
    reports = finding.group_by("report_key").agg(
        errors=(severity == "error").sum(), warnings=(severity == "warning").sum(), infos=(severity == "info").sum()
    )
    return Tally(
        _copied(outcome.group_by("rule_id", "outcome").agg(reports=pl.len())),
        _copied(_first(finding.filter(severity != "info").select(_FAILING))),
        _copied(reports),
    )


def together(tallies: Iterable[Tally]) -> Tally:
    """Add up the tallies of several batches."""
    every = list(tallies)
    return Tally(
        pl.concat([t.outcomes for t in every]).group_by("rule_id", "outcome").agg(pl.col("reports").sum()),
        _first(pl.concat([t.failing for t in every])),
        pl.concat([t.reports for t in every]).group_by("report_key").agg(pl.all().sum()),
    )


def _first(finding: pl.DataFrame) -> pl.DataFrame:
    return finding.group_by("rule_id", maintain_order=True).head(SHOWN)


def _copied(frame: pl.DataFrame) -> pl.DataFrame:
    """Copy a small frame: one made from a large one holds on to all text of it."""
    return pl.DataFrame(frame.rows(), schema=frame.schema, orient="row")
