"""What a report costs as there are more of them: ``python -m benchmarks.scale --reports N…``, from cached readings.

Reports that are really read (`additions.READ` generated ones) are copied under other keys and bodies as often as it
takes, so that everything behind the readers works as it does over so many reports. Prints for each size the seconds and
CPU seconds per report of the first run, by step, the memory of the parent, and the bytes and rows per report.

``--cluster`` instead reads so many generated texts, once with two processes and once on a Dask cluster on loopback
(scheduler and two workers), and compares the two warehouses table by table.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path
from typing import Any

import duckdb

from benchmarks import additions
from benchmarks.__main__ import INGEST, cluster, python, say, texts_for
from pipelines.core.settings import Settings
from tests.compare_warehouses import differences

QUIET = {"MINGZHANG_SITE_PICTURES": "off"}

TIMED = """
import json, resource, sys, time
from contextlib import ExitStack
from pathlib import Path
from unittest.mock import patch
from pipelines.core.settings import Settings
from pipelines.extraction.worker import memory_bytes
from pipelines.orchestration import assets, bucket_steps, lake_release, run

def cpu():
    own, others = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + others.ru_utime + others.ru_stime

spent = {}
def timed(name, function):
    def call(*arguments, **named):
        begun, used = time.monotonic(), cpu()
        try:
            return function(*arguments, **named)
        finally:
            spent[name] = (round(time.monotonic() - begun, 2), round(cpu() - used, 2))
    return call

with ExitStack() as stack:
    for module, name in ((bucket_steps, "read_buckets"), (bucket_steps, "build_star"), (bucket_steps, "prove"),
                         (assets.data_docs, "build"), (assets, "load"), (lake_release, "release"), (assets, "build")):
        label = "site" if (module, name) == (assets, "build") else "data_docs" if name == "build" else name
        stack.enter_context(patch.object(module, name, timed(label, getattr(module, name))))
    if not sys.argv[4]:
        stack.enter_context(patch.object(assets, "build", lambda _: 0))
    settings = Settings.from_environment(Path(sys.argv[2]), int(sys.argv[3]))
    done = run.ingest([Path(sys.argv[1])], settings)
print(json.dumps({"seconds": done.seconds, "reports": done.reports, "parent_mb": memory_bytes("VmHWM") // 2**20,
                  "steps": spent}))
"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale")
    parser.add_argument("--reports", type=int, nargs="*", default=[1_000, 10_000], help="sizes, cached readings")
    parser.add_argument("--cluster", type=int, default=0, help="read so many texts on processes and on a cluster")
    parser.add_argument("--workers", type=int, default=2, help="processes")
    parser.add_argument("--no-site", action="store_true", help="without the pages")
    parser.add_argument("--folder", type=Path, help="kept, with the warehouses; a temporary one by default")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mingzhang-bench-") as name:
        folder = arguments.folder or Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        if arguments.cluster:
            measure_cluster(folder, arguments.cluster)
            return
        for reports in arguments.reports:
            measure(folder, reports, arguments.workers, site=not arguments.no_site)


def measure(folder: Path, reports: int, workers: int, *, site: bool) -> None:
    """Print what a first run over so many cached readings costs, and what it leaves."""
    source = additions.warehouse_of(additions.READ, folder)
    texts = folder / f"texts-{additions.READ}"
    if not texts.exists():
        texts_for(folder, additions.READ)
    if not source.database.exists():
        python(INGEST, texts, source.warehouse, 2, "everything", core=False, **QUIET)
    target = additions.warehouse_of(reports, folder)
    if not target.database.exists():
        additions.copied(source, target, reports // additions.READ)
    # a folder without files: nothing is read, everything is modelled, proved and loaded
    nothing = folder / "nothing"
    nothing.mkdir(exist_ok=True)
    (nothing / "one.txt").write_text("没有数字的文件\n", encoding="utf-8")
    done = python(TIMED, nothing, target.warehouse, workers, "site" if site else "", core=False, **QUIET)
    say(f"{reports:,} reports: seconds, CPU seconds", f"{done['wall']:.0f}, {done['cpu']:.0f}")
    say("  per report, ms, CPU ms", f"{done['wall'] / reports * 1000:.1f}, {done['cpu'] / reports * 1000:.1f}")
    for step, (wall, cpu) in done["steps"].items():
        say(f"  {step}, s, CPU s, CPU ms per report", f"{wall:.1f}, {cpu:.1f}, {cpu / reports * 1000:.2f}")
    say("  peak memory of the parent, MB", str(done["parent_mb"]))
    for what, size in left_by(target).items():
        say(f"  {what} per report", f"{size / reports:,.0f}")


def left_by(settings: Settings) -> dict[str, float]:
    """Give the bytes of the parts of a warehouse, and rows of its largest tables."""
    parts = {"readings": settings.readings, "Parquet": settings.frames, "site": settings.site}
    found = {f"bytes of {name}": float(_bytes(folder)) for name, folder in parts.items()}
    found["bytes of the database"] = float(settings.database.stat().st_size)
    with duckdb.connect(str(settings.database), read_only=True) as connection:
        for table in ("published_cell", "fact_expenditure", "quality.outcome", "fact_disclosure"):
            [count] = connection.execute(f"select count(*) from {table}").fetchone() or [0]
            found[f"rows of {table}"] = float(count)
    return found


def _bytes(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def measure_cluster(folder: Path, reports: int) -> None:
    """Print how long two processes and a cluster of two workers take, and whether the tables are equal."""
    texts = folder / f"texts-{reports}"
    if not texts.exists():
        texts_for(folder, reports)
    processes, elsewhere = folder / "processes", folder / "cluster"
    one = _run(texts, processes)
    with cluster() as address:
        if not address:
            raise SystemExit("not installed: uv sync --extra cluster")
        other = _run(texts, elsewhere, MINGZHANG_DASK=address)
    say(f"{reports:,} reports read by two processes, s", f"{one['seconds']:.1f}")
    say("  by a Dask cluster of two workers on loopback, s", f"{other['seconds']:.1f}")
    say("  efficiency of the cluster", f"{one['seconds'] / other['seconds']:.2f}")
    told = differences(processes / "mingzhang.duckdb", elsewhere / "mingzhang.duckdb")
    say("  tables", "equal" if not told else "\n".join(["differ", *told]))


def _run(texts: Path, warehouse: Path, **environment: str) -> dict[str, Any]:
    done = python(INGEST, texts, warehouse, 2, "everything", core=False, **QUIET, **environment)
    (warehouse / "figures.json").write_text(json.dumps(done))
    return done


if __name__ == "__main__":
    main()
