"""`mingzhang explore`: answers, refusals, limits; in a real browser, and after the database was replaced."""

from __future__ import annotations

import csv
import io
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import duckdb
import pytest
import yaml
from playwright.sync_api import Browser, Page

from pipelines import explore
from pipelines.explore import page as explore_page
from pipelines.publish.ask import Answer, Unanswered, ask
from tests.browser import watch

pytestmark = pytest.mark.xdist_group("pages")  # one worker builds what they share

MINGZHANG = Path(sys.executable).parent / "mingzhang"
EXAMPLES = yaml.safe_load((Path(explore.__file__).parent / "examples.yml").read_text(encoding="utf-8"))
READ_ONLY = "仓库只读，不能写入或更改 / the warehouse is read-only, writes are refused"


@pytest.fixture(scope="module")
def database(samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the samples that tests may replace."""
    return Path(shutil.copy(samples / "mingzhang.duckdb", tmp_path_factory.mktemp("explore")))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["title"])
def test_saved_queries_run(database: Path, example: dict[str, str]) -> None:
    assert ask(database, example["sql"]).rows


def test_an_answer_is_exact(database: Path) -> None:
    answer = ask(database, "select amount from printed_total where amount = 136490700")
    assert (answer.columns, answer.rows, answer.is_cut) == (["amount"], [(Decimal("136490700.00"),)], False)
    assert ask(database, "pivot (from (select 1 as a, 2 as b)) on a using sum(b)").rows == [(2,)]


@pytest.mark.parametrize(
    "sql",
    [
        "create table x as select 1",
        "insert into meta select * from meta",
        "drop view expenditure",
        "copy meta to '/tmp/meta.csv'",
        "attach ':memory:' as other",
        "set threads = 1",
        "install httpfs",
        "pragma enable_profiling",
    ],
)
def test_writes_are_refused(database: Path, sql: str) -> None:
    with pytest.raises(Unanswered) as refused:
        ask(database, sql)
    assert str(refused.value) == READ_ONLY


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("select 1; select 2", "请写一条查询 / write one statement"),
        ("", "请写一条查询 / write one statement"),
        ("selec 1", "查询有误 / the query failed: Parser Error"),
        ("select * from read_csv('/etc/passwd')", "file system operations are disabled"),
    ],
)
def test_what_is_no_query_says_so(database: Path, sql: str, says: str) -> None:
    with pytest.raises(Unanswered, match=says):
        ask(database, sql)


def test_a_runaway_query_is_stopped(database: Path) -> None:
    started = time.monotonic()
    with pytest.raises(Unanswered, match=r"已中止 / stopped after 0\.5 seconds"):
        ask(database, "select count(*) from range(1000000000) as a, range(1000000) as b", most_seconds=0.5)
    assert time.monotonic() - started < 10
    answer = ask(database, "from range(1000000000)", most_rows=10)
    assert (len(answer.rows), answer.is_cut) == (10, True)


def test_no_text_of_the_file_is_a_formula(database: Path) -> None:
    sql = """select '=cmd|'' /C calc''!A0' as "=a", '@x' as b, '-1.50' as c, -2.5 as d, ['=1'] as e, '+1 x' as f"""
    text = ask(database, sql).csv()
    assert text.startswith("\ufeff")
    heads, values = csv.reader(io.StringIO(text.removeprefix("\ufeff")))
    assert heads[0] == "'=a"
    assert values == ["'=cmd|' /C calc'!A0", "'@x", "-1.50", "-2.5", '["=1"]', "'+1 x"]


def test_the_table_rounds_nothing() -> None:
    answer = Answer(["a", "a", "day"], [(Decimal("0.149839"), Decimal("1.50"), date(2024, 2, 29))], False, 0)
    frame = explore_page._frame(answer)
    shown = explore_page._columns(frame)
    assert frame.columns == ["a", "a (2)", "day"]
    assert [shown[name]["type_config"]["format"] for name in frame.columns] == ["%,.6f", "%,.2f", None]
    assert shown["day"]["type_config"]["type"] == "date"


@pytest.fixture(scope="module")
def address(database: Path) -> Iterator[str]:
    """The page, served by the real command."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [MINGZHANG, "explore", "--port", str(port), "--warehouse", database.parent]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        address = f"http://127.0.0.1:{port}/"
        for _ in range(120):
            try:
                with urlopen(f"{address}_stcore/health", timeout=5):
                    break
            except (URLError, ConnectionError, TimeoutError):
                time.sleep(0.5)
        yield address
        server.terminate()


def run(page: Page, sql: str) -> None:
    page.get_by_label("SQL").fill(sql)
    page.get_by_role("button", name="查询 / run").click()


def test_the_page(browser: Browser, address: str, database: Path, tmp_path: Path) -> None:
    watched = watch(browser, address, address.replace("http", "ws"), "data:", "blob:")
    page = watched.page
    page.goto(address)
    page.get_by_role("button", name="查询 / run").click(timeout=60_000)
    page.get_by_text("11 行 / rows").wait_for()
    page.get_by_test_id("stDataFrame").locator("canvas").first.wait_for()
    page.get_by_text("图 / chart").click()
    page.get_by_test_id("stVegaLiteChart").locator("svg, canvas").first.wait_for()

    run(page, "select '=cmd' as a, count(*) as b from dim_unit")
    page.get_by_text(re.compile("^1 行 / rows")).wait_for()
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()  # the button is the new one
    with page.expect_download() as download:
        page.get_by_role("button", name="下载 CSV / download").click()
    download.value.save_as(tmp_path / "answer.csv")
    assert (tmp_path / "answer.csv").read_text(encoding="utf-8-sig") == "a,b\n'=cmd,6\n"

    run(page, "delete from meta")
    page.get_by_text(READ_ONLY).wait_for()
    assert page.get_by_test_id("stDataFrame").count() == 0

    # the nightly swap: another file in its place
    new = database.with_name("new.duckdb")
    shutil.copy(database, new)
    with duckdb.connect(str(new)) as connection:
        connection.execute("update meta set built_at = ?", [datetime(2031, 2, 3, 4, 5, 6)])
    new.replace(database)
    run(page, "select unnest([1, 2, 3]) from meta where year(built_at) = 2031")
    page.get_by_text("3 行 / rows").wait_for()
    page.get_by_text("2031-02-03 04:05:06 UTC").wait_for()
    watched.clean()


def test_no_warehouse_yet(tmp_path: Path) -> None:
    with pytest.raises(Unanswered, match="还没有仓库，请先运行 mingzhang ingest / no warehouse yet"):
        ask(tmp_path / "mingzhang.duckdb", "select 1")
