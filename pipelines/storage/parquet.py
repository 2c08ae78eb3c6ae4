"""Frames as Parquet files that carry the schema version: the working form the database is rebuilt from."""

from __future__ import annotations

import os
from pathlib import Path

import polars as pl

from pipelines.storage.tables import schema_version

VERSION_KEY = "mingzhang_schema_version"
RUN_KEY = "mingzhang_run"


class SchemaVersionError(Exception):
    """A Parquet file was written for another schema version and has to be made again."""


def write(frame: pl.DataFrame, path: Path, *, run_id: str = "", lasting: bool = False) -> None:
    """Write a frame whole or not at all: beside the file first, then in its place.

    Args:
        frame: any frame.
        path: the ``.parquet`` file; its folder is made if need be.
        run_id: the run that writes it.
        lasting: whether it must be on disk before it takes its place, since nothing else holds what it says: after a
            power cut some file systems show a file that was renamed and never written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        metadata = {VERSION_KEY: str(schema_version()), RUN_KEY: run_id}
        frame.write_parquet(partial, compression="zstd", metadata=metadata)
        if lasting:
            with partial.open("rb") as file:
                os.fsync(file.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def run_of(path: Path) -> str:
    """Say which run wrote a file; empty where that is not known."""
    return pl.read_parquet_metadata(path).get(RUN_KEY, "")


def is_whole(path: Path) -> bool:
    """Whether a file begins and ends as Parquet does; one that a power cut emptied or cut off does not."""
    try:
        with path.open("rb") as file:
            head = file.read(4)
            file.seek(-4, os.SEEK_END)
            return head == file.read(4) == b"PAR1"
    except OSError:
        return False


def read(*paths: Path) -> pl.DataFrame:
    """Read a frame, or some parts of one together.

    Raises:
        SchemaVersionError: a file is of another schema version.
    """
    for path in paths:
        version = pl.read_parquet_metadata(path).get(VERSION_KEY)
        if version != str(schema_version()):
            raise SchemaVersionError(f"{path}: schema version {version}, expected {schema_version()}")
    return pl.read_parquet(list(paths), glob=False)
