"""The scorecard against the hand-checked truth: every measure of every given report is the printed or stated figure."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import duckdb
import pytest
from conftest import ingest

from pipelines.model.fact_stated import declared
from tests.shared import SHARED

pytestmark = [
    pytest.mark.xdist_group("end_to_end"),
    pytest.mark.skipif(not (SHARED / "truth").is_dir(), reason="../shared/truth is not here"),
]

YUAN = {"元": 1, "千元": 1_000, "万元": 10_000, "亿元": 100_000_000}

TOTALS = {
    ("general_expenditure", "total"): "expenditure_general",
    ("fund", "total"): "expenditure_fund",
    ("state_capital", "total"): "expenditure_state_capital",
    ("expenditure", "basic"): "basic",
    ("expenditure", "project"): "project",
    ("revenue", "total"): "revenue",
    ("three_public", "final_three_public"): "three_public",
    ("three_public", "final_abroad"): "abroad",
    ("three_public", "final_vehicle"): "vehicle",
    ("three_public", "final_reception"): "reception",
    ("three_public", "budget_three_public"): "three_public",
    ("three_public", "budget_abroad"): "abroad",
    ("three_public", "budget_vehicle"): "vehicle",
    ("three_public", "budget_reception"): "reception",
    ("three_public", "budget_meeting"): "meeting",
    ("three_public", "budget_training"): "training",
}
"""Which cells of a total row are which measure, said once more by hand."""


class Truth(NamedTuple):
    """One hand-checked report: its file, its cells, and what its narrative states."""

    file: str
    cells: list[dict[str, str]]


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def _truths(folder: Path) -> list[Truth]:
    found = []
    for row in _rows(folder / "manifest.csv"):
        file = folder / f"{row['report']}.csv"
        if file.exists():
            found.append(Truth(Path(row["file"]).name, _rows(file)))
    return found


def _amount(row: dict[str, str]) -> Decimal:
    return Decimal(row["value"]) * YUAN[row["unit"]]


def _is_whole(row: dict[str, str]) -> bool:
    return not (row["subject_code"] or row.get("sub_unit") or row.get("fund"))


@pytest.fixture(scope="module")
def cities(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = SHARED / "reports" / "cities"
    files = [folder / row["file"] for row in _rows(SHARED / "truth" / "cities" / "manifest.csv")]
    return ingest(tmp_path_factory.mktemp("cities"), *files)


@pytest.fixture(params=["base", "cities"])
def given(request: pytest.FixtureRequest) -> Iterator[tuple[duckdb.DuckDBPyConnection, list[Truth]]]:
    warehouse = request.getfixturevalue("reports" if request.param == "base" else "cities")
    folder = SHARED / "truth" / ("" if request.param == "base" else "cities")
    with duckdb.connect(str(warehouse / "mingzhang.duckdb"), read_only=True) as connection:
        yield connection, _truths(folder)


def _of_report(connection: duckdb.DuckDBPyConnection, file: str) -> tuple[str, str]:
    found = connection.execute(
        "select report_key, stage from dim_report where len(list_filter(file_names, lambda f: ends_with(f, ?))) > 0",
        [file],
    ).fetchone()
    assert found is not None, file
    return found[0], found[1]


def test_measures_of_tables_are_what_is_printed(given: tuple[duckdb.DuckDBPyConnection, list[Truth]]) -> None:
    connection, truths = given
    compared = 0
    for truth in truths:
        report_key, _ = _of_report(connection, truth.file)
        printed: dict[tuple[str, str, str, str], set[Decimal]] = {}
        for row in truth.cells:
            if row.get("sub_unit") or row.get("fund"):
                continue
            name = "合计" if row["form"] == "three_public" else re.sub(r"\s", "", row["subject_name"])
            printed.setdefault((row["form"], row["side"], row["measure"], name), set()).add(_amount(row))
        for measure, value, form, side, column, name in connection.execute(
            "select m.measure, m.value, c.form, c.side, c.measure, regexp_replace(c.subject_name, '\\s', '', 'g')"
            " from unit_year_measure as m join published_cell as c using (cell_key)"
            " where m.report_key = ? and c.fund is null and c.sub_unit is null",
            [report_key],
        ).fetchall():
            assert value in printed[form, side, column, name], (truth.file, measure)
            compared += 1
    assert compared > 10 * len(truths)


def test_no_measure_that_is_printed_is_missing(given: tuple[duckdb.DuckDBPyConnection, list[Truth]]) -> None:
    connection, truths = given
    for truth in truths:
        report_key, stage = _of_report(connection, truth.file)
        values = connection.execute(
            "select measure, stage, value from unit_year_measure where (unit_key, year_key) in"
            " (select (unit_key, year_key) from dim_report where report_key = ?)",
            [report_key],
        ).fetchall()
        has_three = any("three_public" in row["measure"] for row in truth.cells)
        beside = any(re.search("meeting|training", row["measure"]) for row in truth.cells)
        for row in filter(_is_whole, truth.cells):
            column = row["measure"]
            if row["form"] == "three_public" and column.endswith("_total") and not has_three and not beside:
                column = column.replace("_total", "_three_public")  # a sole total is that of the three
            measure = TOTALS.get((row["form"], column))
            if measure is None or row["subject_name"] not in {"合计", "“三公”经费合计"}:
                continue
            of_budget = column.startswith("budget_") and stage == "final"
            stages = {"initial_budget", "adjusted_budget"} if of_budget else {stage}
            assert any(m == measure and s in stages and v == _amount(row) for m, s, v in values), (truth.file, measure)


def test_stated_measures_are_what_the_narrative_states(reports: Path) -> None:
    paths = {**declared()["money"]}
    with duckdb.connect(str(reports / "mingzhang.duckdb"), read_only=True) as connection:
        told: dict[str, list[dict[str, str]]] = {}
        for file in sorted((SHARED / "truth").glob("narrative-*.csv")):
            for row in _rows(file):
                told.setdefault(row["report"], []).append(row)
        compared = 0
        for entry in _rows(SHARED / "truth" / "manifest.csv"):
            report_key, _ = _of_report(connection, Path(entry["file"]).name)
            for measure, amount in connection.execute(
                "select measure, amount from unit_year_measure where report_key = ? and disclosure_key is not null"
                " and amount is not null",
                [report_key],
            ).fetchall():
                rows = [
                    row
                    for row in told.get(entry["report"], [])
                    if row["unit"] in YUAN and re.fullmatch(paths[measure], row["subject_path"])
                ]
                if rows:
                    assert amount in {_amount(row) for row in rows}, (entry["report"], measure)
                    compared += 1
    assert compared > 20


def test_zeros_and_the_three(reports: Path) -> None:
    """普陀, 硚口 and 青山 state a zero, 黄陂 nothing; 人大办公厅 falls from 833.60 to 767.60."""
    with duckdb.connect(str(reports / "mingzhang.duckdb"), read_only=True) as connection:
        zeros = connection.execute(
            "select unit_name, year_key, three_public_amount_wan::float from unit_year"
            " where stage = 'final' or unit_name like '江苏省人大%' order by all"
        ).fetchall()
    assert [(name[:6], *rest) for name, *rest in zeros] == [
        ("上海市普陀区", 2024, 0),
        ("武汉市硚口区", 2023, 0),
        ("武汉市蔡甸区", 2024, pytest.approx(1.67)),
        ("武汉市青山区", 2020, 0),
        ("武汉市黄陂区", 2022, None),
        ("江苏省人大常", 2017, pytest.approx(833.6)),
        ("江苏省人大常", 2018, pytest.approx(833.6)),
        ("江苏省人大常", 2019, pytest.approx(767.6)),
    ]
