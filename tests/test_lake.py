"""The lake: one release or the next, made of links, described by its manifest."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import polars as pl
import pytest

from pipelines.core.files import sha256
from pipelines.model.finding_cell import finding_cell
from pipelines.storage import parquet
from pipelines.storage.tables import quoted, tables
from pipelines.warehouse.lake import GRACE, Piece, for_pruning, manifest_of, publish

NOW = datetime(2026, 11, 26, 1, 2, 3, tzinfo=UTC)
YEARS = pl.DataFrame({"report_key": ["b", "a"], "year_key": [2024, 2023]})


def meta(version: str) -> Piece:
    frame = pl.DataFrame({"schema_version": 1, "extractor_version": version, "built_at": NOW.replace(tzinfo=None)})
    return Piece("meta", None, frame)


def coverage(folder: Path, covered: int) -> Piece:
    """One bucket of a table, as a step would have written it."""
    frame = pl.DataFrame({"report_key": "a", "numbers": 9, "covered": covered, "coverage": 0.5})
    names = [column.name for column in tables()["quality.coverage"].columns]
    file = folder / "00007.parquet"
    parquet.write(
        frame.select(pl.col(name) if name in frame.columns else pl.lit(1).alias(name) for name in names), file
    )
    return Piece("quality.coverage", 7, file)


def test_a_release_is_what_the_manifest_says(tmp_path: Path) -> None:
    release = publish(tmp_path / "lake", [meta("1"), coverage(tmp_path, 4)], {"extractor_version": "1"}, NOW)
    manifest = manifest_of(tmp_path / "lake")
    assert manifest["release"] == release.name and release.name.startswith("20261126T010203Z-")
    assert manifest["extractor_version"] == "1"
    assert manifest["tables"].keys() == tables().keys()
    [file] = manifest["tables"]["quality.coverage"]["files"]
    assert file["path"] == "quality.coverage/bucket=7/part.parquet" and file["bucket"] == 7 and file["rows"] == 1
    assert sha256(release / file["path"]) == (file["sha256"], file["bytes"])
    assert manifest["tables"]["quality.coverage"]["partitioned_by"] == ["bucket"]
    assert manifest["tables"]["dim_unit"]["rows"] == 0  # a table without rows has a file that tells its columns
    with duckdb.connect() as connection:
        got = connection.execute(f"select covered, bucket from '{release}/quality.coverage/**/*.parquet'").fetchall()
    assert got == [(4, 7)]


def test_a_reader_of_a_release_is_not_disturbed_by_the_next(tmp_path: Path) -> None:
    first = publish(tmp_path / "lake", [coverage(tmp_path, 4)], {}, NOW)
    second = publish(tmp_path / "lake", [coverage(tmp_path, 5)], {}, NOW + timedelta(hours=1))
    read = [
        pl.read_parquet(one / "quality.coverage/bucket=7/part.parquet")["covered"].item() for one in (first, second)
    ]
    assert read == [4, 5]
    publish(tmp_path / "lake", [coverage(tmp_path, 6)], {}, NOW + timedelta(hours=1) + GRACE)
    assert first.exists()
    publish(tmp_path / "lake", [coverage(tmp_path, 6)], {}, NOW + timedelta(hours=1, seconds=1) + GRACE)
    assert not first.exists() and second.exists()


def test_what_has_not_changed_takes_no_space_and_is_not_hashed_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    piece = coverage(tmp_path, 4)
    first = publish(tmp_path / "lake", [piece], {}, NOW)
    hashed: list[Path] = []
    monkeypatch.setattr("pipelines.warehouse.lake.sha256", lambda file: hashed.append(file) or sha256(file))
    second = publish(tmp_path / "lake", [piece], {}, NOW + timedelta(hours=1))
    name = "quality.coverage/bucket=7/part.parquet"
    assert (first / name).samefile(second / name)
    assert not [file for file in hashed if "quality.coverage" in str(file)]


def test_a_release_that_fails_leaves_the_one_before(tmp_path: Path) -> None:
    first = publish(tmp_path / "lake", [coverage(tmp_path, 4)], {}, NOW)
    with pytest.raises(FileNotFoundError):
        publish(tmp_path / "lake", [Piece("dim_unit", None, tmp_path / "gone")], {}, NOW + timedelta(hours=1))
    assert manifest_of(tmp_path / "lake")["release"] == first.name
    assert {path.name for path in (tmp_path / "lake").iterdir()} == {"manifest.json", first.name}


def test_another_format_is_refused(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text(json.dumps({"format": 99}))
    with pytest.raises(ValueError, match="format 99"):
        manifest_of(tmp_path)


def test_rows_stand_by_unit_year_and_report() -> None:
    frame = pl.DataFrame(
        {"report_key": ["b", "a", "a"], "unit_key": ["y", "x", "x"], "year_key": [1, 2, 2], "nth": [1, 2, 3]}
    )
    assert for_pruning(frame)["nth"].to_list() == [2, 3, 1]
    assert for_pruning(pl.DataFrame({"code": [2, 1]}))["code"].to_list() == [2, 1]


def test_a_finding_has_each_of_its_cells_once() -> None:
    finding = pl.DataFrame(
        {
            "finding_key": ["f", "g", None],
            "report_key": "r",
            "rule_id": "sum",
            "severity": "error",
            "cell_keys": [["b", "a", "b"], [], ["c"]],
        },
        schema_overrides={"cell_keys": pl.List(pl.String)},
    )
    assert finding_cell(finding).rows() == [("f", "b", 1, "r", "sum", "error"), ("f", "a", 2, "r", "sum", "error")]


@pytest.mark.xdist_group("end_to_end")
def test_a_run_publishes_what_the_database_holds(samples: Path) -> None:
    manifest = manifest_of(samples / "lake")
    assert manifest["partition"]["count"] == 128
    with duckdb.connect(str(samples / "mingzhang.duckdb"), read_only=True) as connection:
        for name in tables():
            files = [
                str(samples / "lake" / manifest["release"] / one["path"]) for one in manifest["tables"][name]["files"]
            ]
            lake, base = f"from read_parquet({files}, hive_partitioning = false)", f"from {quoted(name)}"
            for one, other in ((lake, base), (base, lake)):
                assert connection.execute(f"{one} except all {other}").fetchall() == [], name
