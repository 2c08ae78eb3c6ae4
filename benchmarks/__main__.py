"""How fast the main job is: ``make bench``, or ``python -m benchmarks`` with the options that ``--help`` lists.

Prints start-up; milliseconds per page of the whole main job and of plain pdfplumber over the same pages, both on one
core and without recognising pages that are pictures, which pdfplumber does not either; the speed-up of two workers;
the same corpus through a Dask cluster on loopback; what memory it takes; and how fast the views answer. ``--decisive``
measures over fewer pages, and only what is asked of every version: milliseconds per page beside pdfplumber, and what a
second worker adds; it takes less than ten minutes on two cores.

Timings are figures, not tests. Seconds are those of a whole process, start-up taken off; CPU seconds, of the process
and its workers, say more where others use the machine too.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks import additions, views
from tests.corpus.generate import make_corpus, make_report

ROOT = Path(__file__).parents[1]
REAL = ROOT.parent / "shared" / "reports"
_DECISIVE_PAGES = 400  # generated
_DECISIVE_SHARE = 2  # every n-th of the real reports
_DECISIVE_ROUNDS = 3

INGEST = """
import json, logging, sys, time
from pathlib import Path
from pipelines.extraction.worker import memory_bytes
from pipelines.orchestration.run import ingest
from pipelines.core.settings import Settings
peaks = [0]
class Peaks(logging.Handler):
    def emit(self, record):
        peaks.append(getattr(record, "peak_mb", 0))
log = logging.getLogger("pipelines.extraction"); log.setLevel(logging.DEBUG); log.addHandler(Peaks())
settings = Settings.from_environment(Path(sys.argv[2]), int(sys.argv[3]))
other = None
if sys.argv[4] != "everything":
    from benchmarks.readers import reader
    other = reader(sys.argv[4])
done = ingest([Path(sys.argv[1])], settings, reader=other)
print(json.dumps({"seconds": done.seconds, "reports": done.reports, "read": done.read, "worker_mb": max(peaks),
                  "parent_mb": memory_bytes("VmHWM") // 2**20}))
"""

# without PySpark, as we import it (see `import_great_expectations`)
IMPORTS = "import sys; sys.modules['pyspark'] = None\nimport polars, duckdb, dagster, great_expectations"

PLAIN = """
import json, logging, sys, time
from pathlib import Path
import pdfplumber
logging.getLogger("pdfminer").setLevel(logging.CRITICAL)
started, pages = time.monotonic(), 0
for file in sorted(Path(sys.argv[1]).rglob("*.pdf")):
    with pdfplumber.open(file) as pdf:
        for page in pdf.pages:
            page.extract_tables()
            page.close()
            pages += 1
print(json.dumps({"seconds": time.monotonic() - started, "pages": pages}))
"""


def python(code: str, *arguments: object, core: bool = True, **environment: str) -> dict[str, Any]:
    """Run code in a process of its own, on one core unless told otherwise.

    Returns:
        The JSON it prints last, with the ``wall`` and ``cpu`` seconds of the process and all it started.
    """
    pin = ["taskset", "-c", "0"] if core and shutil.which("taskset") else []
    before, used = time.monotonic(), _cpu()
    done = subprocess.run(
        [*pin, sys.executable, "-c", code, *map(str, arguments)],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    said = [line for line in done.stdout.splitlines() if line.startswith("{")]  # DuckDB may print its progress, too
    result: dict[str, Any] = json.loads(said[-1])
    return result | {"wall": time.monotonic() - before, "cpu": _cpu() - used}


def _cpu() -> float:
    """CPU seconds of all processes that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def ingest(
    raw: Path, workers: int, *, core: bool = False, what: str = "everything", **environment: str
) -> dict[str, Any]:
    """Run the whole main job into an empty warehouse and throw that away; pictures of the site only if asked for."""
    environment = {"MINGZHANG_SITE_PICTURES": "off"} | environment
    with tempfile.TemporaryDirectory(prefix="mingzhang-bench-") as folder:
        return python(INGEST, raw, folder, workers, what, core=core, **environment)


def middle(runs: list[dict[str, Any]], figure: str = "wall") -> float:
    """The figure of the run in the middle."""
    return float(statistics.median(run[figure] for run in runs))


@contextmanager
def cluster() -> Iterator[str]:
    """A Dask scheduler and two workers on loopback; yields the address."""
    try:
        from distributed import LocalCluster
    except ModuleNotFoundError:
        yield ""
        return
    with LocalCluster(n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None) as local:
        yield local.scheduler_address


def pages_for(folder: Path, pages: int, every: int = 1) -> Path:
    """Generate reports until they have so many pages; the real ones, or every n-th, are added if they are at hand."""
    import pypdfium2

    raw = folder / "raw"
    raw.mkdir()
    real = [f for f in sorted(REAL.rglob("*.pdf")) if f.open("rb").read(5) == b"%PDF-"]  # some are pages of the web
    for n, file in enumerate(real[::every]):
        shutil.copy(file, raw / f"real-{n}.pdf")
    seed, found = 1, 0
    while found < pages:
        make_corpus(folder / f"corpus-{seed}", 50, seed, ["mixed"], 2)
        for file in sorted((folder / f"corpus-{seed}").rglob("*.pdf")):
            found += len(pypdfium2.PdfDocument(file))
            shutil.move(file, raw / f"{seed}-{file.name}")
        seed += 1
    return raw


def texts_for(folder: Path, reports: int) -> Path:
    """Text reports, each of another seed: cheap to read, as many as wanted."""

    raw = folder / f"texts-{reports}"
    raw.mkdir()
    for seed in range(reports):
        (raw / f"{seed}.txt").write_bytes(make_report(seed, "tabbed").data)
    return raw


def say(label: str, value: str) -> None:
    """Print one figure as soon as it is known."""
    print(f"{label:<58}{value}", flush=True)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("--pages", type=int, default=2000, help="generated PDF pages, at least")
    parser.add_argument("--rounds", type=int, default=5, help="the median of so many runs is printed")
    parser.add_argument("--reports", type=int, nargs="*", default=[200, 5000], help="sizes for memory")
    parser.add_argument("--added", type=int, nargs="*", default=[14, 1000, 10_000], help="sizes one report is added to")
    parser.add_argument("--facts", type=int, default=10_000_000, help="rows the views answer over")
    parser.add_argument("--decisive", action="store_true", help="cost of a page and two workers alone, on fewer pages")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mingzhang-bench-") as name:
        folder = Path(name)
        if arguments.decisive:
            measure_pages(pages_for(folder, _DECISIVE_PAGES, _DECISIVE_SHARE), folder, _DECISIVE_ROUNDS, whole=False)
            return
        raw = pages_for(folder, arguments.pages)
        measure_pages(raw, folder, arguments.rounds, whole=True)
        measure_additions(folder, arguments.added, arguments.rounds)
        measure_memory(folder, arguments.reports)
        views.report(arguments.facts, arguments.rounds, folder)


def measure_pages(raw: Path, folder: Path, rounds: int, *, whole: bool) -> None:
    """Print start-up, what a page costs beside pdfplumber, and what a second worker adds.

    Args:
        raw: Folder with the PDFs.
        folder: For files of our own.
        rounds: The median of so many runs is printed.
        whole: Print as well what the parts of the job add, Dask, and memory.
    """
    empty = folder / "one"
    empty.mkdir()
    (empty / "one.txt").write_text("没有数字的文件\n", encoding="utf-8")
    plain, starts, runs, tables, scans, double = [], [], [], [], [], []
    for _ in range(rounds):  # in turn, so that a noisy neighbour disturbs all of them alike
        starts.append(ingest(empty, 1, core=True))
        plain.append(python(PLAIN, raw))
        runs.append(ingest(raw, 1, core=True, what="print"))
        double.append(ingest(raw, 2, what="print"))
        if whole:
            tables.append(ingest(raw, 1, core=True, what="tables"))
            scans.append(ingest(raw, 1, core=True))
    pages, startup = plain[0]["pages"], middle(starts)
    one, two = middle(runs) - startup, middle(double) - startup
    base, base_cpu = middle(plain), middle(plain, "cpu")
    cpu = middle(runs, "cpu") - middle(starts, "cpu")
    say("start-up of the main job (imports, one empty report), s", f"{startup:.2f}")
    say("pages", f"{pages} in {runs[0]['reports']} reports")
    say("plain pdfplumber extract_tables, ms per page", f"{base / pages * 1000:.1f}, CPU {base_cpu / pages * 1000:.1f}")
    say(
        "whole main job without start-up, ms per page",
        f"{one / pages * 1000:.1f}, CPU {cpu / pages * 1000:.1f}  "
        f"({one / base:.0%} of plain pdfplumber, CPU {cpu / base_cpu:.0%})",
    )
    say(
        "two workers without start-up, s instead of s of one",
        f"{two:.1f} instead of {one:.1f}  ({one / two:.2f} times)",
    )
    if not whole:
        return
    drawn = ingest(raw, 1, core=True, MINGZHANG_SITE_PICTURES="on")["wall"] - middle(runs)
    say("pictures for the site, drawn once, add, ms per page", f"{drawn / pages * 1000:.1f}")
    say("narrative, indicators and projects add to it", f"{middle(runs) / middle(tables) - 1:.0%}")
    say("recognising pages that are pictures adds to it", f"{middle(scans) / middle(runs) - 1:.0%}")
    with cluster() as address:
        if address:
            seconds = ingest(raw, 2, MINGZHANG_DASK=address)["seconds"]
            say("Dask on loopback, one scheduler, two workers, s", f"{seconds:.1f}")
        else:
            say("Dask on loopback", "not installed: uv sync --extra cluster")
    say("peak memory over these pages, MB", f"worker {runs[0]['worker_mb']}, parent {runs[0]['parent_mb']}")


def measure_additions(folder: Path, sizes: list[int], rounds: int) -> None:
    """Print the CPU seconds of one report added to so many, of a run with nothing new, and of the imports beside."""
    environment = {"MINGZHANG_SITE_PICTURES": "off"}
    imports = [python(f"{IMPORTS}\nprint('{{}}')", core=False)["cpu"] for _ in range(rounds)]
    dagster = [python("import dagster\nprint('{}')", core=False)["cpu"] for _ in range(rounds)]
    base = statistics.median(imports)
    say("importing polars, duckdb, dagster, great_expectations, CPU s", f"{base:.2f}")
    for reports in sizes:
        read = min(reports, additions.READ)
        source = additions.warehouse_of(read, folder)
        texts = folder / f"texts-{read}"
        if not texts.exists():
            texts_for(folder, read)
            python(INGEST, texts, source.warehouse, 2, "everything", core=False, **environment)
        there = additions.warehouse_of(reports, folder)
        if reports > read:
            additions.copied(source, there, reports // read)
            python(INGEST, texts, there.warehouse, 2, "everything", core=False, **environment)
        added, nothing = [], []
        for number in range(rounds):
            one = folder / f"added-{reports}-{number}"
            one.mkdir()
            (one / "one.txt").write_bytes(make_report(100_000 + number, "tabbed").data)
            given = (one, there.warehouse, 1, "everything")
            added.append(python(INGEST, *given, core=False, **environment)["cpu"])
            nothing.append(python(INGEST, *given, core=False, **environment)["cpu"])
        value = f"{statistics.median(added):.2f}, nothing new {statistics.median(nothing):.2f}"
        say(f"one report added to {reports:,}, CPU s", value)
    say("import dagster, CPU s", f"{statistics.median(dagster):.2f}")


def measure_memory(folder: Path, sizes: list[int]) -> None:
    """Print what memory so many reports take, and how long a run takes that finds nothing new."""
    for reports in sizes:
        with tempfile.TemporaryDirectory(prefix="mingzhang-bench-") as warehouse:
            texts = texts_for(folder, reports)
            first, again = (python(INGEST, texts, warehouse, 2, "everything", core=False) for _ in range(2))
        memory = f"worker {first['worker_mb']}, parent {first['parent_mb']}"
        times = f"{first['seconds']:.1f} s, nothing new {again['seconds']:.1f} s"
        say(f"peak memory at {reports} reports, MB", f"{memory}; {times}")


if __name__ == "__main__":
    main()
