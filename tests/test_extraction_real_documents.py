"""The real documents, where they are at hand: every cell right, whatever a file is called."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest

from tests.readings import cells_of, read_file, truth_of
from tests.shared import SHARED

MANIFEST = SHARED / "truth" / "manifest.csv"
pytestmark = pytest.mark.skipif(not MANIFEST.exists(), reason="the real documents and their truth are not here")


def reports() -> list[tuple[str, str]]:
    if not MANIFEST.exists():
        return []
    with MANIFEST.open(encoding="utf-8-sig", newline="") as stream:
        return [(row["report"], row["file"]) for row in csv.DictReader(stream)]


@pytest.mark.parametrize(("report", "file"), reports())
def test_every_cell_of_a_renamed_copy_is_right(report: str, file: str, tmp_path: Path) -> None:
    source = SHARED / "reports" / file
    copy = tmp_path / f"a{source.suffix}"
    shutil.copy(source, copy)
    truth = SHARED / "truth" / f"{report}.csv"
    assert cells_of(read_file(copy)) == (truth_of(truth) if truth.exists() else {})


def test_a_renamed_copy_gives_the_same_cells(tmp_path: Path) -> None:
    source = SHARED / "reports" / "text" / "qiaokou-2023-final.txt"
    copy = tmp_path / "2019年某局预算.txt"
    shutil.copy(source, copy)
    assert read_file(copy).cells.equals(read_file(source).cells)
