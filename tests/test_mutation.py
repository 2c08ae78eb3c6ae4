"""A wrong number cannot get in unnoticed: one digit is changed, and the identities have to say so."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl

from pipelines.collect.samples import SAMPLE_FOLDER as RAW
from pipelines.core.frames import EXTRACTED_CELL
from tests.corpus.samples import SAMPLES
from tests.identities_truth import no_tables
from tests.mutations import (
    LAYOUTS,
    TEXT_LAYOUTS,
    as_copy,
    change_sample,
    change_text,
    choose,
    documents,
    every_finding,
    generated,
    judge,
    mutated,
    rates,
    read,
    read_changed,
)
from tests.shared import real_reports

PER_FORM = 75
SEED = 20261121
Property = Callable[[str, object], None]


def hold(judged: pl.DataFrame, cells: pl.DataFrame, record_property: Property) -> None:
    """Both rates must hold, and are told at the end of the run."""
    shown = rates(judged, cells)
    with pl.Config(tbl_rows=-1, tbl_formatting="ASCII_MARKDOWN", tbl_hide_column_data_types=True):
        record_property("mutations", str(shown))
    missed = judged.filter("beyond", ~pl.col("error"))
    assert missed.is_empty(), missed
    under = judged.filter("covered")
    assert under["found"].mean() >= 0.98, under.filter(~pl.col("found"))


def test_a_changed_digit_raises_a_finding(tmp_path: Path, record_property: Property) -> None:
    """At least 1,000 changes over all forms: the samples, the real reports where they are, generated layouts."""
    paths = [*documents(RAW), *real_reports(), *generated(LAYOUTS, tmp_path)]
    cells = pl.concat([read(path).cells for path in paths]).unique("cell_key", maintain_order=True)
    chosen = choose(cells, PER_FORM, SEED)
    assert chosen.height >= 1000
    assert chosen["form"].n_unique() == 14, "every form of the contract"
    judged = judge(chosen, cells, no_tables(), every_finding(mutated(cells, chosen), no_tables()))
    hold(judged, cells, record_property)


def test_a_digit_changed_in_the_file_raises_a_finding(tmp_path: Path, record_property: Property) -> None:
    """The same through the reader: text files changed in place, samples typeset with another figure."""
    texts = [*(path for path in real_reports() if path.suffix == ".txt"), *generated(TEXT_LAYOUTS, tmp_path)]
    changed = [(path, change_text(path, read(path), 5, SEED)) for path in texts]
    changed += [(RAW / sample.file_name, change_sample(sample, 1, SEED)) for sample in SAMPLES if sample.kind != "zip"]
    originals = [read(path) for path, _ in changed]
    parts = [read_changed(path, contents, tmp_path) for path, contents in changed]
    chosen, changed_cells, changed_tables = (pl.concat(frames) for frames in zip(*parts, strict=True))
    cells, tables = pl.concat([r.cells for r in originals]), pl.concat([r.tables for r in originals])
    judged = judge(chosen, cells, tables, every_finding(changed_cells, changed_tables))
    hold(judged, cells, record_property)
    elsewhere = judged.filter(pl.col("cell_key").is_null())
    assert elsewhere["found"].all(), "columns that can no longer be told are findings"


def test_a_copy_without_a_change_raises_nothing() -> None:
    cells = read(documents(RAW)[0]).cells.match_to_schema(EXTRACTED_CELL)
    copy = f"{cells['report_key'][0]}#same"
    chosen = pl.DataFrame({"copy": [copy], "report_key": [cells["report_key"][0]], "cell_key": [cells["cell_key"][0]]})
    chosen = chosen.with_columns(old=cells["value"][0], new=cells["value"][0])
    judged = judge(chosen, cells, no_tables(), every_finding(as_copy(cells, copy), no_tables()))
    assert judged.select("covered", "beyond", "found", "error").row(0) == (True, False, False, False)
