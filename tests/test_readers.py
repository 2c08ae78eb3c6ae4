"""Readers during an ingest: never in the way, and never in front of half a load."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from tests.corpus.generate import make_report

pytestmark = pytest.mark.xdist_group("end_to_end")

ROOT = Path(__file__).parent.parent
MINGZHANG = Path(sys.executable).parent / "mingzhang"

# One row that only a whole database gives: when it was built, and counts that have to fit together.
STATE = """
    select
        (select built_at from meta),
        (select count(*) from dim_report),
        (select count(*) from published_cell),
        (select sum(cell_count) from report_form),
        (select sum(amount) from fact_expenditure where is_current),
        (select sum(fact_amount) from statement_total join report_form
            on statement_total.report_key = report_form.report_key and statement = form
            where report_form.is_current and statement <> 'revenue'),
        (select count(*) from trend_expenditure_by_unit)
"""


def state(connection: duckdb.DuckDBPyConnection) -> tuple[object, ...]:
    return connection.execute(STATE).fetchone() or ()


def read(database: Path) -> tuple[object, ...]:
    with duckdb.connect(str(database), read_only=True) as connection:
        return state(connection)


def test_readers_see_the_state_before_or_the_one_after(samples: Path, tmp_path: Path) -> None:
    warehouse, raw = shutil.copytree(samples, tmp_path / "warehouse"), tmp_path / "raw"
    raw.mkdir()
    (raw / "new.txt").write_bytes(make_report(7, "tabbed").data)
    database = warehouse / "mingzhang.duckdb"
    before = read(database)
    # DuckDB shares one instance per path within a process; under another name the old file is held by its own
    link = tmp_path / "held.duckdb"
    link.hardlink_to(database)
    with duckdb.connect(str(link), read_only=True) as held:
        command = [str(MINGZHANG), "ingest", str(raw), "-q", "--workers", "1", "--warehouse", str(warehouse)]
        running = subprocess.Popen(command, cwd=ROOT)
        seen, slowest = [], 0.0
        while running.poll() is None:
            begin = time.monotonic()
            assert state(held) == before
            seen.append(read(database))
            slowest = max(slowest, time.monotonic() - begin)
            time.sleep(0.2)
        assert running.returncode == 0
        assert state(held) == before
    after = read(database)
    assert after[1] == 12 and before[1] == 11 and after[0] != before[0]
    assert set(seen) <= {before, after}
    assert len(seen) > 10 and seen[0] == before
    assert slowest < 10, "a reader was kept waiting"
    for _, _, cells, listed, facts, stated, _ in (before, after):
        assert cells == listed and facts == stated
