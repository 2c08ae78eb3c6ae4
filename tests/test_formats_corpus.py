"""Layouts of the invented corpus, drawn and read back: every cell, with its unit and its page."""

from pathlib import Path

import pytest

from tests.corpus.layout import PRESETS, TRAPS, Layout, settle
from tests.readings import cells_of, corpus_cells, point_cells, truth_points

READ = [
    "baseline", "split_codes", "cumulative_codes", "stair_codes", "wrapped_codes", "page_breaks", "split_rows",
    "shared_pages", "rotate_90", "shattered", "no_rules", "three_line", "outer_frame", "row_rules", "decoys",
    "floating_numbers", "justified_names", "yuan", "negatives", "dashes", "deep_header", "swapped_columns",
    "interleaved", "central_2021", "jiangsu", "wuhan_2021", "tabbed_ocr", "markdown_pipes", "tabbed_gbk", "plain",
    "wrapped_numbers", "full_width", "wrapped_full_width", "wrapped_yuan_rows", "overflow", "merged_amount",
    "turned_heads", "turned_heads_down", "columns_after_all", "columns_in_turn", "two_up", "two_up_cover_alone",
    "html_tables", "docling",
    "nbsp", "box_drawing", "bars", "excel_quotes", "note_marks", "odd_signs", "units_in_cells", "wide_digits",
    "thousands_apart", "marked_up", "float_codes", "text_codes", "soft_returns",
]  # fmt: skip

UNSEEN = {
    "columns in another order": Layout(swap_natures=True, name_first=True, total_at="bottom", codes="split"),
    "other words of the same meaning": Layout(wording="varied", titles="long", family="common_budget", unit="元"),
    "names before split headings, in tabs": Layout(
        output="tabbed", family="jiangsu_budget", code_heads="index", name_first=True, total_at="bottom"
    ),
    "borders missing": Layout(rule="three_line", family="common_budget", wording="varied", landscape="wide"),
}

UNRULED = {
    "borderless": Layout(rule="none", family="common_budget", header="deep", codes="split"),
    "wrapped in yuan": Layout(rule="none", wrapped_numbers=True, unit="元", family="common_budget", row_height=24.0),
    "wrapped full-width": Layout(rule="three_line", wrapped_numbers=True, full_width=True, unit="元"),
    "narrow names": Layout(rule="none", wrapped_numbers=True, narrow_names=True, unit="元"),
    "level rulings": Layout(rule="rows", decimals=0, codes="wrapped", baseline_shift=3.0),
    "turned headings": Layout(rule="none", turned_heads="up", family="common_budget"),
}


@pytest.mark.parametrize("layout", READ)
def test_presets_are_read_back(layout: str, tmp_path: Path) -> None:
    reading, truth = corpus_cells(PRESETS[layout], 7, tmp_path)
    assert cells_of(reading) == truth


@pytest.mark.parametrize("trap", TRAPS)
def test_breakdowns_of_cities_are_read_with_their_coordinates(trap: str, tmp_path: Path) -> None:
    for seed in (5, 6):
        reading, _ = corpus_cells(f"city_{trap}", seed, tmp_path)
        assert point_cells(reading) == truth_points(tmp_path / "truth.csv")


@pytest.mark.parametrize("layout", UNSEEN)
def test_layouts_nobody_declared_are_read_back(layout: str, tmp_path: Path) -> None:
    reading, truth = corpus_cells(UNSEEN[layout], 11, tmp_path)
    assert truth
    assert cells_of(reading) == truth


@pytest.mark.parametrize("layout", UNRULED)
def test_tables_without_upright_rulings_are_read_by_alignment(layout: str, tmp_path: Path) -> None:
    found = wanted = 0
    for seed in (31, 32, 33):
        reading, truth = corpus_cells(UNRULED[layout], seed, tmp_path)
        missing, extra = truth - cells_of(reading), cells_of(reading) - truth
        wanted += truth.total()
        found += truth.total() - max(missing.total(), extra.total())
    assert found >= 0.995 * wanted


@pytest.mark.parametrize(
    ("dump", "dress"),
    [("html", "units"), ("boxes", "notes"), ("repeated", "floats"), ("nbsp", "apart"), ("bars", "signs")],
)
@pytest.mark.parametrize("family", ["national_final", "common_budget", "jiangsu_budget"])
def test_dressed_numbers_are_read_in_every_kind_of_dump(family: str, dump: str, dress: str, tmp_path: Path) -> None:
    layout = settle(Layout(output="tabbed", family=family, dump=dump, dress=dress, zeros="0.00", unit="元"))
    reading, truth = corpus_cells(layout, 31, tmp_path)
    assert cells_of(reading) == truth


def test_a_blank_template_is_empty(tmp_path: Path) -> None:
    reading, truth = corpus_cells("template", 3, tmp_path)
    assert not truth
    assert reading.report["status"].item() == "empty"
