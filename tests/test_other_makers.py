"""Documents that another program laid out: a word processor breaks numbers, names and rows where it likes."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from tests.corpus.generate import make_report
from tests.corpus.layout import TRAPS, Layout, random_city, random_layout, settle
from tests.corpus.model import write_truth
from tests.corpus.word import Word
from tests.readings import point_cells, read_file, truth_points

SEEDS = ("l2-3", "l2-6", "l2-7", "l4-0", "l4-4")
"""Rows torn inside their cells by a page break, headings too; numbers of two and three digits to a line."""


def layout_of(seed: str) -> Layout:
    name, number = seed.split("-")
    rng = Random(f"{name}-docx-{number}")
    drawn = random_city(rng, rng.choice(TRAPS)) if int(number) % 2 else random_layout(rng)
    plain = {"dump": "tabs", "dress": "none", "damage": "none", "structural_fault": "", "figure_faults": 0}
    return settle(replace(drawn, output="docx", template=False, distractors=False, **plain))  # type: ignore[arg-type]


@pytest.mark.skipif(shutil.which("soffice") is None, reason="needs LibreOffice")
def test_tables_printed_by_a_word_processor_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Word, "tracked", property(lambda _: False, lambda *_: None), raising=False)
    made = {}
    for seed in SEEDS:
        report = make_report(seed.replace("-", "-docx-"), layout_of(seed))
        made[seed] = tmp_path / f"{seed}.docx"
        made[seed].write_bytes(report.data)
        write_truth(tmp_path / f"{seed}.csv", report.name, report.document)
    command = ["soffice", "--headless", f"-env:UserInstallation=file://{tmp_path}/profile", "--convert-to", "pdf"]
    command += ["--outdir", str(tmp_path), *map(str, made.values())]
    subprocess.run(command, check=True, capture_output=True, timeout=240)
    for seed, file in made.items():
        found = point_cells(read_file(file.with_suffix(".pdf")))
        printed = truth_points(file.with_suffix(".csv"))
        # Word does not say where its pages end, so the truth knows no pages.
        without = [{key[:-1]: count for key, count in points.items()} for points in (found, printed)]
        assert without[0] == without[1], seed
