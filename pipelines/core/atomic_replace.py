"""Put a folder or a file that was built beside another in its place, so that nobody ever sees half of it."""

from __future__ import annotations

import ctypes
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


@contextmanager
def replacing(file: Path) -> Iterator[Path]:
    """Give a name beside a file to write under; what is written takes the file's place, unless an error comes first."""
    new = file.with_name(f".{file.name}.{os.getpid()}.new")
    try:
        yield new
        new.replace(file)
    finally:
        new.unlink(missing_ok=True)


def put_in_place(new: Path, folder: Path) -> None:
    """Replace ``folder`` by ``new``, which stands beside it, and remove what was there.

    On Linux the two change places in one step; elsewhere there is a moment with neither.
    """
    if not folder.exists():
        new.rename(folder)
        return
    if not _exchange(new, folder):
        old = folder.with_name(f".{folder.name}.old")
        shutil.rmtree(old, ignore_errors=True)
        folder.rename(old)
        new.rename(folder)
        new = old
    shutil.rmtree(new, ignore_errors=True)


def _exchange(one: Path, other: Path) -> bool:
    """Exchange two names; tell whether the system and the file system can."""
    rename = getattr(ctypes.CDLL(None), "renameat2", None)
    paths = os.fsencode(one), os.fsencode(other)
    return rename is not None and rename(_AT_FDCWD, paths[0], _AT_FDCWD, paths[1], _RENAME_EXCHANGE) == 0
