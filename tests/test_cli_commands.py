"""The command line: exit codes, what it prints, and that nothing gets out of a read-only query."""

from __future__ import annotations

import csv
import json
import re
import shutil
import subprocess
import sys
import zipfile
from decimal import Decimal
from io import StringIO
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from pipelines.cli.app import app
from pipelines.collect.samples import SAMPLE_FOLDER as RAW
from pipelines.core.settings import Settings
from pipelines.orchestration import run
from pipelines.orchestration import run_state as state
from pipelines.orchestration.run import ingest
from pipelines.orchestration.writer_lock import writer_lock

pytestmark = pytest.mark.xdist_group("cli_commands")  # one worker builds what they share

SAMPLE = RAW / "jiangsu-npc-2018-budget.pdf"
HEAVY = {"dagster", "great_expectations", "pandas", "polars", "duckdb", "pdfplumber"}


def call(*arguments: object) -> tuple[int, str]:
    result = CliRunner(env={"COLUMNS": "200", "MINGZHANG_LOCK_WAIT": "0"}).invoke(app, [str(a) for a in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One sample PDF and one file nobody can read, under names that try to get out of quotes."""
    folder = tmp_path_factory.mktemp("cli")
    raw = folder / "raw"
    raw.mkdir()
    shutil.copy(SAMPLE, raw / "=cmd|'; drop table <b>[red].pdf")
    (raw / "broken.pdf").write_bytes(b"%PDF-1.7\nnothing")
    (raw / "later.pptx").write_bytes(b"")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(state, "code_digest", lambda: "the same code")
        settings = Settings.from_environment(folder / "warehouse", workers=2)
        first = ingest([raw], settings)
        again = ingest([raw], settings)
    assert first.given_quarantined == again.given_quarantined == ["broken.pdf"]
    assert [skipped.code for skipped in first.skipped] == ["unsupported_format"]
    assert (first.read, first.unchanged) == (2, False)
    assert (again.read, again.unchanged) == (0, True)
    assert first.cells == again.cells > 100
    return settings.warehouse


def test_help_is_quick() -> None:
    code = f"import sys, pipelines.cli; print({HEAVY!r} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
    assert call("--help")[0] == 0


def test_a_path_that_is_not_there_changes_nothing(tmp_path: Path) -> None:
    code, text = call("ingest", tmp_path / "nothing", "--warehouse", tmp_path / "w")
    assert code == 2
    assert "无法读取路径" in text and "cannot read this path" in text
    assert not (tmp_path / "w").exists()


@pytest.mark.parametrize("arguments", [["ingest", "--workers", "0"], ["ingest", "--nonsense"], ["nonsense"]])
def test_wrong_usage(arguments: list[str]) -> None:
    assert call(*arguments)[0] == 2


def test_a_format_without_a_reader_is_wrong_usage(tmp_path: Path) -> None:
    (tmp_path / "a.dwg").write_bytes(b"")
    assert call("ingest", tmp_path / "a.dwg", "--warehouse", tmp_path / "w")[0] == 2


def test_a_second_ingest_gives_up_waiting(tmp_path: Path) -> None:
    with writer_lock(tmp_path / "ingest.lock", 0):
        code, text = call("ingest", RAW, "--warehouse", tmp_path)
    assert code == 4
    assert "another ingest holds the warehouse" in text


def test_a_failed_run_leaves_the_database(warehouse: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    copy = tmp_path / "w"
    shutil.copytree(warehouse, copy)
    before = (copy / "mingzhang.duckdb").read_bytes()

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("no space left")

    monkeypatch.setattr(run, "_materialize", fail)
    code, text = call("ingest", RAW / "wuhan-qiaokou-2023-final.pdf", "--warehouse", copy)
    assert code == 1
    assert "no space left" in text
    assert (copy / "mingzhang.duckdb").read_bytes() == before
    assert "no space left" in (copy / "ingest-error.log").read_text(encoding="utf-8")


def test_commands_without_a_warehouse_say_so(tmp_path: Path) -> None:
    for arguments in (["status"], ["query", "select 1"], ["trace", "x"], ["export", "--out", str(tmp_path / "out")]):
        code, text = call(*arguments, "--warehouse", tmp_path / "w")
        assert code == 2
        assert "mingzhang ingest" in text


def test_status_shows_reports_and_the_last_run(warehouse: Path) -> None:
    code, text = call("status", "--warehouse", warehouse)
    assert code == 0
    assert "quarantined" in text and "broken.pdf" in text and "reports_read" in text


@pytest.mark.parametrize(("command", "program"), [("dev", "dagster"), ("serve web", "dagster-webserver")])
def test_servers_listen_on_this_machine_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str, program: str
) -> None:
    started: list[tuple[Path, list[str], dict[str, str]]] = []
    monkeypatch.setattr("os.execve", lambda *arguments: started.append(arguments))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DAGSTER_SENSOR_GRPC_TIMEOUT_SECONDS", "90")
    call(*command.split(), "--warehouse", tmp_path / "warehouse")
    [(executable, arguments, environment)] = started
    assert executable.name == program and executable.exists()
    assert arguments[arguments.index("-h") + 1] == "127.0.0.1"
    assert environment["DAGSTER_SCHEDULE_GRPC_TIMEOUT_SECONDS"] == "1800", "a tick may read a slow disk"
    assert environment["DAGSTER_SENSOR_GRPC_TIMEOUT_SECONDS"] == "90", "what the operator says counts"


def test_query_formats(warehouse: Path) -> None:
    sql = "select 0.10::decimal(18,2) amount, null nothing, '=1+1,\"x\"' name, [1, 2] list"
    assert json.loads(call("query", sql, "--format", "json", "--warehouse", warehouse)[1], parse_float=Decimal) == [
        {"amount": Decimal("0.10"), "nothing": None, "name": '=1+1,"x"', "list": [1, 2]}
    ]
    rows = list(csv.reader(StringIO(call("query", sql, "--format", "csv", "--warehouse", warehouse)[1])))
    assert rows == [["amount", "nothing", "name", "list"], ["0.10", "", '=1+1,"x"', "[1, 2]"]]
    code, text = call("query", "select file_name from dim_report", "--warehouse", warehouse)
    assert code == 0
    assert "[red]" in text, "names are text, not markup"


@pytest.mark.parametrize(
    "sql",
    [
        "delete from dim_report",
        "create table x (y int)",
        "copy dim_report to '/tmp/mingzhang-test.csv'",
        "copy dim_report to '{warehouse}/mingzhang.duckdb.wal'",
        "select * from read_text('/etc/passwd')",
        "attach '/tmp/mingzhang-test.duckdb'",
        "set enable_external_access = true",
        "select",
    ],
)
def test_a_query_only_reads(warehouse: Path, sql: str) -> None:
    code, text = call("query", sql.format(warehouse=warehouse), "--warehouse", warehouse)
    assert code == 2
    assert "the query failed" in text
    assert not (warehouse / "mingzhang.duckdb.wal").exists()


def test_a_query_from_a_file_with_parameters_into_a_file(warehouse: Path, tmp_path: Path) -> None:
    asked = tmp_path / "asked.sql"
    asked.write_text("select $said as said, 7 = $n as seven", encoding="utf-8")
    given = ["query", "--file", asked, "-p", "said=三公", "-p", "n=7", "--warehouse", warehouse]
    plain, excel, listed = (tmp_path / name for name in ("plain.csv", "excel.csv", "listed.json"))
    assert call(*given, "-o", plain)[0] == call(*given, "-o", excel, "--bom")[0] == call(*given, "-o", listed)[0] == 0
    assert plain.read_text(encoding="utf-8") == "said,seven\n三公,True\n"
    assert excel.read_bytes() == b"\xef\xbb\xbf" + plain.read_bytes()
    assert json.loads(listed.read_text(encoding="utf-8")) == [{"said": "三公", "seven": True}]
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["select 1", "--file", "asked.sql"], "either SQL or --file"),
        (["--file", "nowhere.sql"], "cannot read the SQL"),
        (["select $n", "-p", "n"], "NAME=VALUE"),
        (["select 1", "-o", "answer.doc"], ".csv or .json"),
        (["select 1", "-o", "nowhere/answer.csv"], "cannot write the answer"),
    ],
)
def test_what_query_cannot_do(warehouse: Path, tmp_path: Path, arguments: list[str], words: str) -> None:
    paths = [tmp_path / said if said.endswith((".sql", ".csv", ".doc")) else said for said in arguments]
    code, text = call("query", *paths, "--warehouse", warehouse)
    assert (code, words in text) == (2, True)


def test_a_query_from_standard_input(warehouse: Path) -> None:
    done = subprocess.run(
        [Path(sys.executable).parent / "mingzhang", "query", "--format", "csv", "--warehouse", warehouse],
        input="select 1 as one",
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "one\n1\n"


@pytest.mark.parametrize("sql", ["", ";", "select 1; select 2"])
def test_a_query_is_one_statement(warehouse: Path, sql: str) -> None:
    code, text = call("query", sql, "--warehouse", warehouse)
    assert code == 2
    assert "write one statement" in text


def test_a_long_table_is_cut_and_says_so(warehouse: Path) -> None:
    sql = "select range as n from range(1001)"
    code, text = call("query", sql, "--warehouse", warehouse)
    assert code == 0
    assert "│ 999 │" in text and "│ 1000 │" not in text and "the first 1,000 rows" in text
    whole = call("query", sql, "--format", "csv", "--warehouse", warehouse)[1]
    assert whole.splitlines()[-1] == "1000"
    assert "the first" not in call("query", "from range(1000)", "--warehouse", warehouse)[1]


def test_where_nothing_can_be_written_it_says_so(warehouse: Path, tmp_path: Path) -> None:
    key = one(warehouse, "select min(cell_key) from published_cell")
    code, text = call("trace", key, "--out", tmp_path, "--warehouse", warehouse)
    assert (code, "cannot write the picture" in text) == (2, True)
    (tmp_path / "file").write_text("")
    for format in ("parquet", "csv", "xlsx"):
        code, text = call("export", "--format", format, "--out", tmp_path / "file" / "x", "--warehouse", warehouse)
        assert (code, "cannot write the files" in text) == (2, True)
    (tmp_path / "mingzhang.xlsx").mkdir()
    code, text = call("export", "--format", "xlsx", "--out", tmp_path, "--warehouse", warehouse)
    assert (code, "cannot write the files" in text) == (2, True)


def one(warehouse: Path, sql: str) -> object:
    with duckdb.connect(str(warehouse / "mingzhang.duckdb"), read_only=True) as connection:
        row = connection.execute(sql).fetchone()
    assert row is not None
    return row[0]


def test_trace_says_where_a_number_stands(warehouse: Path, tmp_path: Path) -> None:
    key = one(warehouse, "select cell_key from published_cell where amount > 0 order by cell_key limit 1")
    raw_text = one(warehouse, f"select raw_text from published_cell where cell_key = '{key}'")
    picture = tmp_path / "cell.png"
    code, text = call("trace", key, "--out", picture, "--warehouse", warehouse)
    assert code == 0
    assert str(raw_text) in text and "drop table <b>[red].pdf" in text
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert call("trace", "nothing", "--warehouse", warehouse)[0] == 2


@pytest.mark.parametrize("format", ["parquet", "csv"])
def test_export_writes_facts_dimensions_and_dictionary(warehouse: Path, tmp_path: Path, format: str) -> None:
    assert call("export", "--format", format, "--out", tmp_path, "--warehouse", warehouse)[0] == 0
    names = {file.stem for file in tmp_path.iterdir()}
    assert {"dim_unit", "dim_subject", "fact_expenditure", "fact_revenue", "data_dictionary"} <= names
    count = duckdb.execute(f"select count(*) from '{tmp_path}/fact_expenditure.{format}'").fetchone()
    assert count == (one(warehouse, "select count(*) from fact_expenditure"),)


def test_xlsx_export_is_a_workbook_without_formulas(warehouse: Path, tmp_path: Path) -> None:
    code, _ = call("export", "--format", "xlsx", "--out", tmp_path, "--warehouse", warehouse)
    assert code == 0
    with zipfile.ZipFile(tmp_path / "mingzhang.xlsx") as book:
        sheets = re.findall(r'<sheet name="(\w+)"', book.read("xl/workbook.xml").decode())
        pages = [book.read(n).decode() for n in book.namelist() if n.startswith("xl/worksheets/sheet")]
    assert {"fact_expenditure", "fact_revenue", "dim_unit", "data_dictionary"} <= set(sheets)
    assert all("<f>" not in page and 'state="frozen"' in page for page in pages)
    assert "金额" in "".join(pages)


def test_quarantine_explains_itself(warehouse: Path) -> None:
    [record] = (warehouse / "quarantine").iterdir()
    text = record.read_text(encoding="utf-8")
    assert "broken.pdf" in text and "reason_code" in text and "next" in text


def asked(warehouse: Path, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(warehouse / "mingzhang.duckdb"), read_only=True) as connection:
        return connection.execute(sql).fetchall()


@pytest.fixture
def found(warehouse: Path, tmp_path: Path) -> Path:
    """The warehouse with findings, one of them about text that tries to colour and to move the cursor."""
    shutil.copy(warehouse / "mingzhang.duckdb", tmp_path)
    with duckdb.connect(str(tmp_path / "mingzhang.duckdb")) as connection:
        connection.execute("delete from quality.finding")
        connection.execute(
            """
            insert into quality.finding by name
            select report_key, rule_id, class, severity, 'expenditure' as form, 100 as printed, 99 as expected,
                1 as difference, message, ['a', 'b'] as cell_keys
            from dim_report, (values
                ('r1', 'rounding', 'info', '舍入'),
                ('r2', 'arithmetic', 'error', '[red]差[/red]' || chr(27) || '[2J一元'),
                ('r3', 'missing', 'warning', '空白')
            ) as t (rule_id, class, severity, message)
            where status = 'loaded'
            """
        )
    return tmp_path


def test_findings_can_be_narrowed(found: Path) -> None:
    code, text = call("findings", "--warehouse", found, "--format", "json")
    rows = json.loads(text)
    assert code == 0
    assert [row["severity"] for row in rows] == ["error", "warning", "info"]
    assert (rows[0]["printed"], rows[0]["expected"], rows[0]["cell_keys"]) == (100, 99, ["a", "b"])
    for name in (rows[0]["report_key"], "=cmd|'; drop table <b>[red].pdf", "江苏省人大常委会"):
        assert json.loads(call("findings", "--report", name, "--warehouse", found, "--format", "json")[1]) == rows
    narrow = ["--severity", "warning", "--severity", "error", "--class", "missing", "--format", "csv"]
    assert [r["rule_id"] for r in csv.DictReader(StringIO(call("findings", *narrow, "--warehouse", found)[1]))] == [
        "r3"
    ]


def test_findings_show_text_as_text(found: Path) -> None:
    code, text = call("findings", "--warehouse", found, "--class", "arithmetic")
    assert code == 0
    assert "[red]差[/red]" in text and "[red].pdf" in text
    assert "\x1b[2J" not in text


def test_findings_of_nobody_are_wrong_usage(found: Path) -> None:
    assert call("findings", "--report", "nobody", "--warehouse", found)[0] == 2
    assert call("findings", "--severity", "grave", "--warehouse", found)[0] == 2
    assert call("findings", "--warehouse", found / "nowhere")[0] == 2


def test_a_file_that_is_gone_cannot_be_retried(
    warehouse: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(state, "code_digest", lambda: "the same code")
    copy = tmp_path / "w"
    shutil.copytree(warehouse, copy)
    broken = warehouse.parent / "raw" / "broken.pdf"
    content = broken.read_bytes()
    broken.unlink()
    try:
        code, text = call("retry", "broken.pdf", "--warehouse", copy)
    finally:
        broken.write_bytes(content)
    assert code == 3
    assert "broken.pdf" in text and "the file is gone" in text


def test_only_what_is_in_quarantine_can_be_retried(warehouse: Path) -> None:
    assert call("retry", "nobody.pdf", "--warehouse", warehouse)[0] == 2
    code, text = call("retry", "=cmd|'; drop table <b>[red].pdf", "--warehouse", warehouse)
    assert code == 2 and "not in quarantine" in text
    with writer_lock(warehouse / "ingest.lock", 0):
        assert call("retry", "--warehouse", warehouse)[0] == 4
