"""`mingzhang release`: what a release holds, what it says changed, and what is seen of one that fails on the way."""

from __future__ import annotations

import csv
import json
import multiprocessing
import os
import resource
import shutil
import signal
import subprocess
import sys
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from frictionless import Package

from pipelines.publish import release as releases
from pipelines.publish.release import Busy, newest, release
from pipelines.warehouse.load import load
from tests.model_frames import cell, report, star

MINGZHANG = str(Path(sys.executable).parent / "mingzhang")
HOSTILE = "=cmd|'/c calc'!A1 | <b>x</b>"


def figures(first: int | str, *, name: str = "一般公共服务支出", form: str = "expenditure") -> list[dict[str, Any]]:
    return [
        cell(form, None, "total", Decimal(first) + 5),
        cell(form, "201", "total", first, name=name),
        cell(form, "202", "total", 5),
    ]


PROJECT = {"project": "城管专项", "item": "", "kind": "current", "budget_amount": Decimal("10.00"), "source_line": 2}
ONE = report(figures(3, name=HOSTILE), file_name="=1+1.txt", projects=[PROJECT])
OTHER = report(figures(7), unit_name="武汉市青山区大数据中心", file_name="other.txt")


def loaded(folder: Path, *reports: dict[str, Any], built: int = 1) -> Path:
    database = folder / "mingzhang.duckdb"
    load(star(reports), database, extractor_version="test", built_at=datetime(2026, 1, built))
    return database


def corrected(database: Path, sql: str) -> Path:
    """A copy in which the database says something else: a report read otherwise."""
    with duckdb.connect(str(database)) as connection:
        connection.execute(sql)
    return database


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a database of two reports, and its first release."""
    folder = tmp_path_factory.mktemp("release")
    database = loaded(folder, ONE, OTHER)
    made = release(database, folder / "releases")
    assert (made.is_new, made.previous, made.changes) == (True, None, None)
    return folder


@pytest.fixture
def folder(first: Path, tmp_path: Path) -> Path:
    return shutil.copytree(first, tmp_path / "copy", symlinks=True)


def test_a_first_release_is_whole(first: Path) -> None:
    latest = first / "releases" / "latest"
    assert latest.is_symlink() and not latest.readlink().is_absolute()
    assert {path.name for path in latest.iterdir()} == {
        *("README.md", "LICENSE", "CHANGES.md", "SHA256SUMS", "data-dictionary.md", "datapackage.json", "release.json"),
        *("mingzhang.duckdb", "parquet", "changes"),
    }
    subprocess.run(["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"], cwd=latest, check=True)
    summed = {line.split("  ")[1] for line in (latest / "SHA256SUMS").read_text("utf-8").splitlines()}
    assert summed == {path.relative_to(latest).as_posix() for path in latest.rglob("*") if path.is_file()} - {
        "SHA256SUMS"
    }
    assert Package(latest / "datapackage.json").validate().valid
    assert (latest / "mingzhang.duckdb").read_bytes() == (first / "mingzhang.duckdb").read_bytes()
    with duckdb.connect() as connection:
        facts = f"select sum(amount) from '{latest}/parquet/fact_expenditure.parquet'"
        assert connection.execute(facts).fetchall() == [(Decimal("200000.00"),)]
    assert "首次发布" in (latest / "CHANGES.md").read_text("utf-8")
    assert json.loads((latest / "release.json").read_text("utf-8"))["previous"] is None
    private = {"quality.run", "quality.removal", "quality.acceptance", "quality.correction", "meta"}
    assert not private & {path.stem for path in (latest / "parquet").iterdir()}


def test_nothing_new_makes_no_release(folder: Path) -> None:
    loaded(folder, OTHER, ONE, built=2)  # in another order, another night
    before = sorted((folder / "releases").iterdir())
    (folder / "releases" / "latest").unlink()  # as if killed just before it was set
    made = release(folder / "mingzhang.duckdb", folder / "releases")
    assert not made.is_new
    assert sorted((folder / "releases").iterdir()) == before
    assert (folder / "releases" / "latest").resolve() == made.folder


def test_a_corrected_figure_is_told_with_both_amounts(folder: Path) -> None:
    database = corrected(
        folder / "mingzhang.duckdb",
        """
        update fact_expenditure set amount = 40000 where amount = 30000;
        update published_cell set amount = 40000, value = 4 where amount = 30000
        """,
    )
    made = release(database, folder / "releases")
    assert made.is_new and made.changes
    assert (made.changes.rows, made.changes.figures, made.changes.definitions) == (2, {"corrected": 1}, False)
    changes = made.folder / "changes"
    [figure] = rows(changes / "change_figure.csv")
    assert (figure["change"], figure["unit_name"], figure["year_key"], figure["stage"], figure["statement"]) == (
        *("corrected", "武汉市硚口区大数据中心", "2023", "final", "expenditure"),
    )
    assert (figure["amount_before"], figure["amount_now"], figure["difference"]) == ("30000.00", "40000.00", "10000.00")
    assert figure["cell_key"] == figure["cell_key_before"] != "" and figure["other_report"] == "false"
    assert figure["subject_code"] == "201" and figure["member"] == "undivided"
    tables = {row["table_name"]: row for row in rows(changes / "change_table.csv")}
    assert tables["fact_expenditure"] | {"table_name": ""} == {
        **{"table_name": "", "rows_before": "4", "rows_now": "4", "added": "0", "removed": "0", "changed": "1"}
    }
    [unit] = rows(changes / "change_unit.csv")
    assert (unit["unit_name"], unit["figures_corrected"]) == ("武汉市硚口区大数据中心", "1")
    with duckdb.connect() as connection:
        [row] = connection.execute(f"from '{changes}/change_row.parquet'").fetchall()
        assert connection.execute(f"select amount_now from '{changes}/change_figure.parquet'").fetchall() == [
            (Decimal("40000.00"),)
        ]
    assert row[:2] == ("fact_expenditure", "changed")
    assert json.loads(row[4])["amount"] == "30000.00" and json.loads(row[5])["amount"] == "40000.00"
    text = (made.folder / "CHANGES.md").read_text("utf-8")
    assert "1 更正 corrected" in text and "| 30,000.00 | 40,000.00 |" in text
    assert (folder / "releases" / "latest").resolve() == made.folder != newest(folder)
    assert len([path for path in (folder / "releases").iterdir() if path.name[0].isdigit()]) == 2


def test_a_later_version_corrects_and_a_removal_takes_away(folder: Path) -> None:
    """What counts is the figure, whatever report it comes from; names of documents stay text."""
    later = report(
        figures(4, name=HOSTILE), file_name="later.txt", projects=[PROJECT], first_seen_at=datetime(2026, 2, 1)
    )
    loaded(folder, ONE, later, built=2)
    made = release(folder / "mingzhang.duckdb", folder / "releases")
    assert made.changes and made.changes.figures == {"corrected": 1, "removed": 2}
    changes = made.folder / "changes"
    by_change = {(row["change"], row["unit_name"]): row for row in rows(changes / "change_figure.csv")}
    assert by_change["corrected", "武汉市硚口区大数据中心"]["other_report"] == "true"
    assert by_change["corrected", "武汉市硚口区大数据中心"]["subject_name"].startswith("一般")
    gone = by_change["removed", "武汉市青山区大数据中心"]
    assert gone["amount_now"] == "" and gone["cell_key"] == "" and gone["cell_key_before"]
    told = {(row["change"], row["status_before"], row["status"]) for row in rows(changes / "change_report.csv")}
    assert ("removed", "loaded", "") in told and ("added", "", "loaded") in told
    for file in changes.glob("*.csv"):
        with file.open(encoding="utf-8", newline="") as stream:
            assert not [value for row in csv.reader(stream) for value in row if value[:1] in tuple("=+@\t\r")]
    text = (made.folder / "CHANGES.md").read_text("utf-8")
    assert "<b>" not in text.replace("\\<b", "") and "later.txt" in text


def test_a_project_is_a_figure_too(folder: Path) -> None:
    database = corrected(folder / "mingzhang.duckdb", "update fact_project set budget_amount = 11, final_amount = 9")
    made = release(database, folder / "releases")
    assert made.changes and made.changes.figures == {"corrected": 1, "added": 1}
    told = {row["member"]: row for row in rows(made.folder / "changes" / "change_figure.csv")}
    assert {row["project"] for row in told.values()} == {"城管专项"}
    assert (told["current_budget"]["amount_before"], told["current_budget"]["amount_now"]) == ("10.00", "11.00")
    assert (told["current_final"]["change"], told["current_final"]["amount_now"]) == ("added", "9.00")


def test_long_lists_are_no_csv(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(releases, "_MOST_CSV", 1)
    database = corrected(folder / "mingzhang.duckdb", "update fact_expenditure set amount = amount + 1")
    made = release(database, folder / "releases")
    names = {path.name for path in (made.folder / "changes").iterdir()}
    assert {"change_figure.parquet", "change_row.parquet", "change_report.csv"} <= names
    assert not {"change_figure.csv", "change_row.csv"} & names


def test_other_views_make_a_release(folder: Path) -> None:
    database = corrected(folder / "mingzhang.duckdb", "create view more as select 1 as one")
    made = release(database, folder / "releases")
    assert made.is_new and made.changes and made.changes.definitions and made.changes.rows == 0


def test_a_release_of_an_older_schema_is_compared_as_far_as_it_goes(folder: Path) -> None:
    last = newest(folder / "releases")
    assert last
    corrected(
        last / "mingzhang.duckdb",
        """
        drop table fact_procurement;
        drop table quality.coverage;
        create table gone (x int)
        """,
    )
    made = release(folder / "mingzhang.duckdb", folder / "releases")
    assert made.changes and made.changes.figures is None and made.changes.definitions
    assert "未逐个比较数字" in (made.folder / "CHANGES.md").read_text("utf-8")


def _killed(database: Path, folder: Path) -> None:
    releases.write_checksums = lambda *_: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[assignment, return-value, func-returns-value]
    release(database, folder)


def test_a_killed_release_leaves_nothing_to_see(folder: Path) -> None:
    database = corrected(folder / "mingzhang.duckdb", "create view more as select 1 as one")
    before = {path.name for path in (folder / "releases").iterdir()}
    process = multiprocessing.get_context("spawn").Process(target=_killed, args=(database, folder / "releases"))
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    left = {path.name for path in (folder / "releases").iterdir()} - before
    assert len(left) == 1 and all(name.startswith(".") for name in left)
    (folder / "releases" / ".latest.building").symlink_to("nowhere")  # killed in the middle of the last step
    made = release(database, folder / "releases")
    assert made.is_new
    assert {path.name for path in (folder / "releases").iterdir()} == before | {made.folder.name}


def _small_files() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))  # as a full disk: writing fails on the way


@pytest.mark.parametrize("full", [True, False], ids=["full disk", "no folder"])
def test_what_cannot_be_written_is_said(folder: Path, full: bool) -> None:
    target = folder / "releases" if full else folder / "mingzhang.duckdb" / "releases"
    corrected(folder / "mingzhang.duckdb", "create view more as select 1 as one")
    before = sorted((folder / "releases").iterdir())
    done = subprocess.run(
        [MINGZHANG, "release", target, "--warehouse", folder],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=_small_files if full else None,
    )
    assert done.returncode == 2, done.stderr
    assert "各版未变" in done.stderr and "no release was made" in done.stderr and "Traceback" not in done.stderr
    assert sorted((folder / "releases").iterdir()) == before


def test_the_command_tells_of_what_it_made(folder: Path, tmp_path: Path) -> None:
    def run(warehouse: Path) -> subprocess.CompletedProcess[str]:
        command = [MINGZHANG, "release", folder / "releases", "--warehouse", warehouse]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    same = run(folder)
    assert same.returncode == 0 and "nothing has changed since" in same.stdout
    corrected(folder / "mingzhang.duckdb", "delete from fact_expenditure where amount = 30000")
    made = run(folder)
    assert made.returncode == 0 and "removed 1" in made.stdout
    nowhere = run(tmp_path)
    assert nowhere.returncode == 2 and "run ingest first" in nowhere.stderr
    with releases._locked(folder / "releases"):
        assert run(folder).returncode == 4
        with pytest.raises(Busy):
            release(folder / "mingzhang.duckdb", folder / "releases")
