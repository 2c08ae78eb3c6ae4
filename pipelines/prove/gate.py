"""The gate before the warehouse: structural failures stop a report, faults are recorded and loaded."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.prove.expectations import RESULT, SAMPLE, STRUCTURAL, added, read_suite, validate
from pipelines.storage import parquet

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
    """``RESULT``"""
    documents: dict[str, dict[str, Any]]
    """Great Expectations' results as JSON, by asset."""
    stopped: pl.DataFrame
    """``STOPPED``"""


@dataclass(frozen=True, slots=True)
class Settled:
    """Frames without the reports that were stopped, and why these were."""

    frames: dict[str, pl.DataFrame]
    verdict: Verdict


def check(assets: Iterable[str], frames: Mapping[str, pl.DataFrame]) -> Verdict:
    """Run the suites of some assets, each once over its whole frame.

    Args:
        assets: Names of assets, suites and frames.
        frames: The frames, and those that a suite looks values up in.

    Raises:
        StructuralFailure: A structural failure cannot be traced to reports.
    """
    validations = {asset: validate(read_suite(asset), frames[asset], frames) for asset in assets}
    results = pl.concat([v.results for v in validations.values()]) if validations else pl.DataFrame(schema=RESULT)
    return Verdict(results, {asset: v.document for asset, v in validations.items()}, stopped_by(results))


def demand(assets: Iterable[str], frames: Mapping[str, pl.DataFrame]) -> Verdict:
    """Like `check`, for frames that no document can spoil: a structural failure is ours and stops the run.

    Raises:
        StructuralFailure: A structural expectation failed.
    """
    verdict = check(assets, frames)
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
    build: Callable[[pl.DataFrame], dict[str, pl.DataFrame]],
    lookups: Mapping[str, pl.DataFrame],
    assets: Iterable[str] | None = None,
) -> Settled:
    """Build frames, check them, and build again without the reports that were stopped, until nothing is.

    Building again matters: a report that is stopped must no longer replace another one.

    Args:
        build: Gives frames by asset name, without the reports (``STOPPED``) it is handed.
        lookups: Further frames that suites look values up in.
        assets: Frames to check; all of them by default.

    Raises:
        StructuralFailure: A structural failure cannot be traced to reports, or new ones keep appearing.
    """
    stopped = pl.DataFrame(schema=STOPPED)
    rounds: list[Verdict] = []
    for _ in range(_ROUNDS):
        frames = build(stopped)
        verdict = check(assets or frames, {**lookups, **frames})
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
        .unique(["asset", "expectation_id"], keep="first", maintain_order=True)
        .sort("place")
        .select(RESULT.keys())
    )
    documents: dict[str, dict[str, Any]] = {}
    for verdict in rounds:
        for asset, document in verdict.documents.items():
            if asset not in documents or documents[asset]["success"]:
                documents[asset] = document
    return Verdict(results, documents, stopped)


def together(verdicts: Iterable[Verdict]) -> Verdict:
    """Add up what the same suites said about several batches, as if they had seen one frame."""
    verdicts = list(verdicts)
    documents: dict[str, dict[str, Any]] = {}
    for verdict in verdicts:
        for asset, document in verdict.documents.items():
            documents[asset] = added(documents[asset], document) if asset in documents else document
    results = (
        pl.concat([verdict.results for verdict in verdicts])
        .group_by("asset", "expectation_id", maintain_order=True)
        .agg(
            pl.col("expectation", "column", "severity").first(),
            pl.col("success").all(),
            pl.col("element_count", "unexpected_count").sum(),
            pl.col("sample").explode().drop_nulls().head(SAMPLE),
            pl.col("report_keys").explode().drop_nulls().unique().sort(),
            pl.col("notes").first(),
        )
    )
    return Verdict(results.select(RESULT.keys()), documents, pl.concat([v.stopped for v in verdicts]))


def _words(row: Mapping[str, Any]) -> str:
    sample = f" ({', '.join(row['sample'][:3])})" if row["sample"] else ""
    return f"{row['asset']}.{row['expectation_id']}: {row['notes']}{sample}"


def save(verdict: Verdict, folder: Path) -> None:
    """Keep an asset's latest results for the data docs and for ``quality.expectation_result``."""
    for asset, document in verdict.documents.items():
        parquet.write(verdict.results.filter(pl.col("asset") == asset), folder / f"{asset}.parquet")
        (folder / f"{asset}.json").write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")


def saved(folder: Path, assets: Iterable[str]) -> tuple[pl.DataFrame, dict[str, dict[str, Any]]]:
    """Read back what `save` kept: results (``RESULT``) and Great Expectations' JSON by asset."""
    there = [asset for asset in assets if (folder / f"{asset}.json").exists()]
    frames = [parquet.read(folder / f"{asset}.parquet") for asset in there]
    documents = {asset: json.loads((folder / f"{asset}.json").read_text(encoding="utf-8")) for asset in there}
    return (pl.concat(frames) if frames else pl.DataFrame(schema=RESULT)), documents
