"""The tables as Parquet for other engines: hive-partitioned folders, one per release, and a manifest that names one.

    lake/manifest.json                                       the release to read; replaced in one step
    lake/20261126T180000Z-1a2b3c4d/fact_expenditure/bucket=17/part.parquet
    lake/20261126T180000Z-1a2b3c4d/dim_unit/part.parquet

A release is never changed. Its files are hard links to the frames they come from, which are replaced and never written
over: a release costs neither space nor time for what has not changed. Where the file system has no links it is a copy.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.core.atomic_replace import replacing
from pipelines.core.files import sha256
from pipelines.storage import parquet
from pipelines.storage import tables as metadata

FORMAT = 1
"""Of the manifest and the folders; a reader that knows another number should stop."""

MANIFEST = "manifest.json"
PART = "part.parquet"
_STAMP = "%Y%m%dT%H%M%SZ"
_RELEASE = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{8}")

GRACE = timedelta(hours=24)
"""A release is kept so long after the next took its place: queries over it that are under way end well."""

SORTED_BY = ("unit_key", "year_key", "report_key")
"""Rows of a file stand in this order, as far as their table has these columns: readers skip what they do not need."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A file of a table.

    Attributes:
        table: Name in ``tables.yml``.
        bucket: Of the reports in it; None for a table that is one file.
        rows: A frame to be written, or the Parquet file to be linked, whose columns are the table's.
    """

    table: str
    bucket: int | None
    rows: pl.DataFrame | Path


def publish(lake: Path, pieces: Iterable[Piece], about: Mapping[str, Any], now: datetime | None = None) -> Path:
    """Make a release of all tables and have the manifest name it; then remove releases whose time is over.

    Args:
        lake: The folder; made if need be.
        pieces: All files of all tables.
        about: What else the manifest says, such as the version of the extractor.
        now: UTC; for tests.

    Returns:
        The folder of the release.

    Raises:
        OSError: A file cannot be written; the manifest still names the release before.
    """
    now = now or datetime.now(UTC)
    lake.mkdir(parents=True, exist_ok=True)
    building = lake / f".{os.getpid()}.building"
    shutil.rmtree(building, ignore_errors=True)
    before = _Known.of(lake)
    try:
        files: dict[str, list[dict[str, Any]]] = {name: [] for name in metadata.tables()}
        for piece in pieces:
            files[piece.table].append(_place(building, piece, before))
        for name in [name for name, written in files.items() if not written]:
            none = Piece(name, None, pl.DataFrame(schema=metadata.schema(name)))
            files[name].append(_place(building, none, before))
        digest = hashlib.sha256("".join(one["sha256"] for name in files for one in files[name]).encode()).hexdigest()
        release = lake / f"{now:{_STAMP}}-{digest[:8]}"
        if release.exists():  # twice within a second
            shutil.rmtree(building)
        else:
            building.rename(release)
    finally:
        shutil.rmtree(building, ignore_errors=True)
    manifest = {
        "format": FORMAT,
        "schema_version": metadata.schema_version(),
        "release": release.name,
        "made_at": f"{now:%Y-%m-%dT%H:%M:%SZ}",
        **about,
        "tables": {name: _described(metadata.tables()[name], written) for name, written in files.items()},
    }
    with replacing(lake / MANIFEST) as new:
        new.write_text(json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    _remove_old(lake, release, now)
    return release


def manifest_of(lake: Path) -> dict[str, Any]:
    """Read the manifest.

    Raises:
        FileNotFoundError: Nothing was published here.
        ValueError: It is of another format.
    """
    manifest: dict[str, Any] = json.loads((lake / MANIFEST).read_text(encoding="utf-8"))
    if manifest["format"] != FORMAT:
        raise ValueError(f"{lake / MANIFEST}: format {manifest['format']}, expected {FORMAT}")
    return manifest


def for_pruning(frame: pl.DataFrame) -> pl.DataFrame:
    """Sort rows as files of the lake have them; rows of one report keep their order."""
    by = [column for column in SORTED_BY if column in frame.columns]
    return frame.sort(by, maintain_order=True, nulls_last=True) if by else frame


@dataclass(frozen=True, slots=True)
class _Known:
    """What the manifest says of the files of the release in place, so that a file that stays is not hashed again."""

    folder: Path
    files: Mapping[str, dict[str, Any]]

    @classmethod
    def of(cls, lake: Path) -> _Known:
        try:
            manifest = manifest_of(lake)
        except (OSError, ValueError, KeyError):
            return cls(lake, {})
        files = {one["path"]: one for table in manifest["tables"].values() for one in table["files"]}
        return cls(lake / manifest["release"], files)

    def says(self, path: str, now: Path) -> dict[str, Any] | None:
        """Give what is known of a file if it is the same file still."""
        known = self.files.get(path)
        try:
            return known if known and (self.folder / path).samefile(now) else None
        except OSError:
            return None


def _place(folder: Path, piece: Piece, before: _Known) -> dict[str, Any]:
    path = f"{piece.table}/{PART}" if piece.bucket is None else f"{piece.table}/bucket={piece.bucket}/{PART}"
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(piece.rows, pl.DataFrame):
        parquet.write(metadata.conform(for_pruning(piece.rows), piece.table), file)
    else:
        _link(piece.rows, file)
        if known := before.says(path, file):
            return known
    from pyarrow.parquet import read_metadata

    digest, size = sha256(file)
    said = {"path": path, "rows": read_metadata(file).num_rows, "bytes": size, "sha256": digest}
    return said if piece.bucket is None else {**said, "bucket": piece.bucket}


def _link(source: Path, file: Path) -> None:
    try:
        os.link(source, file)
    except OSError:  # another file system, or one without links
        shutil.copyfile(source, file)


def _described(table: metadata.Table, files: list[dict[str, Any]]) -> dict[str, Any]:
    names = [column.name for column in table.columns]
    return {
        "partitioned_by": ["bucket"] if any("bucket" in file for file in files) else [],
        "sorted_by": [name for name in SORTED_BY if name in names],
        "rows": sum(file["rows"] for file in files),
        "columns": {column.name: column.type for column in table.columns},
        "files": files,
    }


def _remove_old(lake: Path, release: Path, now: datetime) -> None:
    """Remove releases that were followed by another more than `GRACE` ago, and what crashes left."""
    releases = sorted(folder for folder in lake.iterdir() if _RELEASE.fullmatch(folder.name))
    for old, following in pairwise(releases):
        if old != release and now - _made_at(following) > GRACE:
            shutil.rmtree(old, ignore_errors=True)
    for left in lake.glob(".*.building"):
        shutil.rmtree(left, ignore_errors=True)


def _made_at(release: Path) -> datetime:
    return datetime.strptime(release.name.partition("-")[0], _STAMP).replace(tzinfo=UTC)
