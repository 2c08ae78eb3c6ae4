"""One writer at a time in a warehouse folder, across processes and across the command line and Dagster.

Who writes holds the lock of a file (``flock``), which the system releases when the process ends, however it ends.

The lock belongs to a run. Within one process a run may take it several times. Where an executor gives every step of a
run a process of its own, each step takes the lock in turn; in between the file reserves the warehouse for the run, for
as long as the process that drives its steps lives. A step that outlives that process still holds the lock, so nobody
ever writes beside it.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

_POLL_SECONDS = 0.2

_LEASE_SECONDS = 600
"""How long a reservation made on another machine or in another container counts after the last step: nobody here can
see whether its process lives, and between two steps lie seconds."""

_LOOK_SECONDS = 10
"""How long a step waits at least for those who only look whether the lock is free, which takes them milliseconds."""

_mine: dict[Path, str] = {}
"""Runs that hold a lock in this process, by lock file."""


class WarehouseLocked(RuntimeError):  # noqa: N818 (a state, not a mistake)
    """Another run writes to the warehouse and did not finish in time."""


@dataclass(frozen=True, slots=True)
class Run:
    """Who asks for the lock.

    Attributes:
        run_id: Steps that name the same run share the lock, one after the other; empty for a look without a run.
        driver: Process that lives as long as the run; ``None`` for the process that asks.
    """

    run_id: str = ""
    driver: int | None = None

    @property
    def outlives_this_process(self) -> bool:
        """Whether the run goes on in other processes when this one is done."""
        return self.driver is not None and self.driver != os.getpid()


@contextmanager
def writer_lock(
    file: Path, wait: float, run: Run = Run(), is_over: Callable[[str], bool] = lambda _: False
) -> Iterator[None]:
    """Hold the lock of a warehouse folder.

    Args:
        file: Lock file; made when missing and never removed.
        wait: Seconds to wait for another writer.
        run: Who asks.
        is_over: Says of a run whose driver still lives whether it has ended.

    Raises:
        WarehouseLocked: The other writer held it all that time.
    """
    if run.run_id and _mine.get(file) == run.run_id:
        yield
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + wait
    with file.open("a+", encoding="utf-8") as handle:
        while not _taken(handle, run, is_over):
            if time.monotonic() >= deadline + (_LOOK_SECONDS if _kept_for(run, handle) else 0):
                raise WarehouseLocked(_holder(file))
            time.sleep(_POLL_SECONDS)
        _write(handle, run)
        _mine[file] = run.run_id
        try:
            yield
        finally:
            del _mine[file]
            if run.outlives_this_process:
                _write(handle, run)  # its time says when the last step ended
            else:
                handle.truncate(0)


def _taken(handle: IO[str], run: Run, is_over: Callable[[str], bool]) -> bool:
    """Try to take the lock; give it back where the file is reserved for another run."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    reserved = _reservation(handle)
    if reserved is None or reserved["run"] == run.run_id or not _counts(reserved, handle) or is_over(reserved["run"]):
        return True
    fcntl.flock(handle, fcntl.LOCK_UN)
    return False


def _write(handle: IO[str], run: Run) -> None:
    """Say who holds the lock, and for which run it is kept when this process is done."""
    holder: dict[str, Any] = {"pid": os.getpid()}
    if run.outlives_this_process:
        assert run.driver is not None
        host, born = socket.gethostname(), _born(run.driver)
        holder |= {"run": run.run_id, "driver": run.driver, "driver_born": born, "host": host}
    handle.truncate(0)
    handle.write(json.dumps(holder) + "\n")
    handle.flush()


def _reservation(handle: IO[str]) -> dict[str, Any] | None:
    """Read for which run the file is kept, if for any."""
    handle.seek(0)
    try:
        holder = json.loads(handle.read())
    except ValueError:
        return None
    return holder if isinstance(holder, dict) and "run" in holder else None


def _kept_for(run: Run, handle: IO[str]) -> bool:
    """Whether the file is kept for this run, so that who holds it only looks and lets go at once."""
    reserved = _reservation(handle)
    return bool(run.run_id) and reserved is not None and reserved["run"] == run.run_id


def _counts(reserved: dict[str, Any], handle: IO[str]) -> bool:
    """Whether the process that drives the run lives, as far as can be seen from here."""
    if reserved["host"] != socket.gethostname():
        return time.time() - os.fstat(handle.fileno()).st_mtime < _LEASE_SECONDS
    born = _born(reserved["driver"])
    return born is not None and born == reserved["driver_born"]


def _born(pid: int) -> str | None:
    """Tell a process from a later one of the same number: when it began; ``None`` where none lives."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    state, *others = status.rpartition(")")[2].split()
    return None if state == "Z" else others[18]  # field 22, in ticks since the machine started


def _holder(file: Path) -> str:
    try:
        holder = json.loads(file.read_text(encoding="utf-8"))
        return f"pid {holder.get('driver') or holder['pid']}"
    except (ValueError, LookupError, AttributeError):
        return "pid ?"
