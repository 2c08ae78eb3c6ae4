"""The steps over buckets of reports: files of some buckets in, files of the same buckets out.

Each step knows what every bucket should be made of, works on those that are made of something else, and leaves the
others as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

import polars as pl

from pipelines.core.version import code_digest
from pipelines.model.buckets import FIRST, report_bucket
from pipelines.model.dim_subject import printed_subject
from pipelines.model.finding_cell import finding_cell
from pipelines.model.removed import without_removed
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
from pipelines.orchestration.bucket_log import BucketLog, digests, passes
from pipelines.orchestration.session import Session
from pipelines.prove import gate
from pipelines.prove.identities import READ
from pipelines.prove.judge import Judge
from pipelines.repair import correction
from pipelines.warehouse.lake import for_pruning
from pipelines.warehouse.update import Parts

_WRITES = {
    "reading": (*READING, PRINTED_SUBJECT, ASKED_CODE, GATE_READING),
    "star": (*STAR, GATE_STAR),
    "proof": (*PROOF, FINDING_CELL, GATE_PROOF),
}
"""Frames that each step writes."""


@dataclass(frozen=True, slots=True)
class Buckets:
    """The buckets of all reports that were ever read."""

    members: pl.DataFrame
    """``report_key``, ``bucket``"""
    every: list[int]


def buckets_of(session: Session) -> Buckets:
    """Give the bucket of every report that was ever read, those that were removed, too, as `read_buckets` put them."""
    members = session.store.read(REPORT_BUCKET)
    return Buckets(members, sorted({FIRST, *members["bucket"]}))


def log_of(session: Session, step: str) -> BucketLog:
    """Open the log of a step: ``reading``, ``star`` or ``proof``."""
    return BucketLog(session.settings.buckets / step, session.store, _WRITES[step])


def read_buckets(session: Session, judge: Judge, files: pl.DataFrame, taken_out: pl.DataFrame) -> list[int]:
    """Take readings from the cache, without what was removed, corrected, past the suites.

    Args:
        session: The run.
        judge: Asked by the suites.
        files: ``SOURCE_FILE``.
        taken_out: ``REMOVED``.

    Returns:
        The buckets that were written.
    """
    session.store.write(REPORT_BUCKET, report_bucket(session.cache.reports()))
    buckets = buckets_of(session)
    wanted = digests(buckets.members, buckets.every, session.cache.readings(), taken_out)
    by_hand = correction.read_corrections()

    def work(some: list[int], members: pl.DataFrame) -> None:
        read = session.cache.tables(members["report_key"])
        readings = correction.correct(without_removed(read, taken_out), by_hand)
        build = partial(stages.without, readings)
        settled = gate.settle(judge, build, {"source_file": files}, READING, members)
        _write(session, settled, READING, GATE_READING, members, some)
        frames = settled.frames
        cells, reports = _by_bucket(frames["extracted_cell"], members), _by_bucket(frames["report_reading"], members)
        printed = [
            printed_subject(cells.get(n, frames["extracted_cell"].clear()), reports[n]).with_columns(bucket=pl.lit(n))
            for n in some
            if n in reports
        ]
        none = printed_subject(frames["extracted_cell"].clear(), frames["report_reading"])
        printed.append(none.with_columns(bucket=pl.lit(0)))
        session.store.write_buckets(PRINTED_SUBJECT, pl.concat(printed), members, some)
        asked = stages.asked_code(frames["extracted_cell"], frames["extracted_disclosure"])
        session.store.write_buckets(ASKED_CODE, asked, members, some)

    return _work(log_of(session, "reading"), wanted, buckets.members, work)


def star_digests(session: Session, buckets: Buckets) -> dict[int, str]:
    """Digest what the star of each bucket hangs on: its readings, its files, and subjects that others may name."""
    store, readings = session.store, log_of(session, "reading").done()
    subjects = store.read("dim_subject")
    named = subjects.filter(~pl.col("is_reference")).select("code", "subject_key").drop_nulls()
    asked = pl.concat(
        store.read(ASKED_CODE, [n]).select("code", bucket=pl.lit(n)).unique() for n in buckets.every if n in readings
    ).join(named, on="code")
    made_of = pl.DataFrame(
        {"bucket": list(readings), "digest": list(readings.values())},
        schema={"bucket": pl.Int32, "digest": pl.String},
    ).filter(pl.col("bucket").is_in(buckets.every))
    return digests(buckets.members, buckets.every, made_of, store.read("source_file"), asked)


def build_star(session: Session, judge: Judge) -> list[int]:
    """Build cells, reports and facts; a report that a gate stops no longer replaces others.

    Returns:
        The buckets that were written.
    """
    store, buckets = session.store, buckets_of(session)
    files = store.read("source_file")
    known = {name: store.read(name) for name in STAR_DIMENSIONS}

    def work(some: list[int], members: pl.DataFrame) -> None:
        read = {name: store.read(name, some) for name in STAR_READING}

        def build(stopped: pl.DataFrame) -> stages.Frames:
            return stages.star(files, **stages.without(read, stopped), dim_subject=known["dim_subject"])

        settled = gate.settle(judge, build, known, STAR, members)
        _write(session, settled, STAR, GATE_STAR, members, some)

    return _work(log_of(session, "star"), star_digests(session, buckets), buckets.members, work)


def prove(session: Session, judge: Judge) -> list[int]:
    """Run the rules over reports, and compare reports of a body with each other.

    Returns:
        The buckets that were written.

    Raises:
        ValueError: The readings are newer than the facts.
    """
    store, buckets = session.store, buckets_of(session)
    wanted = star_digests(session, buckets)
    if stale := log_of(session, "star").stale(wanted):
        raise ValueError(f"the readings are newer than the facts, materialise published_cell first: buckets {stale}")

    def work(some: list[int], members: pl.DataFrame) -> None:
        facts = {name: store.read(name, some) for name in PROOF_STAR}
        frames = stages.proof(facts, {name: store.read(name, some) for name in READ})
        verdict = gate.demand(judge, PROOF, {**frames, "dim_report": facts["dim_report"]}, members)
        _write(session, gate.Settled(frames, verdict), PROOF, GATE_PROOF, members, some)
        session.store.write_buckets(FINDING_CELL, finding_cell(frames["finding"]), members, some)

    return _work(log_of(session, "proof"), wanted, buckets.members, work)


def is_whole(session: Session) -> bool:
    """Whether every step over every bucket is up to date with the readings and the files."""
    buckets = buckets_of(session)
    wanted = star_digests(session, buckets)
    return not (log_of(session, "star").stale(wanted) or log_of(session, "proof").stale(wanted))


def parts(session: Session, assets: Mapping[str, str]) -> Parts:
    """Say of which buckets the frames to be loaded are made.

    Args:
        session: The run.
        assets: The asset that becomes each table.
    """
    store = session.store
    made_of: dict[int, str] = {}
    for step in _WRITES:
        for bucket, digest in log_of(session, step).done().items():
            made_of[bucket] = f"{made_of.get(bucket, '')} {digest}"
    kept = {*READING, *STAR, *PROOF}
    accepted = decisions.acceptances(store)

    def read(asset: str, some: list[int]) -> Iterator[pl.DataFrame]:
        for frame in store.each(asset, some):
            yield decisions.with_acceptances(frame, accepted) if asset == "finding" else frame

    reads = {table: partial(read, asset) for table, asset in assets.items() if asset in kept}
    return Parts(code_digest(), made_of, buckets_of(session).members, reads)


def _work(
    log: BucketLog, wanted: Mapping[int, str], members: pl.DataFrame, work: Callable[[list[int], pl.DataFrame], None]
) -> list[int]:
    stale = log.stale(wanted)
    for some in passes(stale, members):
        with log.replaced({n: wanted[n] for n in some}):
            work(some, members.filter(pl.col("bucket").is_in(some)))
    log.forget_others(wanted)
    return stale


def _write(
    session: Session,
    settled: gate.Settled,
    assets: tuple[str, ...],
    gate_frame: str,
    members: pl.DataFrame,
    some: list[int],
) -> None:
    for name in assets:
        session.store.write_buckets(name, for_pruning(settled.frames[name]), members, some)
    session.store.write_buckets(gate_frame, settled.verdict.results, members, some)


def _by_bucket(frame: pl.DataFrame, members: pl.DataFrame) -> dict[int, pl.DataFrame]:
    placed = frame.join(members, on="report_key", maintain_order="left")
    return {int(n): rows for (n,), rows in placed.partition_by("bucket", as_dict=True, include_key=False).items()}
