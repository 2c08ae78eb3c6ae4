"""One writer at a time in a warehouse folder, across processes and across command line and Dagster."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_POLL_SECONDS = 0.2


class WarehouseLocked(RuntimeError):  # noqa: N818 (a state, not a mistake)
    """Another process writes to the warehouse and did not finish in time."""


@contextmanager
def writer_lock(file: Path, wait: float) -> Iterator[None]:
    """Hold the lock of a warehouse folder; the system releases it when the process ends, however it ends.

    Args:
        file: Lock file; made when missing and never removed.
        wait: Seconds to wait for another writer.

    Raises:
        WarehouseLocked: The other writer held it all that time.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + wait
    with file.open("a+", encoding="utf-8") as handle:
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    raise WarehouseLocked(_holder(file)) from None
                time.sleep(_POLL_SECONDS)
        handle.truncate(0)
        handle.write(f"{os.getpid()}\n")
        handle.flush()
        yield


def _holder(file: Path) -> str:
    return f"pid {file.read_text(encoding='utf-8').strip() or '?'}"
