"""Hostile office files: one clear message each, or the right numbers where the oddity is harmless."""

from __future__ import annotations

import re
import socket
import time
from collections import Counter
from decimal import Decimal
from pathlib import Path

import hostile_office
import pytest
from office_files import REPORT

from pipelines.core.files import sha256
from pipelines.core.settings import Limits
from pipelines.core.tasks import Task
from pipelines.extraction.report import read_report, read_report_in_subprocess
from pipelines.extraction.subprocess_pool import read_in_subprocess
from pipelines.formats import registry
from pipelines.formats.word import convert

AMOUNTS = Counter(Decimal(text) for row in REPORT[1:] for text in row[2:] if text)
LIMITS = Limits(seconds=30, memory_mb=450)


def kind_of(path: Path) -> str:
    kind = registry.of_path(path)
    assert kind is not None
    return kind.name


@pytest.mark.parametrize("name", hostile_office.REFUSED)
def test_it_is_refused_with_its_reason(name: str, tmp_path: Path) -> None:
    content, code = hostile_office.REFUSED[name]
    path = tmp_path / name
    path.write_bytes(content())
    if code == "office_locked" and name.endswith(".doc") and convert.converter() is None:
        code = "converter_missing"
    started = time.monotonic()
    report = read_report(path, "k", "s", kind_of(path)).report.row(0, named=True)
    assert (report["status"], report["reason_code"]) == ("quarantined", code), report["reason"]
    assert re.search(r"[一-鿿]", report["reason"]) and re.search(r"[a-z]{3} [a-z]", report["reason"])
    assert time.monotonic() - started < 10


@pytest.mark.parametrize("name", hostile_office.READ)
def test_its_numbers_are_read(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: object) -> None:
        raise AssertionError("a file reached for the network")

    monkeypatch.setattr(socket.socket, "connect", forbidden)
    path = tmp_path / name
    path.write_bytes(hostile_office.READ[name]())
    reading = read_report(path, "k", "s", kind_of(path))
    assert reading.report["status"].to_list() == ["loaded"], reading.report["reason"].item()
    assert Counter(value.quantize(Decimal("0.01")) for value in reading.cells["value"]) == AMOUNTS
    assert {file.name for file in tmp_path.iterdir()} == {name}


@pytest.mark.parametrize("seed", range(8))
def test_damage_anywhere_gives_a_reading_or_a_reason(seed: int, tmp_path: Path) -> None:
    makers = {"a.xlsx": hostile_office.far, "a.docx": hostile_office.fetching, "a.xls": hostile_office.old_workbook}
    for name, make in makers.items():
        path = tmp_path / name
        path.write_bytes(hostile_office.noise(seed, make(), 0.002))
        report = read_report(path, "k", "s", kind_of(path)).report.row(0, named=True)
        assert report["reason_code"] != "reader_failed", report["reason"]


def test_what_eats_memory_takes_only_its_own_process_down(tmp_path: Path) -> None:
    (tmp_path / "greedy.xlsx").write_bytes(hostile_office.greedy())
    (tmp_path / "good.xlsx").write_bytes(hostile_office.far())
    paths = [tmp_path / f"{name}.xlsx" for name in ("greedy", "good")]
    tasks = [Task(path, path.stem, sha256(path)[0], "xlsx") for path in paths]
    bad, good = (read_in_subprocess(task, read_report_in_subprocess, LIMITS).reading for task in tasks)
    assert bad.code == "memory_limit"
    assert not hasattr(good, "code"), good.code
    assert good.report["status"].to_list() == ["loaded"]
