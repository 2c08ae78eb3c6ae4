"""Generated reports as workbooks and text documents: every cell is read back, and what nobody sees is not."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from pipelines.extraction.report import read_document
from pipelines.formats import registry
from pipelines.formats.word import convert
from tests.corpus.layout import PRESETS, TRAPS, Layout
from tests.readings import cells_of, corpus_cells, point_cells, truth_points

LAYOUTS = [
    "baseline", "split_codes", "stair_codes", "wrapped_codes", "justified_names", "yuan", "thousand_yuan",
    "mixed_units", "negatives", "dashes", "mixed_zeros", "deep_header", "total_at_bottom", "swapped_columns",
    "other_words", "interleaved", "central_2021", "three_sides", "jiangsu", "wuhan_2021", "unit_missing",
]  # fmt: skip


def office(name: str, kind: str) -> Layout:
    return replace(PRESETS[name], output=kind)


@pytest.mark.parametrize("kind", ["xlsx", "xls", "docx"])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_presets_are_read_back(layout: str, kind: str, tmp_path: Path) -> None:
    seed = 40 + LAYOUTS.index(layout)
    reading, truth = corpus_cells(office(layout, kind), seed, tmp_path)
    assert truth
    assert cells_of(reading) == truth


@pytest.mark.parametrize("kind", ["xlsx", "xls", "docx"])
@pytest.mark.parametrize("trap", TRAPS)
def test_breakdowns_of_cities_are_read_with_their_coordinates(trap: str, kind: str, tmp_path: Path) -> None:
    reading, _ = corpus_cells(office(f"city_{trap}", kind), 60 + TRAPS.index(trap), tmp_path)
    assert point_cells(reading) == truth_points(tmp_path / "truth.csv")


@pytest.mark.skipif(convert.converter() is None, reason="needs LibreOffice with Writer")
def test_old_documents_are_read_back(tmp_path: Path) -> None:
    reading, truth = corpus_cells(office("split_codes", "doc"), 71, tmp_path)
    assert cells_of(reading) == truth
    assert not any("另一程序" in (text or "") for text in reading.tables["unread"])


def test_a_blank_template_is_empty(tmp_path: Path) -> None:
    reading, truth = corpus_cells(office("template", "xlsx"), 3, tmp_path)
    assert not truth
    assert reading.report["status"].item() == "empty"


def fastest(action: Callable[[], object]) -> float:
    """Seconds of the fastest of three runs."""
    times = []
    for _ in range(3):
        started = time.process_time()
        action()
        times.append(time.process_time() - started)
    return min(times)


def test_sixty_sheets_cost_at_most_twice_what_loading_them_does(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for number in range(60):
        page = book.create_sheet(f"表{number}")
        page.append([f"支出预算表{number}"])
        for row in range(30):
            page.append([f"{2010101 + row}", "一般公共服务支出", *(1234.5 + row + col for col in range(6))])
    book.save(tmp_path / "a.xlsx")
    path = tmp_path / "a.xlsx"
    loading = fastest(lambda: openpyxl.load_workbook(path, data_only=True))
    reading = fastest(lambda: read_document(path, "xlsx"))
    assert reading <= 2 * loading, f"{reading:.2f} s against {loading:.2f} s"


def test_nothing_is_imported_unless_a_file_needs_it() -> None:
    heavy = {"openpyxl", "xlrd", "lxml", "olefile", "python_calamine", "defusedxml"}
    code = f"import sys, pipelines.extraction.report; print({heavy} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_kinds_are_known_by_their_content(tmp_path: Path) -> None:
    for kind in ("xlsx", "xls", "docx"):
        corpus_cells(office("yuan", kind), 5, tmp_path)
    for file in [*tmp_path.glob("r5.*")]:
        hidden = file.rename(file.with_name(f"{file.suffix[1:]}.bin"))
        holders = [name for name in ("xlsx", "xls", "docx", "doc") if registry.named(name).holds(hidden)]
        assert holders == [hidden.stem]
