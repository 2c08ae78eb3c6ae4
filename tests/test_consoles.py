"""Paths and consoles: no sign in a path, no encoding and no broken pipe raises or changes an exit code."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import polars as pl
import pytest

from pipelines.core.files import literally, plainly_named
from pipelines.core.settings import Settings
from pipelines.orchestration.run import ingest
from pipelines.publish import tracing
from pipelines.storage.frame_store import FrameStore
from pipelines.warehouse.load import load
from tests.corpus.generate import make_report

MINGZHANG = str(Path(sys.executable).parent / "mingzhang")
NASTY = "a [2024] %20?#'\"*b 明账"


def test_links_of_plain_names(tmp_path: Path) -> None:
    folder = tmp_path / NASTY
    folder.mkdir()
    link = plainly_named(folder)
    try:
        assert link != folder and link.resolve() == folder and plainly_named(folder) == link
        assert not set(link.name) & set("?#%[]'\"* ")
        link.unlink()
        link.write_text("in the way", encoding="utf-8")
        with pytest.raises(OSError, match="stands where"):
            plainly_named(folder)
    finally:
        link.unlink()
    assert plainly_named(tmp_path) == tmp_path


def test_patterns_mean_one_folder(tmp_path: Path) -> None:
    folder = tmp_path / NASTY
    FrameStore(folder).write("source_file", pl.DataFrame({"a": [1]}))
    with duckdb.connect() as connection:
        found = connection.execute("from read_parquet(?)", [literally(folder) + "/source_file/*.parquet"])
        assert found.fetchall() == [(1,)]
    assert FrameStore(folder).scan("source_file").collect().height == FrameStore(folder).read("source_file").height == 1


def test_a_database_is_built_anywhere(tmp_path: Path) -> None:
    database = tmp_path / NASTY / "mingzhang.duckdb"
    load({}, database, extractor_version="x")
    with duckdb.connect(str(database), read_only=True) as connection:
        assert connection.execute("select count(*) from meta").fetchone() == (1,)
    assert [file.name for file in database.parent.iterdir()] == ["mingzhang.duckdb"]


@pytest.mark.xdist_group("life")
def test_a_whole_run_below_any_path(tmp_path: Path) -> None:
    raw = tmp_path / NASTY / "raw"
    raw.mkdir(parents=True)
    (raw / "x [1]%20?'.txt").write_bytes(make_report(1, "tabbed").data)
    settings = Settings(tmp_path / NASTY / "warehouse", raw, workers=1, lock_wait=5, site_pictures=False)
    assert ingest([raw], settings).reports == 1
    assert ingest([raw], settings).unchanged
    with duckdb.connect(str(settings.database), read_only=True) as connection:
        [[key]] = connection.execute("select cell_key from published_cell limit 1").fetchall()
        place = tracing.find(connection, key)
    assert place is not None and tracing.source(settings, place) == raw / "x [1]%20?'.txt"


@pytest.mark.parametrize("encoding", ["gbk", "ascii", "latin-1"])
def test_consoles_of_other_encodings(tmp_path: Path, encoding: str) -> None:
    environment = os.environ | {"PYTHONIOENCODING": encoding}
    for arguments, code in ((["--help"], 0), (["status"], 2), (["ingest", tmp_path / "没有 — 💴.pdf"], 2)):
        command = [MINGZHANG, *map(str, arguments)]
        if arguments != ["--help"]:
            command += ["--warehouse", str(tmp_path / "仓 — 💴")]
        done = subprocess.run(command, capture_output=True, env=environment, check=False)
        assert done.returncode == code, done.stderr
        assert b"Traceback" not in done.stderr + done.stdout


@pytest.mark.parametrize(("command", "code"), [("--help", 0), ("status", 2)])
def test_a_pipe_that_nobody_reads(tmp_path: Path, command: str, code: int) -> None:
    arguments = [MINGZHANG, command, *(["--warehouse", str(tmp_path)] if command != "--help" else [])]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.close()
        said = process.stderr.read()
    assert process.returncode == code and b"Broken" not in said and b"Traceback" not in said


def test_the_version_is_told() -> None:
    done = subprocess.run([MINGZHANG, "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("mingzhang 0.")


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_pages_are_served_until_stopped(tmp_path: Path, how: signal.Signals) -> None:
    command = [MINGZHANG, "serve", "site", "--port", "0", "--warehouse", str(tmp_path)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert process.stderr.readline().startswith("http://127.0.0.1:")
        time.sleep(0.1)
        process.send_signal(how)
        assert (process.wait(10), process.stderr.read()) == (0, "")
