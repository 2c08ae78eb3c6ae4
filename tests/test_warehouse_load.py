"""The load: what it builds, and that a failure changes nothing."""

from datetime import date, datetime
from pathlib import Path

import duckdb
import polars as pl
import pytest
from model_frames import cell, report, star

from pipelines.storage import parquet
from pipelines.storage import tables as metadata
from pipelines.warehouse import checks, views
from pipelines.warehouse.labels import code_label, coded_column
from pipelines.warehouse.load import STORAGE_VERSION, Loaded, LoadError, load


def some_tables() -> dict[str, pl.DataFrame]:
    cells = [
        cell("balance", None, "amount", 12, name="本年支出合计", side="expenditure"),
        cell("expenditure", None, "total", 10),
        cell("expenditure", "201", "total", 10),
        cell("expenditure", "2010101", "basic", 4),
        cell("expenditure", "2010101", "project", 6),
        cell("revenue", None, "amount", 12),
        cell("three_public", None, "final_total", 1),
    ]
    return star([report(cells)])


def put(frames: dict[str, pl.DataFrame], database: Path) -> Loaded:
    return load(frames, database, extractor_version="test", commit="abc", built_at=datetime(2026, 11, 21))


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "warehouse" / "mingzhang.duckdb"


def test_rows_and_meta(database: Path) -> None:
    frames = some_tables()
    put(frames, database)
    own = {"meta": 1, "code_label": code_label().height, "coded_column": coded_column().height}
    expected = {name: frames[name].height if name in frames else 0 for name in metadata.tables()} | own
    assert [path.name for path in database.parent.iterdir()] == ["mingzhang.duckdb"]
    with duckdb.connect(str(database), read_only=True) as connection:
        for name, rows in expected.items():
            assert connection.execute(f"select count(*) from {metadata.quoted(name)}").fetchall() == [(rows,)], name
        for name, frame in frames.items():
            stored = connection.sql(f"select * from {metadata.quoted(name)}").pl()
            assert stored.equals(metadata.conform(frame, name)), name
        assert connection.execute("select * from meta").fetchone() == (
            metadata.schema_version(),
            "test",
            datetime(2026, 11, 21),
            "abc",
        )


def test_an_empty_warehouse(database: Path) -> None:
    put({}, database)
    with duckdb.connect(str(database), read_only=True) as connection:
        for name in views.views().keys() - {"data_dictionary"}:
            assert connection.execute(f"select * from {name}").fetchall() == []


def test_older_clients_can_open_it(database: Path) -> None:
    put({}, database)
    with duckdb.connect(str(database), read_only=True) as connection:
        [tags] = (
            connection.execute("select tags from duckdb_databases() where database_name = 'mingzhang'").fetchone() or []
        )
    assert tags["storage_version"].startswith(STORAGE_VERSION)


def test_everything_has_a_comment_in_two_languages(database: Path) -> None:
    put({}, database)
    with duckdb.connect(str(database), read_only=True) as connection:
        comments = connection.execute(
            """
            select table_name, column_name, comment from duckdb_columns() where not internal
            union all select table_name, '', comment from duckdb_tables()
            union all select view_name, '', comment from duckdb_views() where not internal
            """
        ).fetchall()
    assert len(comments) > 300
    for table, column, comment in comments:
        assert comment and " | " in comment, (table, column)
        assert any("一" <= sign <= "鿿" for sign in comment.split(" | ")[0]), (table, column)


def test_schema_is_what_the_metadata_say(database: Path) -> None:
    put({}, database)
    with duckdb.connect(str(database), read_only=True) as connection:
        for table in metadata.tables().values():
            described = connection.execute(f"describe {metadata.quoted(table.name)}").fetchall()
            columns = [(name, type_, null == "NO") for name, type_, null, *_ in described]
            assert columns == [(c.name, c.type, not c.nullable) for c in table.columns], table.name
            frame = connection.sql(f"select * from {metadata.quoted(table.name)}").pl()
            assert dict(frame.schema) == metadata.schema(table.name), table.name


def test_money_is_never_floating_point(database: Path) -> None:
    put({}, database)
    with duckdb.connect(str(database), read_only=True) as connection:
        doubles = connection.execute(
            "select table_name, column_name from duckdb_columns()"
            " where data_type in ('DOUBLE', 'FLOAT') and not internal"
        ).fetchall()
    boxes = {("published_cell", side) for side in ("x0", "top", "x1", "bottom")}
    assert set(doubles) == boxes | {("run", "seconds")}


@pytest.mark.parametrize(
    ("table", "spoil", "says"),
    [
        ("fact_expenditure", pl.col("nature").replace("basic", "basics"), "CHECK"),
        ("fact_expenditure", pl.col("amount").replace(40_000, None), "null in"),
        ("fact_expenditure", pl.col("nature").replace("basic", "project"), "has one row per"),
        ("fact_expenditure", pl.lit("nobody").alias("unit_key"), "unit_key is in"),
        ("fact_expenditure", pl.lit("nowhere").alias("cell_key"), "cell_key is in"),
        ("published_cell", pl.lit("one").alias("cell_key"), "has one row per"),
        ("dim_report", pl.lit("lost").alias("status"), "CHECK"),
        ("dim_unit", pl.lit("lost").alias("colour"), "unknown columns"),
    ],
)
def test_a_failure_leaves_the_old_database(database: Path, table: str, spoil: pl.Expr, says: str) -> None:
    frames = some_tables()
    put(frames, database)
    before = database.read_bytes()
    with pytest.raises(LoadError, match=says):
        put(frames | {table: frames[table].with_columns(spoil)}, database)
    assert database.read_bytes() == before
    assert [path.name for path in database.parent.iterdir()] == ["mingzhang.duckdb"]


def test_a_primary_key_twice(database: Path) -> None:
    frames = some_tables()
    with pytest.raises(LoadError, match="dim_unit"):
        put(frames | {"dim_unit": pl.concat([frames["dim_unit"], frames["dim_unit"]])}, database)
    assert not database.exists()


def test_readers_are_not_in_the_way(database: Path) -> None:
    put(some_tables(), database)
    with duckdb.connect(str(database), read_only=True) as reader:
        put({}, database)
        assert reader.execute("select count(*) from published_cell").fetchone() == (7,)
    with duckdb.connect(str(database), read_only=True) as reader:
        assert reader.execute("select count(*) from published_cell").fetchone() == (0,)


def test_an_unknown_table(database: Path) -> None:
    with pytest.raises(LoadError, match="no such tables"):
        put({"facts": pl.DataFrame()}, database)


def test_each_check_finds_what_it_is_for(database: Path) -> None:
    """A check whose query is wrong would return nothing for ever; on a spoilt copy without constraints it must not."""
    put(some_tables(), database)
    with duckdb.connect() as connection:
        connection.execute(f"attach '{database}' as good (read_only)")
        connection.execute("create schema quality")
        for table in metadata.tables():
            connection.execute(f"create table {metadata.quoted(table)} as from good.{metadata.quoted(table)}")
        for macro in views.macros():
            connection.execute(macro)
        for name, view in views.views().items():
            connection.execute(f"create view {name} as {view.query}")
        assert all(not connection.execute(query).fetchall() for query in checks.queries().values())
        connection.execute("insert into fact_expenditure from fact_expenditure")
        connection.execute("delete from dim_statement; delete from meta; update dim_report set status = 'superseded'")
        broken = {says for says, query in checks.queries().items() if connection.execute(query).fetchall()}
    assert {
        "fact_expenditure has one row per report_key, stage, statement, subject_key, nature, economic_subject_key,"
        " sub_unit_key, fund, project",
        "fact_expenditure.statement is in dim_statement.statement",
        "meta has one row",
        "a superseded report has no current fact",
    } <= broken


def test_parquet_carries_the_schema_version(tmp_path: Path) -> None:
    frame = some_tables()["fact_expenditure"]
    file = tmp_path / "facts" / "fact_expenditure.parquet"
    parquet.write(frame, file)
    assert parquet.read(file).equals(frame)
    assert [path.name for path in file.parent.iterdir()] == [file.name]
    frame.write_parquet(file)
    with pytest.raises(parquet.SchemaVersionError):
        parquet.read(file)


def test_conform_fills_and_refuses() -> None:
    year = pl.DataFrame({"year_key": [2023], "starts_on": [date(2023, 1, 1)]})
    with pytest.raises(ValueError, match="missing columns"):
        metadata.conform(year, "dim_year")
    finding = pl.DataFrame(
        {"report_key": "r", "rule_id": "x", "class": "unit", "severity": "info", "message": "…", "cell_keys": [[]]}
    )
    assert metadata.conform(finding, "quality.finding")["printed"].to_list() == [None]
