"""A worker process: reads one report after the other, or looks at one again, until its input ends.

It is started by `subprocess_pool` and talks over its standard input and output: pickled messages, each after
its length in eight bytes. Nothing else may write to that pipe, so whatever a parser prints goes to standard error.
"""

from __future__ import annotations

import ctypes
import gc
import os
import pickle
import re
import resource
import signal
import struct
import sys
from pathlib import Path
from typing import Any, BinaryIO

from pipelines.core.recognising import listening

HEADER = struct.Struct(">Q")
_MAPPED = 1.5  # what may be mapped, as a share of what may be used: recognisers map more than they touch
PAGE = ("page", None, 0)
"""What is sent before the answer, once for each page that has to be recognised."""

_MIB = 1024 * 1024
_PR_SET_PDEATHSIG = 1


def send(stream: BinaryIO, message: Any) -> None:
    """Write one message."""
    data = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    stream.write(HEADER.pack(len(data)) + data)
    stream.flush()


def receive(stream: BinaryIO) -> Any:
    """Read one message.

    Raises:
        EOFError: The other side is gone.
    """
    header = stream.read(HEADER.size)
    if len(header) < HEADER.size:
        raise EOFError
    (length,) = HEADER.unpack(header)
    return pickle.loads(stream.read(length))


def memory_bytes(field: str) -> int:
    """Give a size from the system's book on this process (``VmSize``, ``VmHWM``), 0 where there is none."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return 0
    found = re.search(rf"^{field}:\s+(\d+) kB", status, re.MULTILINE)
    return int(found[1]) * 1024 if found else 0


def main() -> None:
    """Receive the reader and its memory limit, then a task at a time; answer each with what was read.

    A task is what to call, ``None`` for the reader, and its arguments.
    """
    _die_with_parent()
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    requests = sys.stdin.buffer
    path, start = receive(requests)
    sys.path[:] = path
    reader, memory_mb, ocr_memory_mb = pickle.loads(start)
    used = memory_bytes("VmSize")
    _limit_memory(used, memory_mb)
    gc.freeze()  # what was imported stays; of what a report leaves, cycles are few
    gc.set_threshold(50_000, 20, 20)
    send(replies, ("ready", None, memory_bytes("VmHWM")))

    def on_page() -> None:
        _limit_memory(used, memory_mb + ocr_memory_mb)
        send(replies, PAGE)

    with listening(on_page):
        while True:
            try:
                function, arguments = receive(requests)
            except EOFError:
                return
            send(replies, (*_call(function or reader, arguments), memory_bytes("VmHWM")))


def _call(function: Any, arguments: Any) -> tuple[str, Any]:
    try:
        return "read", function(*arguments)
    except MemoryError:
        return "memory", None
    except Exception as error:  # a fault of the reader, not of the document: readers promise not to raise
        return "failed", f"{type(error).__name__}: {error}"


def _limit_memory(used: int, memory_mb: int) -> None:
    """Let the process map half as much again beyond what it held at first; the parent watches what it really uses."""
    if used:
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (used + int(_MAPPED * memory_mb) * _MIB, hard))


def _die_with_parent() -> None:
    """Ask Linux to kill this process when its parent dies, however it dies; a reader that hangs would stay."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the parent, which closes the pipe
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


if __name__ == "__main__":
    main()
