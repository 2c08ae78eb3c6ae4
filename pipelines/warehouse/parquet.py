"""Frames as Parquet files that carry the schema version: the working form the database is rebuilt from."""

from __future__ import annotations

import os
from pathlib import Path

import polars as pl

from pipelines.warehouse.tables import schema_version

VERSION_KEY = "mingzhang_schema_version"


class SchemaVersionError(Exception):
    """A Parquet file was written for another schema version and has to be made again."""


def write(frame: pl.DataFrame, path: Path) -> None:
    """Write a frame whole or not at all: beside the file first, then in its place.

    Args:
        frame: any frame.
        path: the ``.parquet`` file; its folder is made if need be.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        frame.write_parquet(partial, compression="zstd", metadata={VERSION_KEY: str(schema_version())})
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def read(path: Path) -> pl.DataFrame:
    """Read a frame.

    Raises:
        SchemaVersionError: the file is of another schema version.
    """
    version = pl.read_parquet_metadata(path).get(VERSION_KEY)
    if version != str(schema_version()):
        raise SchemaVersionError(f"{path}: schema version {version}, expected {schema_version()}")
    return pl.read_parquet(path)
