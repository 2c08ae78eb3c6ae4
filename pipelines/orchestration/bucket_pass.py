"""The work of a step on some buckets, as a function of files: whoever reaches the warehouse's folder can do it.

It imports nothing of Dagster, so that worker processes start quickly. A pass writes files of its buckets and nothing
else; made twice, here or elsewhere, it writes the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path

import polars as pl

from pipelines.core.settings import Settings
from pipelines.extraction.cache import ReadingCache
from pipelines.model.dim_subject import printed_subject
from pipelines.model.finding_cell import finding_cell
from pipelines.model.removed import removed, without_removed
from pipelines.orchestration import decisions, stages
from pipelines.orchestration.asset_names import (
    ASKED_CODE,
    FINDING_CELL,
    GATE_PROOF,
    GATE_READING,
    GATE_STAR,
    PRINTED_SUBJECT,
    PROOF,
    PROOF_STAR,
    READING,
    REPORT_BUCKET,
    STAR,
    STAR_DIMENSIONS,
    STAR_READING,
)
from pipelines.prove import gate
from pipelines.prove.identities import READ
from pipelines.prove.judge import Judge, NewCaseError
from pipelines.repair import correction
from pipelines.storage import parquet
from pipelines.storage.frame_store import WHOLE, FrameStore, Stamp, stamp
from pipelines.warehouse.lake import for_pruning

WRITES = {
    "reading": (*READING, PRINTED_SUBJECT, ASKED_CODE, GATE_READING),
    "star": (*STAR, GATE_STAR),
    "proof": (*PROOF, FINDING_CELL, GATE_PROOF),
}
"""Frames that each step writes."""

_KEPT = 16
"""Frames of all reports that a process keeps from pass to pass: a step looks at four."""


@dataclass(frozen=True, slots=True)
class Pass:
    """Some buckets of one step.

    Attributes:
        step: ``reading``, ``star`` or ``proof``.
        buckets: Which.
        settings: Of the warehouse.
        run_id: The run that the files will name.
    """

    step: str
    buckets: tuple[int, ...]
    settings: Settings
    run_id: str

    @property
    def store(self) -> FrameStore:
        """The frames."""
        return FrameStore(self.settings.frames, self.run_id)


def work(one: Pass, judge: Judge) -> None:
    """Do a pass.

    Args:
        one: Which.
        judge: Asked by the suites.

    Raises:
        StructuralFailure: Something that belongs to no report is wrong.
        NewCaseError: The judge may not ask, and would have to.
    """
    members = _whole(one.store, REPORT_BUCKET).filter(pl.col("bucket").is_in(one.buckets))
    _STEPS[one.step](one, judge, members)


def work_elsewhere(one: Pass) -> bool:
    """Do a pass in a worker process.

    Great Expectations is not asked here: importing it costs more than most passes, and only one process may note what
    it said.

    Returns:
        Whether it is done; otherwise rows of a new kind have to be judged first, by whoever may.
    """
    try:
        work(one, Judge(one.settings.gates, may_ask=False))
    except NewCaseError:
        return False
    return True


def _read(one: Pass, judge: Judge, members: pl.DataFrame) -> None:
    """Take readings from the cache, without what was removed, corrected, past the suites."""
    store, files = one.store, _whole(one.store, "source_file")
    taken_out = _taken_out(store)
    keys = members["report_key"]
    parts = _places(one.settings.readings).filter(pl.col("report_key").is_in(keys.implode()))["part"].unique()
    read = ReadingCache(one.settings.readings).tables(keys, parts.to_list())
    readings = correction.correct(without_removed(read, taken_out), correction.read_corrections())
    build = partial(stages.without, readings)
    settled = gate.settle(judge, build, {"source_file": files}, READING, members)
    _write(one, settled, READING, GATE_READING, members)
    frames = settled.frames
    cells, reports = _by_bucket(frames["extracted_cell"], members), _by_bucket(frames["report_reading"], members)
    printed = [
        printed_subject(cells.get(n, frames["extracted_cell"].clear()), reports[n]).with_columns(bucket=pl.lit(n))
        for n in one.buckets
        if n in reports
    ]
    none = printed_subject(frames["extracted_cell"].clear(), frames["report_reading"])
    printed.append(none.with_columns(bucket=pl.lit(0)))
    store.write_buckets(PRINTED_SUBJECT, pl.concat(printed), members, one.buckets)
    asked = stages.asked_code(frames["extracted_cell"], frames["extracted_disclosure"])
    store.write_buckets(ASKED_CODE, asked, members, one.buckets)


def _star(one: Pass, judge: Judge, members: pl.DataFrame) -> None:
    """Build cells, reports and facts."""
    store, files = one.store, _whole(one.store, "source_file")
    known = {name: _whole(store, name) for name in STAR_DIMENSIONS}
    read = {name: store.read(name, one.buckets) for name in STAR_READING}

    def build(stopped: pl.DataFrame) -> stages.Frames:
        return stages.star(files, **stages.without(read, stopped), dim_subject=known["dim_subject"])

    settled = gate.settle(judge, build, known, STAR, members)
    _write(one, settled, STAR, GATE_STAR, members)


def _proof(one: Pass, judge: Judge, members: pl.DataFrame) -> None:
    """Run the rules over reports, and compare reports of a body with each other."""
    store = one.store
    facts = {name: store.read(name, one.buckets) for name in PROOF_STAR}
    frames = stages.proof(facts, {name: store.read(name, one.buckets) for name in READ})
    verdict = gate.demand(judge, PROOF, {**frames, "dim_report": facts["dim_report"]}, members)
    _write(one, gate.Settled(frames, verdict), PROOF, GATE_PROOF, members)
    store.write_buckets(FINDING_CELL, finding_cell(frames["finding"]), members, one.buckets)


_STEPS: dict[str, Callable[[Pass, Judge, pl.DataFrame], None]] = {"reading": _read, "star": _star, "proof": _proof}


def _write(one: Pass, settled: gate.Settled, assets: tuple[str, ...], gate_frame: str, members: pl.DataFrame) -> None:
    for name in assets:
        one.store.write_buckets(name, for_pruning(settled.frames[name]), members, one.buckets)
    one.store.write_buckets(gate_frame, settled.verdict.results, members, one.buckets)


def _by_bucket(frame: pl.DataFrame, members: pl.DataFrame) -> dict[int, pl.DataFrame]:
    placed = frame.join(members, on="report_key", maintain_order="left")
    return {int(n): rows for (n,), rows in placed.partition_by("bucket", as_dict=True, include_key=False).items()}


def _whole(store: FrameStore, asset: str) -> pl.DataFrame:
    """Read an asset without buckets; again only once another file has taken its place."""
    file = store.file(asset, WHOLE)
    return _read_once(file, stamp(file))


def _places(readings: Path) -> pl.DataFrame:
    """Say in which part of the cache each reading stands; once for all passes, since every part is looked into."""
    files = sorted((readings / "report_reading").glob("*.parquet"))
    return _places_once(readings, tuple(map(stamp, files)))


def _taken_out(store: FrameStore) -> pl.DataFrame:
    files = [store.file(asset, WHOLE) for asset in ("source_file", stages.REMOVAL)]
    return _removed_once(store.folder, tuple(map(stamp, files)))


@lru_cache(maxsize=_KEPT)
def _read_once(file: Path, _stamp: Stamp) -> pl.DataFrame:
    return parquet.read(file)


@lru_cache(maxsize=1)
def _places_once(readings: Path, _stamps: tuple[Stamp, ...]) -> pl.DataFrame:
    return ReadingCache(readings).latest().select("report_key", "part")


@lru_cache(maxsize=1)
def _removed_once(folder: Path, _stamps: tuple[Stamp, ...]) -> pl.DataFrame:
    store = FrameStore(folder)
    return removed(_whole(store, "source_file"), decisions.removals(store))
