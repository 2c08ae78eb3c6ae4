"""Files from people who mean harm: one clear message each, and everything else loads."""

from __future__ import annotations

import csv
import io
import logging
import os
import re
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import duckdb
import hostile
import pypdf
import pytest
import yaml
from dagster_readers import stubborn

from pipelines.collect.discover import Survey, discover, survey
from pipelines.core import logs
from pipelines.core.document import Line
from pipelines.core.recognising import listening
from pipelines.core.settings import Limits, Settings
from pipelines.core.tasks import Task
from pipelines.extraction.report import read_report
from pipelines.extraction.subprocess_pool import NoWorkerError, read_in_subprocess
from pipelines.formats.pdf.reader import read_pdf
from pipelines.orchestration import run
from pipelines.orchestration.outcome import Outcome
from pipelines.orchestration.run import ingest
from pipelines.publish.export import export
from pipelines.publish.output import harmless
from tests.corpus.generate import make_report

pytestmark = pytest.mark.xdist_group("hostile")  # one worker builds what they share

GOOD = ["jiangsu-npc-2018-budget.pdf", "wuhan-qiaokou-2023-final.pdf"]
SKIPPED = {"huge.txt": "file_too_large", "pipe.txt": "not_a_file", "loop.txt": "symlink", "out.txt": "symlink",
           "up": "symlink", "gone.txt": "file_vanished"}  # fmt: skip
ENCODINGS = {"gbk": "gbk", "gb18030": "gb18030", "utf-16": "utf-16", "utf-16-le": "utf-16-le", "utf-16-be": "utf-16-be"}


def text_report() -> str:
    return make_report(5, "tabbed", name="hostile").data.decode("utf-8-sig")


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, Outcome]:
    """Everything hostile in one folder with two good reports, one that opens without a password, and text dumps."""
    folder = tmp_path_factory.mktemp("hostile")
    raw = folder / "raw"
    raw.mkdir()
    hostile.make(raw)
    for name in GOOD:
        shutil.copy(hostile.RAW / name, raw / name)
    (raw / "readable.pdf").write_bytes(hostile.encrypted(""))
    (raw / "pdf.txt").write_bytes(hostile.SAMPLE + b"\n")
    for name, encoding in ENCODINGS.items():
        (raw / f"{name}.txt").write_bytes((text_report() + f"\n{name}\n").encode(encoding))
    (raw / "gone.txt").write_text("here a moment ago", encoding="utf-8")

    def find_and_lose(paths: list[Path], unpacked: Path) -> Survey:
        found = survey(paths, unpacked=unpacked)
        (raw / "gone.txt").unlink()
        return found

    limits = Limits(seconds=30, memory_mb=450)
    settings = Settings(folder / "warehouse", raw, workers=2, lock_wait=0, limits=limits, site_pictures=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run, "survey", find_and_lose)
        return settings, ingest([raw], settings)


def rows(settings: Settings, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(settings.database), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_each_has_one_record_with_its_reason(night: tuple[Settings, Outcome]) -> None:
    settings, outcome = night
    records: dict[str, list[str]] = {}
    for file in settings.quarantine.iterdir():
        record = yaml.safe_load(file.read_text(encoding="utf-8"))
        assert re.search(r"[一-鿿]", record["reason"]) and re.search(r"[a-z]{3} [a-z]", record["reason"]), record
        for name in record["file_names"]:
            records.setdefault(name, []).append(record["reason_code"])
    expected = {name: code for name, (_, code) in hostile.REFUSED.items()} | SKIPPED
    assert records.keys() == expected.keys() == outcome.reasons.keys()
    for name, codes in records.items():
        assert len(codes) == 1 and codes[0].endswith(expected[name]), (name, codes)


def test_the_others_load(night: tuple[Settings, Outcome]) -> None:
    settings, _ = night
    status = dict(rows(settings, "select unnest(file_names), status from dim_report where status <> 'quarantined'"))
    assert status.keys() == {*GOOD, "readable.pdf", "pdf.txt", *(f"{name}.txt" for name in ENCODINGS)}
    assert {status[name] for name in GOOD} <= {"loaded", "superseded"}
    counts = rows(
        settings,
        "select count(*) from published_cell join dim_report using (report_key) "
        "where format = 'txt' group by report_key",
    )
    assert len(counts) == len(ENCODINGS) and len(set(counts)) == 1 and counts[0][0] > 50
    assert rows(settings, "select exit_code from quality.run") == [(3,)]


def test_names_stay_names(night: tuple[Settings, Outcome]) -> None:
    settings, _ = night
    names = {name for (name,) in rows(settings, "select unnest(file_names) from dim_report")}
    assert {name for name in hostile.REFUSED if re.search(r"[\n'<{=.]", name)} <= names
    docs = "".join(page.read_text(encoding="utf-8") for page in settings.data_docs.rglob("*.html"))
    assert "<script>alert(1)" not in docs
    assert "&lt;script&gt;alert(1)" in docs


def test_a_second_look_reads_nothing_again_and_says_the_same(night: tuple[Settings, Outcome]) -> None:
    settings, before = night
    after = ingest([settings.raw], settings)
    assert after.unchanged
    assert after.reasons.keys() == before.reasons.keys() - {"gone.txt"}
    (settings.raw / "gone.txt").write_text("here a moment ago", encoding="utf-8")
    back = ingest([settings.raw], settings)
    assert not back.unchanged
    assert back.read == 1, "what vanished is read as soon as it is there"
    assert "消失" not in back.reasons["gone.txt"], "now it is read, and said to be no report"


def test_no_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "secret.txt").write_text("a", encoding="utf-8")

    def refuse(_: Path) -> tuple[str, int]:
        raise PermissionError

    if os.geteuid() == 0:  # root may read everything
        monkeypatch.setattr("pipelines.collect.discover.sha256", refuse)
    (tmp_path / "secret.txt").chmod(0)
    assert [(s.file_name, s.code) for s in survey([tmp_path]).skipped] == [("secret.txt", "unreadable")]


def task(path: Path) -> Task:
    row = discover([path]).row(0, named=True)
    return Task(path, row["report_key"], row["content_sha256"], "txt")


@pytest.mark.parametrize("what", ["hang", "hoard", "die"])
def test_a_reader_that_does_not_come_back_is_killed(tmp_path: Path, what: str) -> None:
    (tmp_path / "a.txt").write_text(what)
    (tmp_path / "b.txt").write_text("good")
    started = time.monotonic()
    with ThreadPoolExecutor(1) as pool:
        limits = Limits(seconds=3, memory_mb=300)
        bad, good = pool.map(lambda t: read_in_subprocess(t, stubborn, limits), map(task, sorted(tmp_path.iterdir())))
    codes = {"hang": "time_limit", "hoard": "memory_limit", "die": "reader_crashed"}
    assert bad.reading.code == codes[what]
    assert good.reading.report["status"][0] == "empty"
    assert 0 < good.peak_bytes < 300 * 2**20
    assert time.monotonic() - started < 30


def test_pages_that_are_recognised_are_given_time_and_told(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("pages")
    limits = Limits(seconds=1, page_seconds=1, memory_mb=300)
    told: list[bool] = []
    with listening(lambda: told.append(True)), ThreadPoolExecutor(1) as pool:
        there = task(tmp_path / "a.txt")
        long = pool.submit(read_in_subprocess, there, stubborn, limits).result()
        short = pool.submit(read_in_subprocess, there, stubborn, replace(limits, page_seconds=0)).result()
    assert long.reading.report["status"][0] == "empty"
    assert short.reading.code == "time_limit"
    assert 4 < len(told) < 8


def test_limits_grow_with_recognised_pages_up_to_a_bound() -> None:
    limits = Limits(seconds=300, page_seconds=10, memory_mb=512, ocr_memory_mb=500)
    assert [limits.seconds_with(pages) for pages in (0, 100, 10_000)] == [300, 1300, 7200]
    assert replace(limits, seconds=9000).seconds_with(10) == 9000
    assert [limits.memory_with(ocr=ocr) for ocr in (False, True)] == [512, 1012]


def test_a_process_that_does_not_start_condemns_no_report(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("good")
    with pytest.raises(NoWorkerError, match="memory"):
        read_in_subprocess(task(tmp_path / "a.txt"), stubborn, Limits(memory_mb=1))


def test_what_a_document_says_is_one_line_of_the_log(tmp_path: Path) -> None:
    handler = io.StringIO()
    logger = logging.getLogger("pipelines")
    before = logger.handlers, logger.propagate, logger.level
    logs.configure(Settings(tmp_path, tmp_path, workers=1, lock_wait=0), 1)
    [ours] = logger.handlers
    assert isinstance(ours, logging.StreamHandler)
    ours.setStream(handler)
    logger.info("broken \x1b[31m\n2026-01-01 ERROR forged", extra={"file": "a\n2026 ERROR b"})
    logger.handlers, logger.propagate = before[0], before[1]
    logger.setLevel(before[2])
    assert handler.getvalue().count("\n") == 1 and "\x1b" not in handler.getvalue()


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_signs_that_spreadsheets_run_are_taken_for_text(sign: str) -> None:
    assert harmless(f"{sign}cmd|' /C calc'!A0").startswith("'")
    assert harmless("-1,234.50") == "-1,234.50"


def text_of(content: bytes, folder: Path) -> str:
    path = folder / "a.pdf"
    path.write_bytes(content)
    document = read_pdf(path, lambda _: False, 10)
    return " ".join(block.text for block in document.blocks if isinstance(block, Line))


SEEN = b"BT /F1 12 Tf 72 700 Td (seen) Tj ET "
LAYER_OFF = b"/Properties << /L 7 0 R >>"


def hidden(kind: str) -> bytes:
    """A page with words that are seen, and words that are not."""
    words = b"BT /F1 12 Tf %s 72 600 Td (secret) Tj ET "
    if kind == "mode 3":
        return hostile.one_page(SEEN + words % b"3 Tr")
    if kind == "white":
        return hostile.one_page(SEEN + words % b"1 1 1 rg")
    if kind == "off the page":
        return hostile.one_page(SEEN + words.replace(b"72 600", b"72 -600") % b"")
    if kind == "outside the crop":
        return hostile.one_page(SEEN + words % b"", page=b"/CropBox [0 650 595 842]")
    if kind == "under a picture":
        picture = b"q 400 0 0 100 50 560 cm BI /W 1 /H 1 /CS /G /BPC 8 ID x EI Q "
        return hostile.one_page(words % b"" + picture + SEEN)
    marked = b"/OC /L BDC " + words % b"" + b"EMC "
    content = hostile.stream(SEEN + marked)
    return hostile.pdf(
        [
            b"<< /Type /Catalog /Pages 2 0 R /OCProperties << /OCGs [6 0 R] /D << /OFF [6 0 R] >> >> >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
            b"/Resources << /Font << /F1 5 0 R >> /Properties << /L 6 0 R >> >> >>",
            content,
            hostile.FONT,
            b"<< /Type /OCG /Name (draft) >>",
        ]
    )


@pytest.mark.parametrize("kind", ["mode 3", "white", "off the page", "outside the crop", "under a picture", "layer"])
def test_what_nobody_sees_is_not_read(kind: str, tmp_path: Path) -> None:
    assert text_of(hidden(kind), tmp_path) == "seen"


def test_a_background_picture_hides_nothing(tmp_path: Path) -> None:
    picture = b"q 595 0 0 842 0 0 cm BI /W 1 /H 1 /CS /G /BPC 8 ID x EI Q "
    assert text_of(hostile.one_page(picture + SEEN), tmp_path) == "seen"


@pytest.mark.parametrize("turned", ["flag", "content"])
@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_sideways_pages_are_read_upright(tmp_path: Path, turned: str, degrees: int) -> None:
    def read(file: Path) -> list[tuple[object, ...]]:
        cells = read_report(file, "key", "hash", "pdf").cells
        return sorted(cells.select("form", "side", "row_no", "measure", "amount").rows())

    writer = pypdf.PdfWriter(clone_from=hostile.RAW / GOOD[0])
    for page in writer.pages:
        page.rotate(degrees)
        if turned == "content":
            page.transfer_rotation_to_content()
    writer.write(tmp_path / "turned.pdf")
    assert read(tmp_path / "turned.pdf") == read(hostile.RAW / GOOD[0])


def test_boxes_of_a_sideways_page_stand_where_it_shows_them(tmp_path: Path) -> None:
    writer = pypdf.PdfWriter(clone_from=hostile.RAW / GOOD[0])
    for page in writer.pages:
        page.rotate(90)
    writer.write(tmp_path / "turned.pdf")
    upright = read_report(hostile.RAW / GOOD[0], "key", "hash", "pdf").cells.row(0, named=True)
    turned = read_report(tmp_path / "turned.pdf", "key", "hash", "pdf").cells.row(0, named=True)
    height = float(pypdf.PdfReader(hostile.RAW / GOOD[0]).pages[upright["page"] - 1].mediabox.height)
    assert turned["top"] == pytest.approx(upright["x0"], abs=0.02)
    assert turned["x1"] == pytest.approx(height - upright["top"], abs=0.02)


@pytest.mark.parametrize("number", ["1e400", "NaN", "1,23,4.5", "99999999999999999999.99", "Infinity", "-"])
def test_numbers_nobody_can_mean_are_findings(tmp_path: Path, number: str) -> None:
    text = text_report()
    lines = text.splitlines()
    row = next(i for i, line in enumerate(lines) if re.match(r"\d{7}\t", line))
    value = re.findall(r"\d[\d,]*\.\d+", lines[row])[0]
    lines[row] = lines[row].replace(value, number, 1)
    path = tmp_path / "a.txt"
    path.write_text("\n".join(lines), encoding="utf-8")
    reading = read_report(path, "key", "hash", "txt")
    assert reading.report["status"][0] == "loaded", reading.report["reason"][0]
    assert all(abs(v) < Decimal(10) ** 16 for v in reading.cells["value"])
    if number != "-":
        said = " ".join(filter(None, reading.tables["unread"]))
        raw = " ".join(reading.cells["raw_text"])
        assert number in said or number in raw, said


def test_csv_files_hold_no_formulas(night: tuple[Settings, Outcome], tmp_path: Path) -> None:
    settings, _ = night
    with duckdb.connect(str(settings.database), read_only=True) as connection:
        export(connection, tmp_path, "csv")
    with (tmp_path / "dim_report.csv").open(encoding="utf-8", newline="") as file:
        names = [row["file_name"] for row in csv.DictReader(file)]
    assert "'=cmd|' C calc'!A0.txt" in names
    assert "{{7*7}}%s%n.txt" in names and "换\n行.txt" in names
    assert not any(name.startswith("=") for name in names)
