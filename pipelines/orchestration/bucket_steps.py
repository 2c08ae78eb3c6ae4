"""The steps over buckets of reports: files of some buckets in, files of the same buckets out.

Each step knows what every bucket should be made of, works on those that are made of something else, and leaves the
others as they are.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial

import polars as pl

from pipelines.core.version import code_digest
from pipelines.model.buckets import FIRST, report_bucket
from pipelines.orchestration import decisions
from pipelines.orchestration.asset_names import ASKED_CODE, FINDING_CELL, PROOF, READING, REPORT_BUCKET, STAR
from pipelines.orchestration.bucket_log import BucketLog, digests, passes
from pipelines.orchestration.bucket_pass import WRITES, Pass, work
from pipelines.orchestration.session import Session
from pipelines.orchestration.spread import spread
from pipelines.orchestration.stages import ACCEPTANCE
from pipelines.prove.judge import Judge
from pipelines.prove.tally import Tally, tally
from pipelines.warehouse.update import Parts


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
    return BucketLog(session.settings.buckets / step, session.store, WRITES[step])


def read_buckets(session: Session, judge: Judge, taken_out: pl.DataFrame) -> list[int]:
    """Take readings from the cache, without what was removed, corrected, past the suites.

    Args:
        session: The run.
        judge: Asked by the suites.
        taken_out: ``REMOVED``.

    Returns:
        The buckets that were written.
    """
    session.store.write(REPORT_BUCKET, report_bucket(session.cache.reports()))
    buckets = buckets_of(session)
    wanted = digests(buckets.members, buckets.every, session.cache.readings(), taken_out)
    return _work(session, "reading", wanted, buckets.members, judge)


def star_digests(session: Session) -> Mapping[int, str]:
    """Digest what the star of each bucket hangs on: its readings, its files, and subjects that others may name."""
    readings = tuple(sorted(log_of(session, "reading").done().items()))
    return _star_digests(session, readings, *map(session.store.state, (REPORT_BUCKET, "source_file", "dim_subject")))


@lru_cache(maxsize=1)
def _star_digests(session: Session, readings: tuple[tuple[int, str], ...], *_state: object) -> Mapping[int, str]:
    """Do what `star_digests` says, once for each state of what is asked: a run needs it three times."""
    store, buckets, made = session.store, buckets_of(session), dict(readings)
    subjects = store.read("dim_subject")
    named = subjects.filter(~pl.col("is_reference")).select("code", "subject_key").drop_nulls()
    asked = pl.concat(
        store.read(ASKED_CODE, [n]).select("code", bucket=pl.lit(n)).unique() for n in buckets.every if n in made
    ).join(named, on="code")
    made_of = pl.DataFrame(
        {"bucket": list(made), "digest": list(made.values())}, schema={"bucket": pl.Int32, "digest": pl.String}
    ).filter(pl.col("bucket").is_in(buckets.every))
    return digests(buckets.members, buckets.every, made_of, store.read("source_file"), asked)


def build_star(session: Session, judge: Judge) -> list[int]:
    """Build cells, reports and facts; a report that a gate stops no longer replaces others.

    Returns:
        The buckets that were written.
    """
    return _work(session, "star", star_digests(session), buckets_of(session).members, judge)


def prove(session: Session, judge: Judge) -> list[int]:
    """Run the rules over reports, and compare reports of a body with each other.

    Returns:
        The buckets that were written.

    Raises:
        ValueError: The readings are newer than the facts.
    """
    wanted = star_digests(session)
    if stale := log_of(session, "star").stale(wanted):
        raise ValueError(f"the readings are newer than the facts, materialise published_cell first: buckets {stale}")
    return _work(session, "proof", wanted, buckets_of(session).members, judge)


def proved(session: Session) -> Tally:
    """Count how the rules ended for all reports; findings that were accepted do not count."""
    done = tuple(sorted(log_of(session, "proof").done().items()))
    return _proved(session, done, session.store.state(ACCEPTANCE))


@lru_cache(maxsize=1)
def _proved(session: Session, *_state: object) -> Tally:
    """Do what `proved` says, once for each state of what is counted: a run needs it twice."""
    store, accepted = session.store, decisions.acceptances(session.store)
    findings = (decisions.with_acceptances(part, accepted) for part in store.each("finding"))
    return tally(findings, store.each("outcome"))


def is_whole(session: Session) -> bool:
    """Whether every step over every bucket is up to date with the readings and the files."""
    wanted = star_digests(session)
    return not (log_of(session, "star").stale(wanted) or log_of(session, "proof").stale(wanted))


def parts(session: Session, assets: Mapping[str, str]) -> Parts:
    """Say of which buckets the frames to be loaded are made.

    Args:
        session: The run.
        assets: The asset that becomes each table.
    """
    store = session.store
    made_of: dict[int, str] = {}
    for step in WRITES:
        for bucket, digest in log_of(session, step).done().items():
            made_of[bucket] = f"{made_of.get(bucket, '')} {digest}"
    kept = {*READING, *STAR, *PROOF, FINDING_CELL}
    accepted = decisions.acceptances(store)

    def read(asset: str, some: list[int]) -> Iterator[pl.DataFrame]:
        for frame in store.each(asset, some):
            yield decisions.with_acceptances(frame, accepted) if asset == "finding" else frame

    reads = {table: partial(read, asset) for table, asset in assets.items() if asset in kept}
    return Parts(code_digest(), made_of, buckets_of(session).members, reads)


def _work(session: Session, step: str, wanted: Mapping[int, str], members: pl.DataFrame, judge: Judge) -> list[int]:
    """Work on the buckets of a step that are due, here or on the executor of the settings; say which they were."""
    log = log_of(session, step)
    stale = log.stale(wanted)
    due = [Pass(step, tuple(some), session.settings, session.run_id) for some in passes(stale, members)]
    log.begin(stale)
    for done in spread(due, session.settings, partial(work, judge=judge)):
        log.end({n: wanted[n] for n in done.buckets})
    log.forget_others(wanted)
    _give_back_memory()
    return stale


def _give_back_memory() -> None:
    """Have the C library give back what passes have freed: it would stay with the process, beside all that comes."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # of glibc
    if trim is not None:
        trim(0)
