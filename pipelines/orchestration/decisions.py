"""What people decided about reports and findings: kept as frames that no run makes anew.

Written under the writer lock only. A decision is recorded before the run that puts it into the database, so that
whatever ends the run early, the next one does.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime

import polars as pl

from pipelines.model.removed import in_force
from pipelines.orchestration.stages import ACCEPTANCE, REMOVAL
from pipelines.storage.frame_store import FrameStore
from pipelines.storage.tables import conform, schema


def removals(store: FrameStore) -> pl.DataFrame:
    """Give table ``quality.removal``."""
    return store.remembered(REMOVAL, schema("quality.removal"))


def acceptances(store: FrameStore) -> pl.DataFrame:
    """Give table ``quality.acceptance``."""
    return store.remembered(ACCEPTANCE, schema("quality.acceptance"))


def remove(store: FrameStore, reports: Collection[str], reason: str | None) -> None:
    """Record that reports no longer count; those that were removed before keep their record."""
    known = removals(store)
    there = set(in_force(known)["report_key"])
    rows = [
        {"report_key": key, "removed_at": _now(), "reason": reason or None, "undone_at": None}
        for key in reports
        if key not in there
    ]
    if rows:
        store.write(REMOVAL, pl.concat([known, conform(pl.DataFrame(rows), "quality.removal")]))


def undo_removal(store: FrameStore, reports: Collection[str]) -> None:
    """Record that reports count again."""
    known = removals(store)
    undone = pl.col("report_key").is_in(list(reports)) & pl.col("undone_at").is_null()
    now = pl.lit(_now(), known.schema["undone_at"])
    store.write(REMOVAL, known.with_columns(undone_at=pl.when(undone).then(now).otherwise("undone_at")))


def accept(store: FrameStore, findings: pl.DataFrame, reason: str) -> None:
    """Record that findings were seen; a second reason takes the place of the first.

    Args:
        store: Frames of the warehouse.
        findings: ``finding_key``, ``report_key``, ``rule_id``.
        reason: Why they may stand.
    """
    new = findings.select("finding_key", "report_key", "rule_id").with_columns(
        accepted_at=pl.lit(_now(), pl.Datetime("us")), reason=pl.lit(reason)
    )
    kept = acceptances(store).join(new, on="finding_key", how="anti")
    store.write(ACCEPTANCE, pl.concat([kept, conform(new, "quality.acceptance")]))


def withdraw_acceptance(store: FrameStore, findings: Collection[str]) -> None:
    """Record that findings are open again."""
    store.write(ACCEPTANCE, acceptances(store).filter(~pl.col("finding_key").is_in(list(findings))))


def with_acceptances(findings: pl.DataFrame, accepted: pl.DataFrame) -> pl.DataFrame:
    """Mark findings that were accepted.

    Args:
        findings: Rows of ``quality.finding``.
        accepted: Table ``quality.acceptance``.
    """
    marks = accepted.select("finding_key", "accepted_at", accepted_reason="reason")
    return findings.drop("accepted_at", "accepted_reason").join(marks, on="finding_key", how="left")


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
