"""The model over the 14 hand-checked reports."""

import polars as pl
import pytest
from model_frames import star, truth_reports

from pipelines.storage.tables import conform


@pytest.fixture(scope="module")
def tables() -> dict[str, pl.DataFrame]:
    return star(truth_reports())


def test_fourteen_reports_seven_bodies(tables: dict[str, pl.DataFrame]) -> None:
    assert tables["dim_report"].height == 14
    assert tables["dim_unit"]["body_key"].n_unique() == 7
    assert tables["dim_unit"]["region_code"].null_count() == 0
    assert "武汉市硚口区大数据中心" in tables["dim_unit"]["unit_name"]


def test_every_code_is_known(tables: dict[str, pl.DataFrame]) -> None:
    assert tables["dim_subject"].filter(~pl.col("is_reference"))["code"].to_list() == []


def test_companions_of_2019_are_one(tables: dict[str, pl.DataFrame]) -> None:
    assert tables["report_form"]["is_current"].all() and tables["quality.finding"].is_empty()


def test_a_fact_is_its_cell(tables: dict[str, pl.DataFrame]) -> None:
    cells = tables["published_cell"].select("cell_key", printed="amount")
    for name in ("fact_expenditure", "fact_revenue", "fact_three_public"):
        facts = tables[name].join(cells, on="cell_key", how="left")
        assert facts["amount"].equals(facts["printed"].rename("amount")), name


def test_frames_are_what_the_metadata_say(tables: dict[str, pl.DataFrame]) -> None:
    for name, frame in tables.items():
        assert conform(frame, name).equals(frame), name


def test_order_of_ingestion_never_matters(tables: dict[str, pl.DataFrame]) -> None:
    again = star(reversed(truth_reports()))
    for name, frame in tables.items():
        assert frame.equals(again[name]), name
