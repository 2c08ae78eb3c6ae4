"""Hostile web pages, archives and separated values: right numbers, or one clear reason, and never a crash or a hang."""

from __future__ import annotations

import socket
import time
from pathlib import Path

import pytest
import web_hostile

from pipelines.collect.discover import FAULTS, survey
from pipelines.extraction.report import read_report
from pipelines.formats import registry

SECONDS = 20  # that any of them may take on a busy machine


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("nothing is fetched")

    monkeypatch.setattr(socket.socket, "connect", refuse)


def read(path: Path) -> tuple[str, str, int]:
    """Status, reason and number of cells."""
    kind = registry.of_file(path) or registry.named("html")
    started = time.perf_counter()
    reading = read_report(path, "key", "hash", kind.name)
    assert time.perf_counter() - started < SECONDS
    row = reading.report.row(0, named=True)
    return row["status"], row["reason_code"] or "", reading.cells.height


@pytest.mark.parametrize("name", web_hostile.READ)
def test_harmless_oddities_cost_no_number(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(web_hostile.READ[name]())
    assert read(path) == ("loaded", "", web_hostile.CELLS)


@pytest.mark.parametrize("name", web_hostile.REFUSED)
def test_the_others_are_refused_with_a_reason(name: str, tmp_path: Path) -> None:
    content, code = web_hostile.REFUSED[name]
    path = tmp_path / name
    path.write_bytes(content())
    assert read(path) == ("quarantined", code, 0)


@pytest.mark.parametrize("name", web_hostile.ARCHIVES)
def test_archives_give_what_is_whole_and_tell_the_rest(name: str, tmp_path: Path) -> None:
    content, members, codes = web_hostile.ARCHIVES[name]
    raw, kept = tmp_path / "raw", tmp_path / "kept"
    raw.mkdir()
    (raw / name).write_bytes(content())
    for _ in range(2):  # unpacked, then found unpacked
        started = time.perf_counter()
        found = survey([raw], unpacked=kept)
        assert time.perf_counter() - started < SECONDS
        assert sorted(found.files["file_name"]) == sorted(f"{name}/{member}" for member in members)
        assert sorted(skipped.code for skipped in found.skipped) == sorted(codes)
    assert not list(tmp_path.rglob("*.tmp")), "nothing half-written is left"
    assert {path.parts[len(tmp_path.parts)] for path in tmp_path.rglob("*")} <= {"raw", "kept"}
    assert all(skipped.reason for skipped in found.skipped)
    assert {"archive_locked", "archive_broken", "archive_too_large"} <= FAULTS
