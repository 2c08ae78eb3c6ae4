"""Invented reports as web pages, separated values and in archives: every number is read back, whoever made the file."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.collect.discover import survey
from pipelines.extraction.report import read_report
from pipelines.formats import registry
from tests.corpus.generate import WEB, make_report
from tests.corpus.layout import PRESETS, settle
from tests.corpus.model import write_truth
from tests.corpus.separated import packed
from tests.readings import cells_of, truth_of

LAYOUTS = [
    "baseline", "split_codes", "stair_codes", "yuan", "thousand_yuan", "six_decimals", "negatives", "dashes",
    "deep_header", "total_at_bottom", "swapped_columns", "interleaved", "central_2021", "three_sides", "jiangsu",
    "wuhan_2021", "note_marks", "odd_signs", "units_in_cells", "wide_digits", "text_codes", "tabbed_gbk",
]  # fmt: skip
FEW = {"html_placed": ["split_codes", "yuan", "wuhan_2021"], "mhtml": ["baseline", "tabbed_utf16", "tabbed_gbk"]}


@pytest.mark.parametrize("output", WEB)
def test_every_number_is_read_back(output: str, tmp_path: Path) -> None:
    share = LAYOUTS[list(WEB).index(output) % 4 :: 4]
    for seed, layout in enumerate(FEW.get(output, share), 400):
        chosen = replace(PRESETS[layout], output=output, damage="none", dump="tabs")
        report = make_report(seed, settle(chosen))
        path = tmp_path / report.file_name
        path.write_bytes(report.data)
        write_truth(tmp_path / "truth.csv", report.name, report.document)
        kind = registry.of_file(path)
        assert kind is not None and kind.name == output.partition("_")[0]
        reading = read_report(path, "key", "sha", kind.name)
        found = Counter({(*cell[:-1], ""): count for cell, count in cells_of(reading).items()})
        assert found == truth_of(tmp_path / "truth.csv", pages=False), (layout, seed)


def test_members_of_an_archive_are_reports_with_the_archive_as_origin(tmp_path: Path) -> None:
    reports = [make_report(seed, "baseline", name=f"甲{seed}") for seed in (1, 2)]
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "决算.zip").write_bytes(packed({f"2023/{one.file_name}": one.data for one in reports}))
    (raw / "决算.zip.meta.yml").write_text("published_on: 2024-09-20\n")
    (raw / reports[0].file_name).write_bytes(reports[0].data)
    files = survey([raw], unpacked=tmp_path / "unpacked").files
    assert sorted(files["file_name"]) == ["决算.zip/2023/甲1.pdf", "决算.zip/2023/甲2.pdf", "甲1.pdf"]
    assert files["report_key"].n_unique() == 2, "a copy beside the archive is the same content"
    assert files["published_on"].drop_nulls().len() == 2, "the card of the archive speaks for its members"
    assert set(map(len, files["path"])) and all(Path(path).exists() for path in files["path"])
    assert survey([raw]).files.height == 1, "without a place to unpack to, archives are passed over"
