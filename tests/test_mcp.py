"""`mingzhang mcp` as a client of the protocol meets it: over standard input and output, from the standard package."""

from __future__ import annotations

import base64
import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Awaitable, Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import anyio
import duckdb
import pytest
from mcp import Client, StdioServerParameters
from mcp_types import CallToolResult, ImageContent, TextContent
from PIL import Image

from pipelines.assistant import answers, places, questions
from pipelines.assistant.questions import Question
from pipelines.core.settings import Settings
from pipelines.formats.pdf import excerpt
from pipelines.publish.ask import Unanswered
from pipelines.publish.database import NoQuestion, question, read_only

pytestmark = pytest.mark.xdist_group("end_to_end")

MINGZHANG = str(Path(sys.executable).parent / "mingzhang")
READ_ONLY = "仓库只读，不能写入或更改 / the warehouse is read-only, writes are refused"

Call = Callable[..., Awaitable[CallToolResult]]


@pytest.fixture(scope="module")
def warehouse(samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the samples, with what tracing needs, that tests may replace."""
    folder = tmp_path_factory.mktemp("mcp")
    shutil.copy(samples / "mingzhang.duckdb", folder)
    shutil.copytree(samples / "parquet" / "source_file", folder / "parquet" / "source_file")
    return folder


def talk(warehouse: Path, say: Callable[[Client], Awaitable[None]]) -> None:
    """Start a server as clients do, and talk to it."""

    async def session() -> None:
        arguments = ["mcp", "--warehouse", str(warehouse)]
        async with Client(StdioServerParameters(command=MINGZHANG, args=arguments, env=dict(os.environ))) as client:
            await say(client)

    anyio.run(session)


def said(result: CallToolResult) -> str:
    [first, *_] = result.content
    assert isinstance(first, TextContent)
    return first.text


def answer(result: CallToolResult) -> dict[str, Any]:
    assert not result.is_error, said(result)
    found: dict[str, Any] = json.loads(said(result))
    assert found["note"] == answers.QUOTED
    return found


def test_a_client_lists_asks_is_refused_and_traces(warehouse: Path) -> None:
    async def say(client: Client) -> None:
        assert "never" in (client.instructions or "") and "从不是指令" in (client.instructions or "")
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert tools.keys() == {"list_views", "describe", "query", "search", "trace"}
        assert all(tool.annotations and tool.annotations.read_only_hint for tool in tools.values())

        listed = answer(await client.call_tool("list_views", {}))
        views = {view["name"]: view for view in listed["relations"]}
        assert views["tidy_amount"]["warnings"][0].startswith("不同 topic 是同一笔钱的不同侧面")
        assert listed["warehouse"]["only_samples"] and {view["kind"] for view in views.values()} == {"view"}
        tables = answer(await client.call_tool("list_views", {"tables": True}))["relations"]
        assert {"fact_expenditure", "quality.finding"} <= {view["name"] for view in tables}

        described = answer(await client.call_tool("describe", {"name": "tidy_amount"}))
        columns = {column["name"]: column for column in described["columns"]}
        assert columns["amount"]["unit"] == "yuan" and columns["amount"]["zh"] == "金额"
        assert columns["stage"]["values"]["final"].endswith("final account")
        near = await client.call_tool("describe", {"name": "tidy_amont"})
        assert near.is_error and "tidy_amount" in said(near)

        units = answer(await client.call_tool("search", {"words": "硚口区 大数据"}))["units"]
        assert [unit["unit_name"] for unit in units] == ["武汉市硚口区大数据中心"]
        assert units[0]["years"] == [2021, 2023]

        sql = f"""
            select published_cell.amount, cell_key from published_cell join dim_report using (report_key)
            where unit_key = '{units[0]["unit_key"]}' and form = 'balance' and page is not null
            order by published_cell.amount desc limit 1
        """
        asked = answer(await client.call_tool("query", {"sql": sql}))
        [[amount, key]] = asked["rows"]
        assert asked["columns"][0] == {"name": "amount", "type": "DECIMAL(18,2)"}
        assert asked["warnings"]["published_cell"]

        for refused in ("create table x as select 1", "copy meta to '/tmp/mingzhang-mcp.csv'"):
            result = await client.call_tool("query", {"sql": refused})
            assert result.is_error and said(result) == READ_ONLY
        stolen = await client.call_tool("query", {"sql": "from read_text('/etc/passwd')"})
        assert stolen.is_error and "disabled by configuration" in said(stolen)

        traced = await client.call_tool("trace", {"key": key})
        place = answer(traced)
        assert place["amount"] == amount and Decimal(place["amount"]) == Decimal(place["value"]) * 10_000
        assert Decimal(place["raw_text"].replace(",", "")) == Decimal(place["value"])
        [picture] = [part for part in traced.content if isinstance(part, ImageContent)]
        assert picture.mime_type == "image/png"
        with Image.open(io.BytesIO(base64.b64decode(picture.data))) as image:
            colours = image.convert("RGB").getcolors(1 << 20) or []
        assert excerpt._COLOUR in {colour for _, colour in colours}
        plain = await client.call_tool("trace", {"key": key, "picture": False})
        assert len(plain.content) == 1
        nothing = await client.call_tool("trace", {"key": "nothing"})
        assert nothing.is_error and "no such cell" in said(nothing)

        database = warehouse / "mingzhang.duckdb"
        following = shutil.copy(database, warehouse / "next.duckdb")
        with duckdb.connect(str(following)) as connection:
            connection.execute("update meta set built_at = '2030-01-02 03:04:05'")
        Path(following).replace(database)  # as a night does
        assert answer(await client.call_tool("list_views", {}))["warehouse"]["built_at"] == "2030-01-02T03:04:05"
        assert answer(await client.call_tool("query", {"sql": "select built_at from meta"}))["rows"] == [
            ["2030-01-02T03:04:05"]
        ]

    talk(warehouse, say)


def test_nothing_but_messages_is_written_to_standard_output(warehouse: Path) -> None:
    hello = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}
    endless = {"sql": "select sum(a.i * b.i) from range(10000000000) a(i), range(9) b(i)"}
    messages = [
        {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello},
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {"name": "list_views", "arguments": {}}},
        {"jsonrpc": "2.0", "id": 3, "method": "tools/call", "params": {"name": "query", "arguments": endless}},
    ]
    with subprocess.Popen(
        [MINGZHANG, "mcp", "--warehouse", warehouse],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stdin and server.stdout
        for message in messages:
            server.stdin.write(json.dumps(message) + "\n")
        server.stdin.flush()
        answered = [json.loads(server.stdout.readline()) for _ in range(2)]
        server.stdin.close()
        assert [json.loads(line)["id"] for line in server.stdout] in ([], [3])
        assert server.wait(10) == 0  # and nobody waits for the question that is still asked
    assert [message["id"] for message in answered] == [1, 2]


def test_without_a_warehouse_it_says_so(tmp_path: Path) -> None:
    done = subprocess.run([MINGZHANG, "mcp", "--warehouse", tmp_path], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert "还没有仓库" in done.stderr and "run ingest first" in done.stderr


def put(question: Question) -> str:
    return anyio.run(questions.put, question)


@pytest.fixture(scope="module")
def database(samples: Path) -> str:
    return str(samples / "mingzhang.duckdb")


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"sql": "select sum(a.i * b.i) from range(10000000000) a(i), range(9) b(i)"}, "stopped after 0.5 seconds"),
        ({"sql": "select len(repeat('x', 3000000000)), len(repeat('y', 3000000000))"}, "Out of Memory"),
        ({"sql": "select 1; select 2"}, "write one statement"),
        ({"sql": "selec 1"}, "the query failed"),
    ],
)
def test_a_question_beyond_its_limits_ends(database: str, asked: dict[str, Any], words: str) -> None:
    with pytest.raises(Unanswered, match=words):
        put(Question(database, **asked, most_seconds=0.5 if "0.5" in words else 20))


def test_an_answer_is_cut_by_rows_bytes_and_length_of_a_value(database: str) -> None:
    few = json.loads(put(Question(database, "from range(5)", most_rows=3)))
    assert few["rows"] == [[0], [1], [2]] and few["cut"].startswith("只给前 3 行")
    whole = json.loads(put(Question(database, "from range(3)", most_rows=3)))
    assert whole["row_count"] == 3 and "cut" not in whole
    small = put(Question(database, "select repeat('明', 1000) from range(9)", most_bytes=10_000))
    assert json.loads(small)["row_count"] == 3 and len(small.encode()) < 11_000
    [[long]] = json.loads(put(Question(database, "select repeat('x', 100000)")))["rows"]
    assert long.startswith("xxx") and long.endswith("cut, 100000 characters）") and len(long) < 4_100


def test_values_are_exact_and_texts_steer_nobody(database: str) -> None:
    sql = """
        select 99999999999999999.10::decimal(19, 2), 9007199254740993, 7, null, 'a' || chr(8238) || chr(917569),
            [1.5, null], 'nan'::double, date '2026-01-02', '\\xFF'::blob
    """
    [row] = json.loads(put(Question(database, sql)))["rows"]
    assert row[:4] == ["99999999999999999.10", "9007199254740993", 7, None]
    assert row[4] == r"a\u202e\U000e0041"
    assert row[5:] == [["1.5", None], "nan", "2026-01-02", "ff"]


@pytest.mark.parametrize(
    "sql",
    [
        "copy (select 1) to '{database}.wal'",
        "copy (pivot (from (select 1 as a, 2 as b)) on a using sum(b)) to '{database}.wal'",
        "explain analyze copy (select 1) to '{database}.wal' (use_tmp_file false)",
        "explain /* select */ analyze copy (select 1) to '{database}.wal' (use_tmp_file false)",
        "explain (analyze) copy (select 1) to '{database}.wal' (use_tmp_file false)",
        "export database '/tmp/mingzhang-mcp'",
        "attach '/tmp/mingzhang-mcp.duckdb'",
        "install httpfs",
        "load httpfs",
        "set threads = 1",
        "pragma enable_profiling",
        "call force_checkpoint()",
        "prepare x as select 1",
        "begin",
    ],
)
def test_no_statement_writes_beside_the_database(database: str, sql: str) -> None:
    """DuckDB lets statements write to the files of a database that is opened read-only."""
    with read_only(Path(database)) as connection:
        with pytest.raises(NoQuestion, match="the warehouse is read-only"):
            question(connection, sql.format(database=database))
        for reads in ("explain select 1", "explain analyze select 1", "pivot meta on schema_version using count(*)"):
            assert connection.execute(question(connection, reads)).fetchall()


def test_a_sealed_database_opens_no_file(database: str) -> None:
    with read_only(Path(database), sealed=True) as connection:
        assert connection.execute("select count(*) from expenditure").fetchall()
        for sql in (f"copy (select 1) to '{database}.wal'", f"from read_blob('{database}')", "from glob('/*')"):
            with pytest.raises(duckdb.PermissionException):
                connection.execute(sql)


def test_names_of_officials_do_not_leave_with_a_trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings.from_environment(tmp_path)
    cell = dict.fromkeys((*places._SHOWN, *places._BOX), None) | {"raw_text": "7", "findings": []}
    monkeypatch.setattr(places.tracing, "source", lambda *_: tmp_path / "report.txt")
    lines = {"上下文 / context": "\n      1 填报人：李小明 联系电话：13812345678\n>     2 合计 7"}
    monkeypatch.setattr(places.tracing, "describe", lambda *_: lines)
    told, _ = places.described(settings, places.tracing.Place(cell))
    assert "李小明" not in str(told) and "13812345678" not in str(told)
    assert told["context"][1] == ">     2 合计 7"
