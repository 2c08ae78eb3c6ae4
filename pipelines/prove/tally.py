"""How the rules ended, in few rows, however many reports there are."""

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


def tally(findings: Iterable[pl.DataFrame], outcomes: Iterable[pl.DataFrame]) -> Tally:
    """Count what the rules came to, part by part: all outcomes of many reports are too many to be held.

    Args:
        findings: Parts of the table ``quality.finding``; those that were accepted do not count.
        outcomes: Parts of the table ``quality.outcome``.
    """
    ended = [_copied(part.group_by("rule_id", "outcome").agg(reports=pl.len())) for part in outcomes]
    failing, reports = [], []
    severity = pl.col("severity")
    for part in findings:
        found = part.filter(pl.col("accepted_at").is_null())
        failing.append(_copied(_first(found.filter(severity != "info").select(_FAILING))))
        reports.append(
            _copied(
                found.group_by("report_key").agg(
                    errors=(severity == "error").sum(),
                    warnings=(severity == "warning").sum(),
                    infos=(severity == "info").sum(),
                )
            )
        )
    return Tally(
        pl.concat(ended).group_by("rule_id", "outcome").agg(pl.col("reports").sum()),
        _first(pl.concat(failing)),
        pl.concat(reports).group_by("report_key").agg(pl.all().sum()),
    )


def _first(finding: pl.DataFrame) -> pl.DataFrame:
    return finding.group_by("rule_id", maintain_order=True).head(SHOWN)


def _copied(frame: pl.DataFrame) -> pl.DataFrame:
    """Copy a small frame: one made from a large one holds on to all text of it."""
    return pl.DataFrame(frame.rows(), schema=frame.schema, orient="row")
