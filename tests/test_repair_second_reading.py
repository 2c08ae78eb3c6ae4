"""Ours or theirs: what breaks an identity is read a second time before anybody is blamed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from functools import partial
from pathlib import Path

import polars as pl
import pytest
from dagster_readers import misreading

from pipelines.collect.discover import discover
from pipelines.core.settings import Limits
from pipelines.core.tasks import Reader, Spot
from pipelines.extraction.cache import ReadingCache, read_into
from pipelines.extraction.due import tasks
from pipelines.extraction.report import read_report
from pipelines.formats.registry import reread
from pipelines.prove.identities import comparisons
from pipelines.repair import second_reading
from pipelines.repair.second_reading import spots
from tests.corpus.generate import make_report
from tests.corpus.samples import SAMPLES
from tests.identities_truth import tiny
from tests.mutations import misprinted

examine = partial(second_reading.examine, compare=comparisons)


def read(folder: Path, reader: Reader) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Read a folder as a run does, in worker processes; cells and second readings of the cache."""
    cache = ReadingCache(folder.with_name("cache"))
    due = tasks(discover([folder]), cache.reports(), "1")
    with ThreadPoolExecutor(1) as pool:
        read_into(cache, due, reader, pool, extractor_version="1", limits=Limits(seconds=60), examine=examine)
    tables = cache.tables()
    return tables["extracted_cell"], tables["second_reading"]


def broken(cells: pl.DataFrame) -> pl.DataFrame:
    return comparisons({"extracted_cell": cells}).filter(pl.col("result") == "beyond")


@pytest.mark.parametrize(("layout", "way"), [("rotate_180", "text_layer"), ("tabbed_ocr", "source_line")])
def test_a_misreading_of_ours_is_corrected(layout: str, way: str, tmp_path: Path) -> None:
    report = make_report(5, layout)
    raw = tmp_path / "raw"
    raw.mkdir()
    file = raw / f"misread-{report.file_name}"
    file.write_bytes(report.data)
    cells, second = read(raw, misreading)
    corrected = second.filter(pl.col("decision") == "corrected")
    assert corrected["cell_key"].n_unique() == 1
    assert corrected["way"].unique().to_list() == [way]
    assert set(corrected["second"] - corrected["first"]) == {Decimal(-1)}
    assert second.filter(pl.col("decision") == "undecided").is_empty()
    cell = cells.join(corrected, on="cell_key", how="semi").row(0, named=True)
    assert "corrected by a second reading, first read " in cell["method"]
    assert cell["raw_text"] == corrected["second_text"][0]
    assert broken(cells).is_empty(), "the right figures add up again"
    truth = read_report(file, cell["report_key"], "", file.suffix[1:]).cells
    assert cells["amount"].to_list() == truth["amount"].to_list()


def test_a_mistake_of_the_publisher_is_confirmed_and_stays(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "printed-so.pdf").write_bytes(misprinted(SAMPLES[1]))
    cells, second = read(raw, read_report)
    assert second["decision"].unique().to_list() == ["confirmed"]
    assert {"subject_total", "row_natures", "balance_expenditure"} <= set(second["rule_id"])
    assert not broken(cells).is_empty()
    assert not cells["method"].str.contains("second reading").any()


def cells_off_by(amount: str) -> pl.DataFrame:
    rows = [
        ("合计", {"total": amount}),
        ("201 一般公共服务支出", {"total": "60.00"}),
        ("208 社会保障", {"total": "40.00"}),
    ]
    return tiny("expenditure", rows).with_columns(method=pl.lit("ruled"))


def test_what_a_second_value_does_not_settle_is_marked() -> None:
    cells = cells_off_by("130.00")
    target = cells["cell_key"][0]
    found, second = examine(cells, lambda _: {target: "150.00"})
    assert found["value"].equals(cells["value"])
    assert found["method"][0].endswith("a second reading gives 150.00")
    assert set(second.select("cell_key", "decision").rows()) == {(key, "undecided") for key in cells["cell_key"]}


@pytest.mark.parametrize("layout", ["baseline", "rotate_270", "no_rules"])
def test_numbers_in_the_wrong_column_are_marked(layout: str, tmp_path: Path) -> None:
    report = make_report(7, layout)
    path = tmp_path / report.file_name
    path.write_bytes(report.data)
    cells = read_report(path, "key", "sha", path.suffix[1:]).cells
    here = (pl.col("form") == "general_expenditure") & (pl.col("row_no") == 3)
    swapped = cells.with_columns(
        measure=pl.when(here).then(pl.col("measure").replace({"total": "basic", "basic": "total"})).otherwise("measure")
    )
    astray = swapped.filter(here, pl.col("measure").is_in(["total", "basic"]))
    assert astray.height >= 1

    def look(asked: Mapping[str, Sequence[Spot]]) -> dict[str, str | None]:
        return reread(path, path.suffix[1:], asked["key"])

    found, second = examine(swapped, look)
    assert set(second.filter(pl.col("decision") == "undecided")["cell_key"]) == set(astray["cell_key"])
    marked = found.filter(pl.col("method").str.contains("stands in the column of"))
    assert set(marked["cell_key"]) == set(astray["cell_key"])


def test_a_second_text_that_is_no_number_changes_nothing() -> None:
    cells = cells_off_by("130.00")
    found, second = examine(cells, lambda _: {cells["cell_key"][0]: "1 30.00 x", cells["cell_key"][1]: "60.00"})
    assert found.equals(cells)
    assert dict(second.select("cell_key", "decision").rows())[cells["cell_key"][1]] == "confirmed"
    assert second["second"].null_count() == 2


def test_nothing_is_read_twice_where_identities_hold() -> None:
    def look(_: Mapping[str, Sequence[Spot]]) -> dict[str, str | None]:
        raise AssertionError("looked again")

    cells = cells_off_by("100.00")
    found, second = examine(cells, look)
    assert found.equals(cells) and second.is_empty()


def test_a_file_that_has_gone_leaves_it_undecided(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    report = make_report(5, "tabbed")
    file = raw / f"misread-{report.file_name}"
    file.write_bytes(report.data)

    def gone(cells: pl.DataFrame, look: object) -> tuple[pl.DataFrame, pl.DataFrame]:
        file.unlink()
        return examine(cells, look)  # type: ignore[arg-type]

    cache = ReadingCache(tmp_path / "cache")
    due = tasks(discover([raw]), cache.reports(), "1")
    with ThreadPoolExecutor(1) as pool:
        read_into(cache, due, misreading, pool, extractor_version="1", limits=Limits(), examine=gone)
    assert cache.tables()["second_reading"]["decision"].unique().to_list() == ["undecided"]


@pytest.mark.parametrize("layout", ["baseline", "decoys", "rotate_180", "floating_numbers", "plain", "tabbed_gbk"])
def test_both_ways_agree_where_nothing_is_wrong(layout: str, tmp_path: Path) -> None:
    report = make_report(3, layout)
    path = tmp_path / report.file_name
    path.write_bytes(report.data)
    cells = read_report(path, "key", "sha", path.suffix[1:]).cells
    texts = reread(path, path.suffix[1:], spots(cells, cells)["key"])
    read_again = {key: Decimal((text or "0").replace(",", "").replace(" ", "")) for key, text in texts.items()}
    assert read_again == dict(cells.select("cell_key", "value").rows())
