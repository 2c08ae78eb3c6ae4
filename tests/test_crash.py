"""A run that dies at any moment leaves the old warehouse or the new one, never anything else."""

from __future__ import annotations

import hashlib
import random
import resource
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import duckdb
import pytest

from pipelines.core.settings import Settings
from pipelines.orchestration.run import ingest
from tests.corpus.generate import make_report

pytestmark = pytest.mark.xdist_group("crash")  # one worker builds what they share

OF_THE_RUN = {"run", "expectation_result", "meta", "removal", "acceptance"}
PRELOADED = [
    "pipelines.orchestration.nightly",
    "pipelines.orchestration.run",
    "pipelines.orchestration.stages",
    "pipelines.prove.data_docs",
    "tests.preloaded",
]


def digest(database: Path) -> str:
    """Name the content of a warehouse: every row of every table, without what only the clock and the run decide."""
    content = hashlib.sha256()
    with duckdb.connect(str(database), read_only=True) as connection:
        tables = connection.execute("select schema_name, table_name from duckdb_tables() order by all").fetchall()
        for schema, table in tables:
            if table not in OF_THE_RUN:
                columns = "* exclude (ingested_at)" if table == "dim_report" else "*"
                rows = connection.execute(f"select {columns} from {schema}.{table} order by all").fetchall()
                content.update(repr((table, rows)).encode())
    return content.hexdigest()


def run(raw: Path, settings: Settings) -> None:
    """What a killed process does; no waiting, for the dead hold no lock."""
    ingest([raw], settings)


@dataclass(frozen=True)
class Scene:
    """A warehouse of one report, a folder where a second one has come, and what each is worth."""

    old: Path
    raw: Path
    old_digest: str
    new_digest: str
    seconds: float

    def settings(self, warehouse: Path) -> Settings:
        return Settings(warehouse, self.raw, workers=1, lock_wait=5, site_pictures=False)


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    folder = tmp_path_factory.mktemp("crash")
    raw, old, new = folder / "raw", folder / "old", folder / "new"
    raw.mkdir()
    (raw / "old.txt").write_bytes(make_report(1, "tabbed").data)
    first = Scene(old, raw, "", "", 0)
    ingest([raw], first.settings(old))
    (raw / "new.txt").write_bytes(make_report(2, "tabbed").data)
    shutil.copytree(old, new)
    context = get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    warm = context.Process(target=run, args=(raw, first.settings(folder / "warm")))
    warm.start()
    warm.join()
    started = time.monotonic()
    whole = context.Process(target=run, args=(raw, first.settings(new)))
    whole.start()
    whole.join()
    assert whole.exitcode == 0
    seconds = time.monotonic() - started
    yield Scene(old, raw, digest(old / "mingzhang.duckdb"), digest(new / "mingzhang.duckdb"), seconds)


@pytest.mark.parametrize("kills", [3, pytest.param(50, marks=pytest.mark.slow)])
def test_kill_minus_nine(scene: Scene, tmp_path: Path, kills: int) -> None:
    """Each killed run starts where the one before it died."""
    chance = random.Random(kills)
    context = get_context("forkserver")
    warehouse = tmp_path / "warehouse"
    settings = scene.settings(warehouse)
    seen = {scene.old_digest: 0, scene.new_digest: 0}
    killed = 0
    while killed < kills:
        if not warehouse.exists():
            shutil.copytree(scene.old, warehouse)
        process = context.Process(target=run, args=(scene.raw, settings))
        process.start()
        time.sleep(chance.uniform(0, scene.seconds))
        process.kill()
        process.join()
        killed += process.exitcode == -signal.SIGKILL
        found = digest(settings.database)
        assert found in seen
        seen[found] += 1
        if found == scene.new_digest:
            shutil.rmtree(warehouse)
    if not warehouse.exists():
        shutil.copytree(scene.old, warehouse)
    run(scene.raw, settings)
    assert digest(settings.database) == scene.new_digest, "the next run repairs what is left"
    left = [f for f in warehouse.rglob(".*") if f.suffix == ".tmp" or ".building" in f.name]
    assert left == []
    print(f"killed {killed} times, runs of {scene.seconds:.1f} s; found old and new: {list(seen.values())}")


def limited(raw: Path, settings: Settings, largest: int) -> None:
    """Run where no file may grow beyond a size, which is what a quota does."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))
    run(raw, settings)


def in_child(target: Callable[..., None], *arguments: object) -> int | None:
    process = get_context("forkserver").Process(target=target, args=arguments)
    process.start()
    process.join()
    return process.exitcode


@pytest.mark.parametrize("largest", [20_000, 2_000_000])
def test_no_room_for_a_file(scene: Scene, tmp_path: Path, largest: int) -> None:
    """The frames, or the database, do not fit."""
    warehouse = tmp_path / "warehouse"
    shutil.copytree(scene.old, warehouse)
    settings = scene.settings(warehouse)
    assert in_child(limited, scene.raw, settings, largest) == 1
    assert digest(settings.database) == scene.old_digest
    assert in_child(run, scene.raw, settings) == 0
    assert digest(settings.database) == scene.new_digest


def test_full_disk(scene: Scene, tmp_path: Path) -> None:
    """A file system of its own with room for the old warehouse and little more."""
    size = sum(file.stat().st_size for file in scene.old.rglob("*") if file.is_file()) + 4_000_000
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "mingzhang-test", str(tmp_path)]
    if shutil.which("mount") is None or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("no right to mount a file system; quotas are tested above")
    try:
        warehouse = tmp_path / "warehouse"
        shutil.copytree(scene.old, warehouse)
        settings = scene.settings(warehouse)
        assert in_child(run, scene.raw, settings) == 1
        assert digest(settings.database) == scene.old_digest
        subprocess.run(["mount", "-o", f"remount,size={4 * size}", str(tmp_path)], check=True)
        assert in_child(run, scene.raw, settings) == 0
        assert digest(settings.database) == scene.new_digest
    finally:
        subprocess.run(["umount", "-l", str(tmp_path)], check=True)
