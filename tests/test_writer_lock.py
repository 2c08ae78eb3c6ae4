"""One run at a time writes: in one process, in a process for each step, and when any of them dies."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from threading import Timer

import pytest

from pipelines.orchestration.writer_lock import Run, WarehouseLocked, writer_lock


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "ingest.lock"


@pytest.fixture
def driver() -> Iterator[subprocess.Popen[bytes]]:
    """A process that drives the steps of a run, which run elsewhere."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        yield process
        process.kill()


def locked(file: Path, run: Run = Run()) -> bool:  # noqa: B008 (frozen)
    try:
        with writer_lock(file, 0, run):
            return False
    except WarehouseLocked:
        return True


def test_one_writer_at_a_time(file: Path) -> None:
    with writer_lock(file, 0), pytest.raises(WarehouseLocked, match=str(os.getpid())), writer_lock(file, 0.3):
        pass
    with writer_lock(file, 0):
        pass


def test_a_run_may_take_its_lock_again(file: Path) -> None:
    with writer_lock(file, 0, Run("a")):
        with writer_lock(file, 0, Run("a")):
            assert locked(file, Run("b"))
        assert locked(file, Run("b")), "the inner one released nothing"
    assert not locked(file, Run("b"))


def test_between_the_steps_of_a_run_nobody_comes_in(file: Path, driver: subprocess.Popen[bytes]) -> None:
    step = Run("a", driver.pid)
    with writer_lock(file, 0, step):
        assert locked(file) and locked(file, Run("b"))
    assert locked(file) and locked(file, Run("b"))
    with pytest.raises(WarehouseLocked, match=str(driver.pid)), writer_lock(file, 0):
        pass
    assert not locked(file, step)
    driver.kill()
    driver.wait()
    assert not locked(file), "who drove the run is dead"


def test_a_step_waits_for_who_only_looks(file: Path, driver: subprocess.Popen[bytes]) -> None:
    step = Run("a", driver.pid)
    with writer_lock(file, 0, step):
        pass
    with file.open() as looking:
        fcntl.flock(looking, fcntl.LOCK_EX)
        Timer(0.5, partial(fcntl.flock, looking, fcntl.LOCK_UN)).start()
        assert locked(file, Run("b"))
        assert not locked(file, step)


def test_a_step_that_outlives_its_run_keeps_others_out(file: Path, driver: subprocess.Popen[bytes]) -> None:
    with writer_lock(file, 0, Run("a", driver.pid)):
        driver.kill()
        driver.wait()
        assert locked(file, Run("b"))
    assert not locked(file, Run("b"))


def test_a_driver_that_nobody_waited_for_is_dead(file: Path, driver: subprocess.Popen[bytes]) -> None:
    with writer_lock(file, 0, Run("a", driver.pid)):
        pass
    driver.kill()
    deadline = time.monotonic() + 10
    while locked(file):
        assert time.monotonic() < deadline, "a zombie writes nothing"
        time.sleep(0.05)


def test_a_run_that_ended_frees_the_warehouse_though_its_driver_lives(
    file: Path, driver: subprocess.Popen[bytes]
) -> None:
    with writer_lock(file, 0, Run("a", driver.pid)):
        pass
    asked: list[str] = []
    with writer_lock(file, 0, Run("b"), lambda run_id: asked.append(run_id) is None):
        assert asked == ["a"]
    assert not locked(file, Run("c"))


def test_a_run_of_another_machine_counts_for_a_while(file: Path, driver: subprocess.Popen[bytes]) -> None:
    with writer_lock(file, 0, Run("a", driver.pid)):
        pass
    file.write_text(json.dumps(json.loads(file.read_text()) | {"host": "elsewhere", "driver": 1}), encoding="utf-8")
    assert locked(file)
    os.utime(file, (time.time() - 3600, time.time() - 3600))
    assert not locked(file)


@pytest.mark.parametrize("left", ["1234\n", "", "{", "[1]\n"])
def test_what_an_earlier_version_or_a_power_cut_left_reserves_nothing(file: Path, left: str) -> None:
    file.write_text(left, encoding="utf-8")
    assert not locked(file)
