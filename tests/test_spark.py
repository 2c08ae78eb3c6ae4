"""Every view gives the same rows on Spark as in DuckDB: `pytest -m spark`, with the extra `spark` and Java."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from benchmarks.views import build
from pipelines.publish.spark import DATABASE, NOT_THERE, register, script, statements
from pipelines.storage.tables import quoted, tables
from pipelines.warehouse.lake import Piece, manifest_of, publish
from pipelines.warehouse.views import FOLDER, views

FACTS = 1_000_000

pytestmark = pytest.mark.xdist_group("end_to_end")


def test_every_macro_has_a_function_for_spark() -> None:
    macros = {file.stem for file in (FOLDER / "macros").glob("*.sql")}
    functions = {file.stem for file in (FOLDER / "spark").glob("*.sql")}
    assert macros <= functions
    for name in functions:
        assert f"create or replace function {name} (" in (FOLDER / "spark" / f"{name}.sql").read_text()


def test_the_script_declares_every_table_and_view_with_their_comments(tmp_path: Path) -> None:
    publish(tmp_path, [], {})
    manifest = manifest_of(tmp_path)
    text = script(manifest, "s3a://lake/")
    for name, table in tables().items():
        assert f"create table {name} (" in text
        assert f"location 's3a://lake/{manifest['release']}/{name}'" in text
        assert table.zh in text
    for name in views().keys() - NOT_THERE:
        assert f"create or replace view {name} (" in text
    computed = list(statements(manifest, "x", computed=True))
    assert sum(one.startswith("create table stored.") for one in computed) == sum(
        bool(view.stored) for view in views().values()
    )


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    sql = pytest.importorskip("pyspark.sql", reason="the extra spark is not installed")
    if shutil.which("java") is None:
        pytest.skip("there is no Java")
    session = (
        sql.SparkSession.builder.master("local[1]")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.sql.shuffle.partitions", "1")  # few rows: starting tasks costs more than they do
        .config("spark.driver.memory", "4g")
        .config("spark.sql.warehouse.dir", str(tmp_path_factory.mktemp("spark")))
        .getOrCreate()
    )
    yield session
    session.stop()


def differing(spark: Any, database: Path, lake: Path, folder: Path) -> list[str]:
    """Register a lake in Spark and list the views that do not give what the database gives."""
    register(spark, manifest_of(lake), str(lake), computed=True)
    found = []
    with duckdb.connect(str(database), read_only=True) as connection:
        for view in views().keys() - NOT_THERE:
            rows = folder / view
            spark.table(f"{DATABASE}.{view}").write.parquet(str(rows))
            theirs = f"from read_parquet('{rows}/*.parquet')"
            for one, other in ((theirs, f"from {view}"), (f"from {view}", theirs)):
                left = connection.execute(f"select count(*) from ({one} except all {other})").fetchone()
                if left != (0,):
                    found.append(f"{view}: {left} rows")
    return found


@pytest.mark.spark
def test_the_samples_are_equal(spark: Any, samples: Path, tmp_path: Path) -> None:
    assert not differing(spark, samples / "mingzhang.duckdb", samples / "lake", tmp_path)


@pytest.mark.spark
def test_the_real_reports_are_equal(spark: Any, reports: Path, tmp_path: Path) -> None:
    assert not differing(spark, reports / "mingzhang.duckdb", reports / "lake", tmp_path)


@pytest.mark.spark
def test_a_million_generated_facts_are_equal(spark: Any, tmp_path: Path) -> None:
    database = build(tmp_path, FACTS)
    with duckdb.connect(str(database), read_only=True) as connection:
        whole = (Piece(name, None, connection.sql(f"from {quoted(name)}").pl()) for name in tables())
        publish(tmp_path / "lake", whole, {})
    assert not differing(spark, database, tmp_path / "lake", tmp_path / "views")
