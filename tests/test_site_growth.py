"""The cost of the site follows what changed, and grows as the reports do."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from benchmarks.site import measured, warehouse
from pipelines.core.settings import Settings
from pipelines.site import build as building
from pipelines.site.build import build


def written(settings: Settings) -> dict[str, int]:
    return {file.relative_to(settings.site).as_posix(): file.stat().st_mtime_ns for file in settings.site.rglob("*.*")}


def change(settings: Settings, sql: str) -> None:
    with duckdb.connect(str(settings.database)) as connection:
        connection.execute(sql)


def test_only_what_changed_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = warehouse(tmp_path, 30)
    assert build(settings) > 30

    def bundled() -> str:
        raise AssertionError("no chart changed")

    monkeypatch.setattr(building, "_made_chart_code", bundled)
    before = written(settings)
    assert build(settings) == 0
    assert written(settings) == before
    with duckdb.connect(str(settings.database)) as connection:
        [(report, unit)] = connection.execute(
            "select report_key, unit_key from dim_report order by 1 limit 1"
        ).fetchall()
    change(settings, f"update published_cell set raw_text = 'other' where report_key = '{report}'")
    assert build(settings) == 1
    now = written(settings)
    assert {name for name in now if now[name] != before[name]} == {f"reports/{report}.html"}

    change(settings, f"update dim_unit set unit_name = unit_name || '改名' where unit_key = '{unit}'")
    build(settings)
    later = written(settings)
    changed = {name for name in later if later[name] != now[name]}
    assert {f"units/{unit}.html", f"data/{unit}.js", "search/units.js", "index.html"} <= changed
    assert len([name for name in changed if name.startswith("units/")]) == 1

    change(settings, f"delete from published_cell where report_key = '{report}'")
    change(settings, f"update dim_report set status = 'removed' where report_key = '{report}'")
    build(settings)
    gone = later.keys() - written(settings).keys()
    assert {f"reports/{report}.html", f"search/r-{report}.js"} == gone


def test_time_grows_as_the_reports_do(tmp_path: Path) -> None:
    small, large = (measured(tmp_path / str(count), count) for count in (40, 120))
    times = large.reports / small.reports
    assert large.whole < 1.5 * times * small.whole, "what is the same for any site counts for the small one"
    assert large.again < large.whole / 2 and large.one < large.whole / 2
    assert large.megabytes < 1.2 * times * small.megabytes
