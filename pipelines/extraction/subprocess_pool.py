"""Read reports in subprocesses that are killed when one takes too long or too much memory.

`read_in_subprocess` is what an executor runs. Each thread of the executor keeps one worker process and hands it one
report at a time, so that a process that dies or is killed costs exactly the report it was reading. It makes no
difference whether the executor is a thread pool here or a Dask cluster elsewhere.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import pickle
import select
import signal
import subprocess
import sys
import tempfile
import threading
import time
import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from pipelines.core.recognising import page_begins
from pipelines.core.settings import Limits
from pipelines.core.tasks import Spot
from pipelines.extraction.worker import HEADER, PAGE, send
from pipelines.formats.registry import reread

if TYPE_CHECKING:
    from pipelines.core.tasks import Reader, Task

_MIB = 1024 * 1024
_POLL_SECONDS = 0.05
_START_SECONDS = 120
_ABORTS = (signal.SIGABRT, signal.SIGTRAP, signal.SIGILL)  # what libraries do when memory is out
_READS_PER_PROCESS = 500  # parsers keep fonts; a fresh process is cheaper than finding out which

REASONS = {
    "reader_crashed": "读取进程崩溃，未读入 / the reading process crashed, nothing was read",
    "reader_failed": "读取程序出错，未读入 / the reader failed, nothing was read",
    "time_limit": "读取超时，已中止 / reading took too long and was stopped",
    "memory_limit": "读取所需内存超限，已中止 / reading needed too much memory and was stopped",
    "file_too_large": "文件过大，未读取 / the file is too large, it was not read",
    "file_vanished": "文件在运行中消失或无法打开 / the file vanished during the run or cannot be opened",
    "file_changed": "文件在运行中被改动 / the file changed during the run",
}
"""Why a report was not read, in Chinese and English, by reason code."""

PASSING = frozenset({"file_vanished", "file_changed"})
"""Reasons that say nothing about the content: it is read again as soon as it is there."""


@dataclass(frozen=True, slots=True)
class ReadingFailure:
    """A report that gave no reading."""

    code: str
    detail: str = ""

    @property
    def reason(self) -> str:
        """The reason in Chinese and English."""
        return f"{REASONS[self.code]}{' (' + self.detail + ')' if self.detail else ''}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What reading one report gave, and the most memory its process ever used."""

    reading: Any  # what the function gave, or ReadingFailure
    peak_bytes: int = 0


class LostError(RuntimeError):
    """Work that a process was given has not been done."""


class NoWorkerError(RuntimeError):
    """A reading process does not even start: the fault of a setting or of the machine, never of a report."""


class _Killed(Exception):  # noqa: N818 (it happened, nobody is to blame)
    """The worker process is gone."""

    def __init__(self, failure: ReadingFailure) -> None:
        super().__init__(failure.code)
        self.failure = failure


class _Worker:
    """One worker process and the pipes to it."""

    def __init__(self, start: bytes, limits: Limits) -> None:
        self.start, self.limits = start, limits
        self.reads = 0
        self._last_rss = 0
        self._recognises = False
        self._noise: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 (closed with the worker)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "pipelines.extraction.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._noise,
            cwd=Path(__file__).parents[2],
            env=os.environ | {"POLARS_MAX_THREADS": "1", "MALLOC_ARENA_MAX": "2", "PYTHONUNBUFFERED": "1"},
        )
        self.close = weakref.finalize(self, _end, self._process, self._noise)
        try:
            self._ask((list(map(os.path.abspath, sys.path)), start), _START_SECONDS)
        except _Killed as killed:
            self.close()
            raise NoWorkerError(f"no reading process starts: {killed.failure.reason}") from None

    def read(self, task: Task) -> Answer:
        """Read one report.

        Raises:
            _Killed: The process is gone, with the reason.
        """
        self.reads += 1
        kind, payload, peak = self._call(None, *dataclasses.astuple(task))
        return Answer(payload if kind == "read" else ReadingFailure("reader_failed", payload[:300]), peak)

    def look(self, task: Task, spots: Sequence[Spot]) -> dict[str, str | None]:
        """Look at numbers of a report again; nothing is found where that fails.

        Raises:
            _Killed: The process is gone, with the reason.
        """
        kind, payload, _ = self._call(reread, task.path, task.format, spots)
        return payload if kind == "read" else {}

    def call(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Call a function; give whether it ended well, what it gave, and the most memory the process ever used.

        Raises:
            _Killed: The process is gone, with the reason.
        """
        return self._call(function, *arguments)

    def _call(self, function: Callable[..., Any] | None, *arguments: Any) -> Any:
        answer = self._ask((function, arguments))
        if answer[0] == "memory":
            raise self._out_of_memory()
        return answer

    def _ask(self, message: Any, seconds: float | None = None) -> Any:
        """Send a message and wait for its answer; without ``seconds`` as long as its limits allow."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None and stdout is not None
        try:
            send(stdin, message)  # type: ignore[arg-type]
        except BrokenPipeError:
            raise self._crash() from None
        began, pages = time.monotonic(), 0
        data = bytearray()
        while True:
            while (answer := _taken(data)) is None:
                if select.select([stdout], [], [], _POLL_SECONDS)[0]:
                    piece = os.read(stdout.fileno(), _MIB)
                    if not piece:
                        raise self._crash()
                    data += piece
                self._watch(began, self.limits.seconds_with(pages) if seconds is None else seconds)
            if answer != PAGE:
                return answer
            pages, self._recognises = pages + 1, True
            page_begins()

    def _watch(self, began: float, seconds: float) -> None:
        if time.monotonic() > began + seconds:
            raise _Killed(ReadingFailure("time_limit", f"{seconds:g} s"))
        self._last_rss = _rss_bytes(self._process.pid)
        if self._last_rss > self._memory_mb * _MIB:
            raise self._out_of_memory()

    @property
    def _memory_mb(self) -> int:
        return self.limits.memory_with(ocr=self._recognises)

    def _out_of_memory(self) -> _Killed:
        return _Killed(ReadingFailure("memory_limit", f"{self._memory_mb} MB"))

    def _crash(self) -> _Killed:
        """Say how the process ended: out of memory when it was near its limit or said so."""
        status, peak = self._end_of_process()
        self._noise.seek(max(0, self._noise.seek(0, os.SEEK_END) - 4096))
        said = self._noise.read().decode("utf-8", "replace")
        near = max(self._last_rss, peak) > 0.7 * self._memory_mb * _MIB
        if near or "memory" in said.lower():
            return self._out_of_memory()
        how = signal.Signals(-status).name if status < 0 else f"exit {status}"
        return _Killed(ReadingFailure("reader_crashed", " ".join([how, *said.strip().splitlines()[-1:]])[:300]))

    def _end_of_process(self) -> tuple[int, int]:
        """Give the exit code of a process that closed its pipe, and where it aborted the most memory it used.

        Between two looks at its memory a busy machine may let it run into its limit.
        """
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            pid, status, usage = os.wait4(self._process.pid, os.WNOHANG)
            if pid:
                code = self._process.returncode = os.waitstatus_to_exitcode(status)
                return code, usage.ru_maxrss * 1024 if -code in _ABORTS else 0
            time.sleep(0.01)
        return 0, 0


def _taken(data: bytearray) -> Any:
    """Take the first message off what came, once it is whole."""
    if len(data) < HEADER.size:
        return None
    (length,) = HEADER.unpack(data[: HEADER.size])
    end = HEADER.size + length
    if len(data) < end:
        return None
    message = pickle.loads(bytes(data[HEADER.size : end]))
    del data[:end]
    return message


def _end(process: subprocess.Popen[bytes], noise: IO[bytes]) -> None:
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout, noise):
        if pipe is not None:
            with contextlib.suppress(BrokenPipeError):
                pipe.close()


def _rss_bytes(pid: int) -> int:
    """Give the memory a process uses now; 0 where the system does not tell."""
    try:
        with open(f"/proc/{pid}/statm", encoding="ascii") as statm:  # noqa: PTH123 (asked 20 times a second)
            return int(statm.read().split()[1]) * os.sysconf("SC_PAGESIZE")
    except (OSError, IndexError):
        return 0


_local = threading.local()


def read_in_subprocess(task: Task, reader: Reader, limits: Limits) -> Answer:
    """Read one report in this thread's worker process; never raises for a bad document.

    Args:
        task: The report.
        reader: Reads it; a function, or a partial of one, that other processes can import.
        limits: Seconds, memory and bytes; the number of pages is the reader's to look at.
    """
    answer = call_in_subprocess(task, reader, limits)
    if not isinstance(answer.reading, ReadingFailure) and answer.reading.report["status"][0] == "quarantined":
        # What was read may not be what was listed; and a fault in opening is no fault of the content.
        return Answer(_file_failure(task, limits) or answer.reading, answer.peak_bytes)
    return answer


def call_in_subprocess(task: Task, function: Callable[..., Any], limits: Limits) -> Answer:
    """Call a function with the fields of a task in this thread's worker process; never raises for a bad document.

    Args:
        task: The report, and in fields of its own whatever else the function needs.
        function: One, or a partial of one, that other processes can import.
        limits: Seconds, memory and bytes.
    """
    fault = _file_failure(task, limits)
    if fault is not None:
        return Answer(fault)
    try:
        worker = _worker(_start(function, limits), limits)
        answer = worker.read(task)
    except _Killed as killed:
        _drop()
        answer = Answer(killed.failure)
    if isinstance(answer.reading, ReadingFailure):
        return Answer(_file_failure(task, limits) or answer.reading, answer.peak_bytes)
    return answer


def reread_in_subprocess(task: Task, spots: Sequence[Spot], reader: Reader, limits: Limits) -> dict[str, str | None]:
    """Look at numbers of one report again in this thread's worker process.

    Args:
        task: The report.
        spots: Where the numbers stand.
        reader: What the worker process otherwise does.
        limits: As for reading.

    Returns:
        What `pipelines.formats.registry.reread` gives; nothing where the file has changed or the process died.
    """
    if _file_failure(task, limits) is not None:
        return {}
    try:
        return _worker(_start(reader, limits), limits).look(task, spots)
    except _Killed:
        _drop()
        return {}


def work_in_subprocess(function: Callable[[Any], Any], about: Any, limits: Limits) -> Any:
    """Call a function in this thread's worker process.

    Args:
        function: One that other processes can import.
        about: What it is given; can be pickled, as can what it gives.
        limits: Seconds and memory.

    Raises:
        LostError: The process died or was stopped at a limit, or the function raised an error.
        NoWorkerError: No process starts.
    """
    try:
        kind, answer, _ = _worker(_start(function, limits), limits).call(function, about)
    except _Killed as killed:
        _drop()
        raise LostError(killed.failure.reason) from None
    if kind != "read":
        raise LostError(str(answer))
    return answer


def _start(reader: Callable[..., Any], limits: Limits) -> bytes:
    """What a worker process is told first."""
    return pickle.dumps((reader, limits.memory_mb, limits.ocr_memory_mb))


def _worker(start: bytes, limits: Limits) -> _Worker:
    worker: _Worker | None = getattr(_local, "worker", None)
    if worker is None or worker.start != start or worker.limits != limits or worker.reads >= _READS_PER_PROCESS:
        _drop()
        worker = _local.worker = _Worker(start, limits)
    return worker


def _drop() -> None:
    worker: _Worker | None = getattr(_local, "worker", None)
    if worker is not None:
        worker.close()
        _local.worker = None


def _file_failure(task: Task, limits: Limits) -> ReadingFailure | None:
    """Say why a file is not to be read: gone, not the one that was listed, or too large."""
    from pipelines.core.files import sha256

    try:
        size = task.path.stat().st_size
        if size > limits.file_mb * _MIB:
            return ReadingFailure("file_too_large", f"{size / _MIB:.0f} MB > {limits.file_mb} MB")
        return None if sha256(task.path)[0] == task.content_sha256 else ReadingFailure("file_changed")
    except OSError as error:
        return ReadingFailure("file_vanished", error.strerror or "")
