"""A release: the warehouse as it is, in a folder of its own that never changes, with what changed since the one before.

The folder of releases has one folder per release, named by its time (UTC) and the digest of its checksums, and
``latest``, a link to the newest. A release is built under a name that begins with a point and renamed when it is whole:
whoever reads sees one release or the next, and what a killed run left is removed by the following one.
"""

from __future__ import annotations

import fcntl
import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.core.files import sha256
from pipelines.core.version import ROOT
from pipelines.publish import release_text
from pipelines.publish.database import read_only
from pipelines.publish.export import exported, package_of, write_checksums, write_table
from pipelines.publish.release_changes import BEFORE, LISTS, Changes, compare
from pipelines.storage.tables import literal
from pipelines.warehouse.dictionary import dictionary

if TYPE_CHECKING:
    import duckdb

DATABASE = "mingzhang.duckdb"
LATEST = "latest"

_QUALITY = ("quality.finding", "quality.finding_cell", "quality.outcome", "quality.coverage", "quality.second_reading")
"""What is published of quality as Parquet; records of runs and of decisions are the keeper's own."""

_MOST_CSV = 1_000_000
"""Rows of a list that is written as CSV, too: a spreadsheet opens no more."""

_NAME = re.compile(r"(?P<time>\d{8}T\d{6}Z)-[0-9a-f]{8}")
_TIME = "%Y%m%dT%H%M%SZ"
_BUILDING = ".building"
_MEMORY = "2GB"
"""For the comparison; what does not fit goes to files beside the release that is being built."""


class Busy(RuntimeError):  # noqa: N818 (a state, not a mistake)
    """Another release is being made in the same folder."""


@dataclass(frozen=True, slots=True)
class Release:
    """What came of making a release.

    Attributes:
        folder: The release; the one before where nothing changed.
        is_new: Whether it was made now.
        previous: Name of the one before, if any.
        changes: What changed since, if there is one before.
    """

    folder: Path
    is_new: bool
    previous: str | None
    changes: Changes | None


def release(database: Path, folder: Path) -> Release:
    """Make a release of a database, unless nothing has changed since the last.

    Args:
        database: The warehouse's; copied first, so that a swap on the way does not matter.
        folder: Of the releases; made if need be.

    Raises:
        Busy: Another release is being made there.
        OSError: Nothing can be written; the releases are as they were.
        duckdb.IOException: The same.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with _locked(folder):
        for left in folder.glob(f".*{_BUILDING}"):
            if left.is_symlink():
                left.unlink()
            else:
                shutil.rmtree(left)
        last = newest(folder)
        building = folder / f".{datetime.now(UTC):{_TIME}}{_BUILDING}"
        try:
            building.mkdir()
            shutil.copyfile(database, building / DATABASE)
            spill = building / ".spill"
            with _opened(building / DATABASE, last and last / DATABASE, spill) as connection:
                changes = compare(connection) if last else None
                if last and changes and not changes.any:
                    _point(folder, last.name)
                    return Release(last, False, None, changes)
                _fill(connection, building, last.name if last else None, changes)
            shutil.rmtree(spill, ignore_errors=True)
            made = folder / _name(building, last)
            building.rename(made)
        finally:
            shutil.rmtree(building, ignore_errors=True)
        _point(folder, made.name)
        return Release(made, True, last.name if last else None, changes)


def newest(folder: Path) -> Path | None:
    """Find the last release of a folder, by name; a run may have been killed before ``latest`` led to it."""
    names = [path.name for path in folder.iterdir() if _NAME.fullmatch(path.name) and (path / DATABASE).exists()]
    return folder / max(names) if names else None


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    with (folder / ".lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy(str(folder)) from None
        yield


@contextmanager
def _opened(database: Path, before: Path | None, spill: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the copy under its own name and as `NOW`, the last release as `BEFORE`."""
    with read_only(database, external=True, memory=_MEMORY) as connection:
        connection.execute(f"set temp_directory = {literal(str(spill))}")
        if before is not None:
            connection.execute(f"attach {literal(str(before))} as {BEFORE} (read_only)")
        yield connection


def _fill(connection: duckdb.DuckDBPyConnection, building: Path, previous: str | None, changes: Changes | None) -> None:
    """Write everything but the database, which is there."""
    for name in ("parquet", "changes"):
        (building / name).mkdir()
    tables = {name: write_table(connection, name, _file(building, name)) for name in (*exported(), *_QUALITY)}
    for name in (*LISTS, "change_row") if changes else ():
        write_table(connection, name, building / "changes" / f"{name}.parquet")
        [rows] = connection.execute(f"select count(*) from {name}").fetchone() or [0]
        if name in LISTS and rows <= _MOST_CSV:
            write_table(connection, name, building / "changes" / f"{name}.csv")
    about = _about(connection) | {"previous": previous}
    texts = {
        "README.md": release_text.readme(about),
        "CHANGES.md": release_text.changes(connection, about, changes),
        "data-dictionary.md": dictionary(),
        "release.json": json.dumps(about | _counted(changes), ensure_ascii=False, indent=2) + "\n",
    }
    for name, text in texts.items():
        (building / name).write_text(text, encoding="utf-8")
    shutil.copyfile(ROOT / "LICENSE", building / "LICENSE")
    sums = {
        path: sha256(path)[0] for path in sorted(building.rglob("*")) if path.is_file() and ".spill" not in path.parts
    }
    package = building / "datapackage.json"
    package.write_text(package_of(connection, tables, sums, building), encoding="utf-8")
    write_checksums(building, sums | {package: sha256(package)[0]})


def _file(building: Path, table: str) -> Path:
    return building / "parquet" / f"{table}.parquet"


def _about(connection: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    row = connection.execute(
        """
        select schema_version, extractor_version, built_at, "commit",
            (select count(*) from dim_report where status in ('loaded', 'empty', 'superseded')) as reports,
            (select count(*) from dim_unit) as units, (select count(*) from published_cell) as cells,
            (select coalesce(bool_and(is_sample), false) from dim_report) as is_samples
        from meta
        """
    )
    columns = [column[0] for column in row.description or []]
    about = dict(zip(columns, row.fetchone() or [], strict=True))
    return about | {"built_at": f"{about['built_at']:%Y-%m-%dT%H:%M:%SZ}"}


def _counted(changes: Changes | None) -> dict[str, Any]:
    if changes is None:
        return {}
    return {"changed_rows": changes.rows, "changed_figures": changes.figures, "other_definitions": changes.definitions}


def _name(building: Path, last: Path | None) -> str:
    """Name a release by the present, or just after the last where the clock was set back, and by its checksums."""
    time = datetime.now(UTC)
    if last and (found := _NAME.fullmatch(last.name)):
        time = max(time, datetime.strptime(found["time"], _TIME).replace(tzinfo=UTC) + timedelta(seconds=1))
    return f"{time:{_TIME}}-{sha256(building / 'SHA256SUMS')[0][:8]}"


def _point(folder: Path, name: str) -> None:
    """Let ``latest`` lead to a release, in one step."""
    new = folder / f".{LATEST}{_BUILDING}"
    new.unlink(missing_ok=True)
    new.symlink_to(name, target_is_directory=True)
    new.replace(folder / LATEST)
