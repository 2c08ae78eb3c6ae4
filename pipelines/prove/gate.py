"""The gate before the warehouse: structural failures stop a report, faults are recorded and loaded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from pipelines.prove.expectations import RESULT, SAMPLE, STRUCTURAL, read_suite
from pipelines.prove.judge import Judge

REASON_CODE = "expectation"
_ROUNDS = 5

STOPPED: dict[str, pl.DataType] = {
    "report_key": pl.String(),
    "reason_code": pl.String(),
    "reason": pl.String(),
}
"""One row per report that a gate stopped."""


class StructuralFailure(RuntimeError):  # noqa: N818 (it is the domain's word)
    """A structural expectation failed that belongs to no single report: nothing may be loaded."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the suites said about some frames."""

    results: pl.DataFrame
    """``RESULT``, with ``bucket``"""
    stopped: pl.DataFrame
    """``STOPPED``"""


@dataclass(frozen=True, slots=True)
class Settled:
    """Frames without the reports that were stopped, and why these were."""

    frames: dict[str, pl.DataFrame]
    verdict: Verdict


def check(
    judge: Judge, assets: Iterable[str], frames: Mapping[str, pl.DataFrame], members: pl.DataFrame | None = None
) -> Verdict:
    """Run the suites of some assets, each once over its whole frame.

    Args:
        judge: Who is asked.
        assets: Names of assets, suites and frames.
        frames: The frames, and those that a suite looks values up in.
        members: ``report_key``, ``bucket`` of their reports; without them all is bucket 0.

    Raises:
        StructuralFailure: A structural failure cannot be traced to reports.
    """
    told = [judge.results(read_suite(asset), frames[asset], frames, members) for asset in assets]
    results = pl.concat(told) if told else pl.DataFrame(schema=RESULT | {"bucket": pl.Int32()})
    return Verdict(results, stopped_by(results))


def demand(
    judge: Judge, assets: Iterable[str], frames: Mapping[str, pl.DataFrame], members: pl.DataFrame | None = None
) -> Verdict:
    """Like `check`, for frames that no document can spoil: a structural failure is ours and stops the run.

    Raises:
        StructuralFailure: A structural expectation failed.
    """
    verdict = check(judge, assets, frames, members)
    if not verdict.stopped.is_empty():
        raise StructuralFailure("; ".join(verdict.stopped["reason"].unique(maintain_order=True)))
    return verdict


def stopped_by(results: pl.DataFrame) -> pl.DataFrame:
    """Turn structural failures into the reports they stop, with every reason.

    Raises:
        StructuralFailure: A structural failure names no report.
    """
    failed = results.filter(~pl.col("success") & (pl.col("severity") == STRUCTURAL))
    orphans = failed.filter(pl.col("report_keys").list.len() == 0)
    if not orphans.is_empty():
        raise StructuralFailure("; ".join(_words(row) for row in orphans.iter_rows(named=True)))
    reasons: dict[str, list[str]] = {}
    for row in failed.iter_rows(named=True):
        for key in row["report_keys"]:
            reasons.setdefault(key, []).append(_words(row))
    rows = [
        {"report_key": key, "reason_code": REASON_CODE, "reason": "; ".join(reasons[key])} for key in sorted(reasons)
    ]
    return pl.DataFrame(rows, schema=STOPPED, orient="row")


def settle(
    judge: Judge,
    build: Callable[[pl.DataFrame], dict[str, pl.DataFrame]],
    lookups: Mapping[str, pl.DataFrame],
    assets: Iterable[str] | None = None,
    members: pl.DataFrame | None = None,
) -> Settled:
    """Build frames, check them, and build again without the reports that were stopped, until nothing is.

    Building again matters: a report that is stopped must no longer replace another one.

    Args:
        judge: Who is asked.
        build: Gives frames by asset name, without the reports (``STOPPED``) it is handed.
        lookups: Further frames that suites look values up in.
        assets: Frames to check; all of them by default.
        members: ``report_key``, ``bucket`` of their reports.

    Raises:
        StructuralFailure: A structural failure cannot be traced to reports, or new ones keep appearing.
    """
    stopped = pl.DataFrame(schema=STOPPED)
    rounds: list[Verdict] = []
    for _ in range(_ROUNDS):
        frames = build(stopped)
        verdict = check(judge, assets or frames, {**lookups, **frames}, members)
        rounds.append(verdict)
        new = verdict.stopped.join(stopped, on="report_key", how="anti")
        if new.is_empty():
            if not verdict.stopped.is_empty():
                raise StructuralFailure(f"stopped reports come back: {verdict.stopped['report_key'].to_list()}")
            return Settled(frames, _merge(rounds, stopped))
        stopped = pl.concat([stopped, new]).sort("report_key")
    raise StructuralFailure(f"still stopping reports after {_ROUNDS} rounds: {stopped['reason'].to_list()}")


def _merge(rounds: list[Verdict], stopped: pl.DataFrame) -> Verdict:
    """Keep the round in which an expectation failed first, so that a stopped report stays in sight."""
    results = (
        pl.concat([r.results.with_row_index("place").with_columns(round=pl.lit(n)) for n, r in enumerate(rounds)])
        .sort("success", "round")
        .unique(["asset", "expectation_id", "bucket"], keep="first", maintain_order=True)
        .sort("place")
        .drop("place", "round")
    )
    return Verdict(results, stopped)


def together(results: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """Add up what the same suites said about several buckets, as if they had seen one frame.

    Args:
        results: ``RESULT`` of each.
    """
    every = pl.concat([each.select(RESULT.keys()) for each in results])
    about = ["asset", "expectation_id"]
    counted = every.group_by(about, maintain_order=True).agg(
        pl.col("expectation", "column", "severity", "notes").first(),
        pl.col("success").all(),
        pl.col("element_count", "unexpected_count").sum(),
    )
    shown = (  # of the few that fail
        every.filter(~pl.col("success"))
        .group_by(about, maintain_order=True)
        .agg(
            pl.col("sample").explode().drop_nulls().head(SAMPLE),
            pl.col("report_keys").explode().drop_nulls().unique().sort(),
        )
    )
    return (
        counted.join(shown, on=about, how="left", maintain_order="left")
        .with_columns(pl.col("sample", "report_keys").fill_null([]))
        .select(RESULT.keys())
    )


def _words(row: Mapping[str, Any]) -> str:
    sample = f" ({', '.join(row['sample'][:3])})" if row["sample"] else ""
    return f"{row['asset']}.{row['expectation_id']}: {row['notes']}{sample}"
