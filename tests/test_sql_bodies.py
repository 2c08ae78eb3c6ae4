"""What the views say of bodies that contain or follow each other."""

from pathlib import Path

import duckdb
import polars as pl
from model_frames import report, star

from pipelines.warehouse.load import load
from tests.test_sql_views import Query, balance, rows


def test_what_a_department_contains_counts_once_over_all_levels(tmp_path: Path) -> None:
    """Bureau over division over office: whoever stands highest in a year counts, and nobody below."""
    bodies = {
        "武汉市硚口区财政局": (2021, 2022),
        "武汉市硚口区国库处": (2021, 2023),
        "武汉市硚口区国库所": (2021, 2022, 2023),
    }
    reports = [
        report([balance(1)], unit_name=name, fiscal_year=year) for name, years in bodies.items() for year in years
    ]
    frames = star(reports)
    units = frames["dim_unit"]
    keys = dict(zip(units["short_name"], units["unit_key"], strict=True))
    above = {"国库处": keys["财政局"], "国库所": keys["国库处"]}
    frames["dim_unit"] = units.with_columns(
        pl.Series("parent_unit_key", [above.get(name) for name in units["short_name"]], pl.String)
    )
    load(frames, tmp_path / "levels.duckdb", extractor_version="test")
    with duckdb.connect(str(tmp_path / "levels.duckdb"), read_only=True) as connection:
        counted = connection.execute(
            "select year_key, short_name from unit_countable join dim_unit using (unit_key) where countable order by 1"
        ).fetchall()
    assert counted == [(2021, "财政局"), (2022, "财政局"), (2023, "国库处")]


def renamed(tmp_path: Path, names: dict[int, str], successors: dict[str, str]) -> Query:
    """Reports of several bodies, and which of them carries on which."""
    frames = star(
        [
            report([balance(n + 1), *rows("expenditure", {"2010101": n + 1})], unit_name=name, fiscal_year=2018 + n)
            for n, name in names.items()
        ]
    )
    units = frames["dim_unit"]
    keys = dict(zip(units["short_name"], units["unit_key"], strict=True))
    after = [keys.get(successors.get(name, "")) for name in units["short_name"]]
    frames["dim_unit"] = units.with_columns(pl.Series("succeeded_by", after, pl.String))
    database = tmp_path / "renamed.duckdb"
    load(frames, database, extractor_version="test")
    return lambda sql: duckdb.connect(str(database), read_only=True).execute(sql).fetchall()


def test_trends_follow_a_body_through_two_renamings(tmp_path: Path) -> None:
    names = {0: "武汉市硚口区信息办", 1: "武汉市硚口区信息局", 2: "武汉市硚口区数据局"}
    query = renamed(tmp_path, names, {"信息办": "信息局", "信息局": "数据局"})
    expected = [
        ("武汉市硚口区数据局", 2018, 1, None),
        ("武汉市硚口区数据局", 2019, 2, 10_000),
        ("武汉市硚口区数据局", 2020, 3, 20_000),
    ]
    columns = "unit_name, year_key, amount_wan, previous_amount"
    assert query(f"select {columns} from trend_expenditure_by_unit order by 2") == expected
    assert query(f"select {columns} from trend_expenditure_by_class order by 2") == expected
    assert query(f"select {columns} from trend_expenditure_by_subject order by 2") == expected


def test_a_ring_of_successions_ends(tmp_path: Path) -> None:
    names = {0: "武汉市硚口区信息办", 1: "武汉市硚口区信息局"}
    query = renamed(tmp_path, names, {"信息办": "信息局", "信息局": "信息办"})
    assert query("select count(*), sum(amount_wan) from trend_expenditure_by_unit") == [(2, 3)]
