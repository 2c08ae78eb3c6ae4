"""The load: Parquet frames become one DuckDB file, built beside the old one and put in its place when it holds.

Readers keep the file they have open; whoever opens the database after the swap sees the new one. What is in place is
never changed: the new file is built from all frames, or from a copy of the old one and the frames that differ.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

import duckdb
import polars as pl

from pipelines.storage import tables as metadata
from pipelines.warehouse import checks, update, views
from pipelines.warehouse.insert import LoadError, insert
from pipelines.warehouse.labels import code_label, coded_column
from pipelines.warehouse.update import Parts

# DuckDB 2 writes files by default that only DuckDB 2 opens; clients from 1.4 on read this format.
STORAGE_VERSION = "v1.4.0"

# What does not fit is spilled beside the file, but not all of what the views hold while they group and join can be:
# 100,000 reports take between 256 and 390 MB. Each thread needs memory of its own.
LEAST_MEMORY = 256 * 1024**2
MEMORY_OF_A_REPORT = 4 * 1024
THREADS = 4

OFFENDERS_SHOWN = 5


@dataclass(frozen=True)
class Loaded:
    """What a load did.

    Attributes:
        database: the file now in place.
        checks: number of checks that held.
        seconds: duration.
    """

    database: Path
    checks: int
    seconds: float


def load(
    frames: Mapping[str, pl.DataFrame | Iterable[pl.DataFrame]],
    database: Path,
    *,
    extractor_version: str,
    commit: str | None = None,
    built_at: datetime | None = None,
    parts: Parts | None = None,
) -> Loaded:
    """Build the database and put it in place.

    Args:
        frames: tables by their name in ``tables.yml`` (``quality.finding`` with its schema), whole or part by part.
            Tables without a frame stay empty; nullable columns may be missing.
        database: the file to replace; its folder is made if need be.
        extractor_version: for ``meta``.
        commit: of the code, for ``meta``.
        built_at: for ``meta``, UTC; now if not given.
        parts: what the frames are made of, bucket by bucket: where few of them have changed since the database in
            place was built, a copy of it is brought up to date instead of a new one being built.

    Raises:
        LoadError: a frame, constraint or check does not hold. The old file is untouched.
    """
    start = perf_counter()
    database.parent.mkdir(parents=True, exist_ok=True)
    unknown = frames.keys() - metadata.tables().keys()
    if unknown:
        raise LoadError(f"no such tables: {sorted(unknown)}")
    meta = pl.DataFrame(
        {
            "schema_version": metadata.schema_version(),
            "extractor_version": extractor_version,
            "built_at": (built_at or datetime.now(UTC)).replace(tzinfo=None),
            "commit": commit,
        }
    )
    building = database.with_name(f".{database.name}.{os.getpid()}.building")
    _remove(building)
    try:
        with _workplace(building) as file:
            lacking = update.due(database, parts) if parts else None
            if parts and lacking:
                shutil.copyfile(database, file)
                with _opened(file, parts.members.height) as connection:
                    update.bring_up_to_date(connection, {**frames, "meta": meta}, parts, lacking)
                    _check(connection, update.CHANGED)
            else:
                own = {"meta": meta, "code_label": code_label(), "coded_column": coded_column()}
                with _opened(file, parts.members.height if parts else 0) as connection:
                    _build(connection, {**frames, **own})
                    if parts:
                        connection.execute(update.note(parts))
            if file != building:
                shutil.copyfile(file, building)
        _flush(building)
        building.replace(database)
        _flush(database.parent)
    except (duckdb.Error, pl.exceptions.PolarsError, ValueError) as error:
        raise LoadError(str(error)) from error
    finally:
        _remove(building)
    return Loaded(database, len(checks.queries()), perf_counter() - start)


@contextmanager
def _workplace(building: Path) -> Iterator[Path]:
    """Give the file to build: beside the old database, or where DuckDB takes ``?`` for options in a folder of its own.

    DuckDB follows links before it names its log, so a link of a plain name does not help.
    """
    if "?" not in str(building):
        yield building
        return
    with tempfile.TemporaryDirectory(prefix="mingzhang-") as folder:
        yield Path(folder) / building.name.lstrip(".")


@contextmanager
def _opened(file: Path, reports: int) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the database that is being made of so many reports, within the limits of memory and threads."""
    connection = duckdb.connect()
    try:
        connection.execute("set enable_progress_bar = false")  # it would go to standard output, after two seconds
        memory = max(LEAST_MEMORY, reports * MEMORY_OF_A_REPORT)
        connection.execute(f"set memory_limit = '{memory // 1024**2}MiB'")
        connection.execute(f"set threads = {min(THREADS, os.cpu_count() or 1)}")
        connection.execute(f"set temp_directory = {metadata.literal(f'{file}.tmp')}")
        place = metadata.literal(str(file))
        connection.execute(f"attach {place} as building (storage_version '{STORAGE_VERSION}')")
        connection.execute("use building")
        yield connection
        connection.execute("use memory")
        connection.execute("detach building")
    finally:
        connection.close()


def _build(connection: duckdb.DuckDBPyConnection, frames: Mapping[str, pl.DataFrame | Iterable[pl.DataFrame]]) -> None:
    """Create, fill, describe and check the database."""
    for statement in metadata.ddl():
        connection.execute(statement)
    for name in metadata.tables():
        insert(connection, name, frames.get(name, []))
    for statement in views.ddl():
        connection.execute(statement)
    _check(connection)


def _check(connection: duckdb.DuckDBPyConnection, changed: str = "") -> None:
    """Run every check of ``checks.queries``.

    Raises:
        LoadError: names the checks that do not hold, with some of their rows.
    """
    broken = []
    for says, query in checks.queries(changed).items():
        offenders = connection.execute(query).fetchmany(OFFENDERS_SHOWN)
        if offenders:
            broken.append(f"{says}: {offenders}")
    if broken:
        raise LoadError("the database does not hold:\n" + "\n".join(broken))


def _flush(path: Path) -> None:
    """Make sure a file or folder is on disk before anything depends on it."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _remove(file: Path) -> None:
    """Remove a database that was being built, and its write-ahead log."""
    file.unlink(missing_ok=True)
    file.with_name(file.name + ".wal").unlink(missing_ok=True)
