"""Passes over buckets, done here or on an executor: processes of this machine, or a Dask cluster.

A pass that is lost with its worker, takes too long or needs too much memory is given out again, then done here; so no
worker can change a table, and none can keep a run from ending.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Executor, Future, wait
from contextlib import AbstractContextManager, suppress
from dataclasses import replace

from pipelines.core.settings import Limits, Settings
from pipelines.extraction.executors import executor
from pipelines.extraction.subprocess_pool import work_in_subprocess
from pipelines.orchestration.bucket_pass import Pass, work_elsewhere

FEWEST = 8
"""Passes that are worth worker processes. One costs a second of processor to start, a pass over 200 reports 0.4 s
(star) to 1.7 s (proof) here or there: with two processes the star breaks even at six passes. A night has one or two."""

ATTEMPTS = 2
"""Times a pass is given out."""

LIMITS = replace(Limits(), seconds=600.0, memory_mb=3072)
"""Of a pass in a worker process: one over 200 reports takes seconds and some 500 MB, over 800 some 1.1 GB; threads of
DuckDB and Polars map three times as much as they use, and what is mapped counts."""

PATIENCE = 2 * LIMITS.seconds
"""Seconds without any pass coming back before no worker is believed to be there."""

LOG = logging.getLogger(__name__)


def spread(
    passes: Sequence[Pass],
    settings: Settings,
    here: Callable[[Pass], None],
    opened: Callable[[Settings], AbstractContextManager[Executor]] = executor,
) -> Iterator[Pass]:
    """Do passes, on the executor of the settings where they are many; yield each that is done.

    Args:
        passes: Which; the first is done here, since it shows most of what has to be judged.
        settings: Say how many processes, or which cluster.
        here: Does a pass in this process.
        opened: Opens the executor.

    Raises:
        Exception: Whatever a pass raises that is done here.
    """
    rest = list(passes)
    if len(rest) >= FEWEST and (settings.dask or settings.workers > 1):
        here(rest[0])
        yield rest[0]
        with opened(settings) as pool:
            rest = yield from _given_out(rest[1:], pool)
    for one in rest:
        here(one)
        yield one


def _given_out(passes: Sequence[Pass], pool: Executor) -> Generator[Pass, None, list[Pass]]:
    """Yield passes that workers have done; return those that are left to do here."""
    running: dict[Future[bool], tuple[Pass, int]] = {}
    left: list[Pass] = []

    def give(one: Pass, attempt: int) -> None:
        running[pool.submit(work_in_subprocess, work_elsewhere, one, LIMITS)] = one, attempt

    try:
        for one in passes:
            give(one, 1)
        while running:
            ended = wait(running, timeout=PATIENCE, return_when=FIRST_COMPLETED).done
            if not ended:
                LOG.warning("no worker answers, the rest is done here", extra={"passes": len(running)})
                return left + [one for one, _ in running.values()]
            for future in ended:
                one, attempt = running.pop(future)
                done, error = _outcome(future)
                if error:
                    about = {"step": one.step, "buckets": one.buckets, "attempt": attempt, "why": error}
                    LOG.warning("a pass was lost", extra=about)
                    if attempt < ATTEMPTS:
                        with suppress(RuntimeError):  # the pool takes nothing any more
                            give(one, attempt + 1)
                            continue
                if done:
                    yield one
                else:
                    left.append(one)
        return left
    finally:  # an interrupt does not wait for passes that were not begun
        for future in running:
            future.cancel()


def _outcome(future: Future[bool]) -> tuple[bool, str]:
    """Say whether a pass is done, and how it was lost: with its process, its worker or the whole pool."""
    try:
        return future.result(), ""
    except (Exception, CancelledError) as error:
        return False, repr(error)[:300]
