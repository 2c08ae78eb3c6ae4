"""Passes over buckets give the same tables wherever they are done, and whoever is lost on the way."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipelines.core.settings import Limits, Settings
from pipelines.extraction.subprocess_pool import LostError, work_in_subprocess
from pipelines.orchestration import bucket_log, spread
from pipelines.orchestration.bucket_pass import Pass
from pipelines.orchestration.run import ingest
from tests.compare_warehouses import differences
from tests.corpus.generate import make_report

pytestmark = pytest.mark.xdist_group("dagster_executors")

REPORTS = 8


class Elsewhere(Executor):
    """An executor whose answers are given: what becomes of the n-th thing it is given."""

    def __init__(self, answers: list[object]) -> None:
        self.answers, self.given = answers, []

    def submit(self, function: Callable[..., Any], /, *arguments: Any, **_: Any) -> Future[Any]:
        self.given.append(arguments[1])
        future: Future[Any] = Future()
        answer = self.answers.pop(0) if self.answers else True
        if isinstance(answer, Exception):
            future.set_exception(answer)
        elif answer is not None:
            future.set_result(answer)
        return future


def spread_over(passes: int, answers: list[object], workers: int = 2) -> tuple[list[int], list[int], list[int]]:
    """Spread some passes; give which were done here, which were given out, and which are told to be done."""
    settings = Settings(Path("w"), Path("r"), workers, 0)
    due = [Pass("star", (n,), settings, "") for n in range(passes)]
    here: list[int] = []
    pool = Elsewhere(answers)

    @contextmanager
    def opened(_: Settings) -> Iterator[Executor]:
        yield pool

    done = list(spread.spread(due, settings, lambda one: here.append(one.buckets[0]), opened))
    return here, [one.buckets[0] for one in pool.given], sorted(one.buckets[0] for one in done)


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spread, "FEWEST", 3)


def test_few_passes_stay_here() -> None:
    assert spread_over(2, []) == ([0, 1], [], [0, 1])
    assert spread_over(5, [], workers=1) == ([0, 1, 2, 3, 4], [], [0, 1, 2, 3, 4])


def test_many_are_given_out_but_for_the_first() -> None:
    assert spread_over(4, []) == ([0], [1, 2, 3], [0, 1, 2, 3])


def test_a_lost_pass_is_given_out_again_and_then_done_here() -> None:
    assert spread_over(3, [LostError("killed"), True]) == ([0], [1, 2, 1], [0, 1, 2])
    assert spread_over(3, [LostError("killed"), True, OSError("gone")]) == ([0, 1], [1, 2, 1], [0, 1, 2])


def test_what_great_expectations_has_to_see_is_done_here() -> None:
    assert spread_over(3, [True, False]) == ([0, 2], [1, 2], [0, 1, 2])


def test_nobody_waits_for_ever_for_workers_that_are_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spread, "PATIENCE", 0.05)
    assert spread_over(4, [True, None, None]) == ([0, 2, 3], [1, 2, 3], [0, 1, 2, 3])


def sleep_long(_: object) -> None:
    threading.Event().wait(60)


def end_at_once(_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def double(number: int) -> int:
    return 2 * number


def test_work_in_a_process_is_bounded() -> None:
    limits = Limits(seconds=20)
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(work_in_subprocess, double, 4, limits).result() == 8
        with pytest.raises(LostError, match="SIGKILL"):
            pool.submit(work_in_subprocess, end_at_once, None, limits).result()
        with pytest.raises(LostError, match="TypeError"):
            pool.submit(work_in_subprocess, double, None, limits).result()
        with pytest.raises(LostError, match=r"0\.3 s"):
            pool.submit(work_in_subprocess, sleep_long, None, replace(limits, seconds=0.3)).result()


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("raw")
    for seed in range(REPORTS):
        (folder / f"{seed}.txt").write_bytes(make_report(seed, "tabbed").data)
    return folder


@pytest.fixture(scope="module")
def alone(raw: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    settings = Settings(tmp_path_factory.mktemp("alone") / "warehouse", raw, 1, 0, site_pictures=False)
    ingest([raw], settings)
    return settings


def test_processes_give_the_same_tables(
    raw: Path, alone: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bucket_log, "REPORTS_PER_PASS", 1)
    given: list[Pass] = []
    monkeypatch.setattr(spread, "work_in_subprocess", work_in_subprocess)
    inner = spread._given_out
    monkeypatch.setattr(spread, "_given_out", lambda passes, pool: given.extend(passes) or inner(passes, pool))
    settings = replace(alone, warehouse=tmp_path / "warehouse", workers=2)
    ingest([raw], settings)
    assert {one.step for one in given} == {"reading", "star", "proof"}
    assert differences(alone.database, settings.database) == []


@pytest.mark.slow
def test_a_cluster_gives_the_same_tables_though_a_worker_is_killed(
    raw: Path, alone: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    distributed = pytest.importorskip("distributed", reason="the extra cluster is not installed")
    monkeypatch.setattr(bucket_log, "REPORTS_PER_PASS", 1)
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None, processes=True
    ) as cluster:
        victim = cluster.workers[0].process.process.pid
        begun: list[Pass] = []
        inner = spread._given_out

        def killing(passes: list[Pass], pool: Executor) -> Iterator[Pass]:
            begun.extend(passes)
            if len(begun) == len(passes):  # the first step that is given out
                os.kill(victim, signal.SIGKILL)
            return inner(passes, pool)

        monkeypatch.setattr(spread, "_given_out", killing)
        settings = replace(alone, warehouse=tmp_path / "warehouse", dask=cluster.scheduler_address)
        ingest([raw], settings)
    assert begun
    assert differences(alone.database, settings.database) == []
