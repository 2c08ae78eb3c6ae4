"""Questions of an assistant to the warehouse, each in a process that is ended when its time is up."""

from __future__ import annotations

import json
import signal
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

import anyio

from pipelines.publish.ask import Unanswered

MOST_ROWS = 1_000
MOST_SECONDS = 20.0
MOST_BYTES = 200_000
"""Of an answer in UTF-8: some 60,000 Chinese characters, more than an assistant can weigh."""

GRACE_SECONDS = 5
"""Between the interruption of a query and the end of its process: some functions look up only when they are done."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question: the database, SQL, and the most rows, seconds and bytes of its answer."""

    database: str
    sql: str
    most_rows: int = MOST_ROWS
    most_seconds: float = MOST_SECONDS
    most_bytes: int = MOST_BYTES


async def put(question: Question) -> str:
    """Give the answer to a question as text; whoever no longer waits for it ends the process.

    Raises:
        Unanswered: It is refused, fails, takes too long or needs too much memory; the error says which.
    """
    too_long = f"查询超过 {question.most_seconds:g} 秒，已中止 / stopped after {question.most_seconds:g} seconds"
    try:
        with anyio.fail_after(question.most_seconds + 2 * GRACE_SECONDS):
            done = await anyio.run_process(
                [sys.executable, "-m", "pipelines.assistant.worker"],
                input=json.dumps(asdict(question)).encode(),
                check=False,
                cwd=Path(__file__).parents[2],
            )
    except TimeoutError:
        raise Unanswered(too_long) from None
    try:
        said = json.loads(done.stdout)
    except ValueError:
        sys.stderr.buffer.write(done.stderr[-2_000:])
        raise Unanswered(
            too_long
            if done.returncode == -signal.SIGALRM
            else "查询耗尽内存或使程序崩溃 / the query ran out of memory or crashed"
        ) from None
    if "refused" in said:
        raise Unanswered(said["refused"])
    answer: str = said["answer"]
    return answer
