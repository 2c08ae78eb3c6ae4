"""A warehouse that lives on while its runs are killed: additions, corrections, removals, upgrades of the reader."""

from __future__ import annotations

import random
import shutil
import signal
import time
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path

import pytest

from pipelines.core.settings import Settings
from pipelines.extraction.report import read_report
from pipelines.orchestration import decisions
from pipelines.orchestration.run import ingest, record
from tests.corpus.generate import make_report
from tests.test_crash import PRELOADED, digest

KILLS_EACH = 9
STEPS = (
    "add",
    "correct",
    "remove",
    "upgrade",
    "add",
    "correct",
    "remove",
    "add",
    "upgrade",
    "correct",
    "add",
    "remove",
)
Step = Callable[[Settings], None]


def run(settings: Settings, version: str) -> None:
    ingest([settings.raw], settings, reader=(read_report, version))


def upgrade(settings: Settings, version: str) -> None:
    settings.state.unlink(missing_ok=True)  # other code would have its own digest there
    run(settings, version)


def take_out(settings: Settings, key: str, version: str) -> None:
    record("remove", lambda store: decisions.remove(store, [key], None), settings, reader=(read_report, version))


def in_child(settings: Settings, target: Callable[..., None], *arguments: str, after: float | None = None) -> int:
    """Run in a process of its own, killed after some seconds; gives its exit code."""
    context = get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    process = context.Process(target=target, args=(settings, *arguments))
    process.start()
    process.join(after)
    if process.exitcode is None:
        process.kill()
        process.join()
    return int(process.exitcode or 0)


@pytest.mark.slow
def test_a_hundred_kills(tmp_path: Path) -> None:
    """Each killed run leaves the old warehouse or the new one, the run after it goes on where it died."""
    chance = random.Random(17)
    raw, warehouse, before = tmp_path / "raw", tmp_path / "warehouse", tmp_path / "before"
    raw.mkdir()
    for seed in range(8):
        (raw / f"{seed}.txt").write_bytes(make_report(seed, "tabbed").data)
    settings = Settings(warehouse, raw, workers=1, lock_wait=5, site_pictures=False)
    version, seed, killed, seen = "1", 8, 0, [0, 0]
    assert in_child(settings, run, version) == 0
    for number, step in enumerate(STEPS):
        target: tuple[Callable[..., None], str, str] | tuple[Callable[..., None], str] = (run, version)
        if step == "add":
            (raw / f"{seed}.txt").write_bytes(make_report(seed, "tabbed").data)
            seed += 1
        elif step == "correct":
            with (raw / f"{number % 8}.txt").open("a", encoding="utf-8") as file:
                file.write("\n更正\n")
        elif step == "upgrade":
            version = str(int(version) + 1)
            target = (upgrade, version)
        else:
            from pipelines.storage.frame_store import FrameStore

            known = FrameStore(settings.frames).read("source_file")["report_key"].sort()
            target = (take_out, known[number % known.len()], version)
        shutil.rmtree(before, ignore_errors=True)
        shutil.copytree(warehouse, before)
        old = digest(settings.database)
        started = time.monotonic()
        assert in_child(settings, *target) == 0
        seconds = time.monotonic() - started
        new = digest(settings.database)
        shutil.rmtree(warehouse)
        shutil.copytree(before, warehouse)
        kills = 0
        while kills < KILLS_EACH:
            ended = in_child(settings, *target, after=chance.uniform(0, seconds))
            kills += ended == -signal.SIGKILL
            found = digest(settings.database)
            assert found in (old, new), (step, number)
            seen[found == new] += 1
            if found == new:
                shutil.rmtree(warehouse)
                shutil.copytree(before, warehouse)
        killed += kills
        assert in_child(settings, *target) == 0
        assert digest(settings.database) == new, "the next run completes what was begun"
        print(f"{number} {step}: {seconds:.1f} s, {killed} kills so far, old {seen[0]}, new {seen[1]}", flush=True)
    assert killed >= 100
