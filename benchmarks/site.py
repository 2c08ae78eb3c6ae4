"""How the site grows: seconds and bytes for so many reports, for none new, for one new, and what a search takes.

Usage::

    python -m benchmarks.site [--reports N ...] [--browser]

Warehouses are generated as `benchmarks.views` does, with clauses and findings for each report and without files, so
that no page is drawn; what is measured is everything else.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import polars as pl

from benchmarks import views
from pipelines.core.frames import SOURCE_FILE
from pipelines.core.settings import Settings
from pipelines.site.build import build
from pipelines.storage.frame_store import FrameStore

CLAUSES = """
    insert into fact_disclosure by name
    select
        hash(report_key, i)::varchar as disclosure_key, report_key, unit_key, year_key, '情况说明' as section,
        'amount' as fact, '科目' || i as subject_path, i as value, '万元' as unit, i * 10000 as amount,
        (2020 + i % 5) || '年度' || chr((20000 + (hash(report_key, i) % 2000))::integer) || '项目支出决算为'
        || (hash(report_key, i) % 100000) || '.' || (10 + i) || '万元，比上年增加' as quote,
        1 + i // 10 as page, false as is_subject, true as is_current
    from dim_report, range(80) as r(i);
"""
"""As many clauses as real reports have, with words and figures that differ."""


@dataclass(frozen=True)
class Size:
    """What a site of so many reports takes.

    Attributes:
        reports: in the warehouse.
        whole: seconds of the processor for all of it.
        again: the same with nothing new.
        one: the same with one report changed.
        megabytes: of all its files.
    """

    reports: int
    whole: float
    again: float
    one: float
    megabytes: float


def warehouse(folder: Path, reports: int) -> Settings:
    """Generate a warehouse with at least so many reports."""
    folder.mkdir(parents=True, exist_ok=True)
    built = views.build(folder, reports * views.FACTS_PER_REPORT)
    settings = replace(Settings.from_environment(folder, workers=1), site_pictures=False)
    if built != settings.database:
        built.rename(settings.database)
    with duckdb.connect(str(settings.database)) as connection:
        connection.execute(CLAUSES)
        connection.execute("insert into meta values (1, 'bench', now()::timestamp, null)")
    FrameStore(settings.frames).write("source_file", pl.DataFrame(schema=SOURCE_FILE))
    return settings


def measured(folder: Path, reports: int) -> Size:
    """Build the site three times."""
    settings = warehouse(folder, reports)

    def seconds() -> float:
        begin = time.process_time()
        build(settings)
        return time.process_time() - begin

    whole, again = seconds(), seconds()
    with duckdb.connect(str(settings.database)) as connection:
        [count] = connection.execute("select count(*) from dim_report").fetchone() or [0]
        connection.execute(
            "update published_cell set raw_text = 'changed' where report_key = (select min(report_key) from dim_report)"
        )
    one = seconds()
    return Size(count, whole, again, one, sum(file.stat().st_size for file in settings.site.rglob("*.*")) / 1e6)


def sizes(counts: list[int]) -> Iterator[Size]:
    """Measure sites of several sizes, each in a folder of its own."""
    for count in counts:
        with tempfile.TemporaryDirectory(prefix="mingzhang-bench-") as folder:
            yield measured(Path(folder), count)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.site")
    parser.add_argument("--reports", type=int, nargs="+", default=[50, 100, 200], help="sizes")
    print(f"{'reports':>9}{'all, s':>9}{'none, s':>9}{'one, s':>9}{'MB':>9}", flush=True)
    for size in sizes(parser.parse_args().reports):
        print(
            f"{size.reports:>9,}{size.whole:>9.1f}{size.again:>9.2f}{size.one:>9.2f}{size.megabytes:>9.1f}", flush=True
        )


if __name__ == "__main__":
    main()
