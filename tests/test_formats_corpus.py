"""Layouts of the invented corpus, drawn and read back: every cell, with its unit and its page."""

from pathlib import Path

import pytest

from tests.corpus.layout import PRESETS, Layout
from tests.readings import cells_of, corpus_cells

READ = [
    "baseline", "split_codes", "cumulative_codes", "stair_codes", "wrapped_codes", "page_breaks", "split_rows",
    "shared_pages", "rotate_90", "shattered", "no_rules", "three_line", "outer_frame", "row_rules", "decoys",
    "floating_numbers", "justified_names", "yuan", "negatives", "dashes", "deep_header", "swapped_columns",
    "interleaved", "central_2021", "jiangsu", "wuhan_2021", "tabbed_ocr", "markdown_pipes", "tabbed_gbk", "plain",
    "html_tables", "docling",
    "nbsp", "box_drawing", "bars", "excel_quotes", "note_marks", "odd_signs", "units_in_cells", "wide_digits",
    "thousands_apart", "marked_up", "float_codes", "text_codes", "soft_returns",
]  # fmt: skip

UNSEEN = {
    "columns in another order": Layout(swap_natures=True, name_first=True, total_at="bottom", codes="split"),
    "other words of the same meaning": Layout(wording="varied", titles="long", family="common_budget", unit="元"),
    "borders missing": Layout(rule="three_line", family="common_budget", wording="varied", landscape="wide"),
}


@pytest.mark.parametrize("layout", READ)
def test_presets_are_read_back(layout: str, tmp_path: Path) -> None:
    reading, truth = corpus_cells(PRESETS[layout], 7, tmp_path)
    assert cells_of(reading) == truth


@pytest.mark.parametrize("layout", UNSEEN)
def test_layouts_nobody_declared_are_read_back(layout: str, tmp_path: Path) -> None:
    reading, truth = corpus_cells(UNSEEN[layout], 11, tmp_path)
    assert truth
    assert cells_of(reading) == truth


def test_a_blank_template_is_empty(tmp_path: Path) -> None:
    reading, truth = corpus_cells("template", 3, tmp_path)
    assert not truth
    assert reading.report["status"].item() == "empty"
