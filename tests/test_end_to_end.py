"""The main job through the real command line: the samples, and the real reports where they are at hand."""

from __future__ import annotations

import csv
import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from tests.docs import COOKBOOK, READMES, answer, examples, halves
from tests.shared import SHARED, real_reports

ROOT = Path(__file__).parent.parent
MINGZHANG = Path(sys.executable).parent / "mingzhang"
TABLES = (
    "published_cell",
    "published_table",
    "report_form",
    "fact_disclosure",
    "fact_expenditure",
    "fact_performance",
    "fact_project",
    "fact_revenue",
    "fact_three_public",
    "dim_unit",
    "dim_subject",
    "dim_year",
    "dim_statement",
    "quality.finding",
    "quality.outcome",
)

pytestmark = pytest.mark.xdist_group("end_to_end")
real = pytest.mark.skipif(not (SHARED / "reports").is_dir(), reason="../shared/reports is not here")


def ingest(warehouse: Path, *paths: Path, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    command = [str(MINGZHANG), "ingest", *map(str, paths), "--warehouse", str(warehouse)]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd, env={**os.environ})


def rows(warehouse: Path, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(warehouse / "mingzhang.duckdb"), read_only=True) as db:
        return db.execute(sql).fetchall()


def test_samples_load_with_every_figure(samples: Path) -> None:
    figures = {p.stem: p for p in (ROOT / "tests/corpus/figures").glob("*.csv")}
    printed = sum(sum(1 for _ in csv.DictReader(p.open(encoding="utf-8-sig"))) for p in figures.values())
    assert rows(samples, "select count(*) from published_cell") == [(printed,)]
    assert rows(samples, "select count(distinct body_key) from dim_unit") == [(6,)]
    assert rows(samples, "select count(*) from statement_total where not is_within_tolerance") == [(0,)]
    assert rows(samples, "select count(*) from quality.finding where severity = 'error'") == [(0,)]


@pytest.mark.parametrize(
    ("document", "questions"), [*((readme, 5) for readme in READMES), (COOKBOOK, 20)], ids=lambda p: str(p)[-15:]
)
def test_printed_answers_are_true(samples: Path, document: Path, questions: int) -> None:
    shown = examples(halves(document.read_text(encoding="utf-8"))[0])
    assert len(shown) >= questions
    for sql, printed in shown:
        assert answer(sql, samples) == printed
    # the examples say what the command line prints
    sql, printed = shown[0]
    done = subprocess.run(
        [MINGZHANG, "query", sql, "--warehouse", samples],
        check=True,
        capture_output=True,
        text=True,
        env=os.environ | {"COLUMNS": "110"},
    )
    assert [line.rstrip() for line in done.stdout.splitlines()] == printed.splitlines()


@real
def test_the_questions_of_the_trade_are_answered_truly(reports: Path) -> None:
    asked = examples(halves(COOKBOOK.read_text(encoding="utf-8"))[1])
    assert len(asked) == 20
    for sql, printed in asked:
        assert len(sql.splitlines()) <= 10
        assert len(re.findall(r"\b(?:from|join)\s+\w", sql)) == 1, "one view"
        assert answer(sql, reports) == printed


def test_asset_graph_picture_shows_every_asset() -> None:
    from pipelines.definitions import defs

    picture = (ROOT / "docs/pictures/asset-graph.svg").read_text(encoding="utf-8")
    names = {key.to_user_string() for key in defs.resolve_asset_graph().get_all_asset_keys()}
    assert {name for name in names if f">{name}<" not in picture} == set()


@real
def test_real_reports_score_full_marks(reports: Path) -> None:
    command = [sys.executable, SHARED / "tools/score.py", reports / "mingzhang.duckdb", SHARED / "truth", "--show", "5"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert "recall 100.0000%  precision 100.0000%" in done.stdout


@real
def test_real_reports_are_seven_bodies_and_an_empty_form(reports: Path) -> None:
    assert rows(reports, "select count(distinct body_key) from dim_unit") == [(7,)]
    assert rows(reports, "select status, count(*) from dim_report group by all order by all") == [
        ("empty", 1),
        ("loaded", 13),
    ]
    same_body = (
        "select u.unit_key, list(year_key order by year_key) from dim_report join dim_unit as u using (unit_key)"
    )
    years = rows(reports, f"{same_body} where '硚口区大数据中心' in aliases group by u.unit_key")
    assert [y for _, y in years] == [[2021, 2023]]


@real
def test_statements_add_up_or_have_a_finding(reports: Path) -> None:
    off = rows(
        reports,
        """
        select report_key, statement from statement_total
        where published_amount is not null and (fact_count = 0 or not is_within_tolerance)
            and not exists (
                select 1 from quality.finding as f
                where f.report_key = statement_total.report_key and f.form = statement and f.class = 'arithmetic'
            )
        """,
    )
    assert off == []
    assert (
        rows(
            reports,
            """
        select e.unit_key, e.year_key, e.stage, sum(e.amount), any_value(p.amount)
        from expenditure as e join printed_total as p using (unit_key, year_key, stage)
        group by all having abs(sum(e.amount) - any_value(p.amount)) > 400
        """,
        )
        == []
    )


@real
def test_names_and_order_of_files_do_not_matter(reports: Path, tmp_path: Path) -> None:
    folder = tmp_path / "renamed"
    folder.mkdir()
    copies = []
    for path in reversed(real_reports()):
        copy = folder / (hashlib.sha256(str(path).encode()).hexdigest()[:12] + path.suffix)
        shutil.copy(path, copy)
        copies.append(copy)
    done = ingest(tmp_path / "W", *copies)
    assert done.returncode == 0, done.stdout + done.stderr
    for table in TABLES:
        same = f"select * from {table} order by all"
        assert rows(reports, same) == rows(tmp_path / "W", same), table
