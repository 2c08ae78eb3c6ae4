"""Frames as Parquet: ``<folder>/<asset>/<part>.parquet``, the same for the command line and for Dagster.

A large asset is kept bucket by bucket (``pipelines.model.buckets``), so that no run ever holds all rows of it, and one
that changes a bucket writes that bucket only.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path

import polars as pl

from pipelines.storage import parquet

WHOLE = "all"
"""Part name of an asset without buckets."""

Stamp = tuple[int, int, int]
"""Tells a file from those that stood in its place."""

_FILES_AT_A_TIME = 4
_BYTES_AT_A_TIME = 1024**2
"""Parts of so many bytes are read together, as they stand on disk: some ten to fifty times as much in memory."""

_LEAST_BYTES = 32 * 1024
"""What a part counts for at least: rows that say the same over and over take next to nothing on disk."""


class FrameStore:
    """Reads and writes the frames of assets.

    An asset without buckets is one file ``all``; one with buckets is a file for each of them (``00017``), even for one
    without rows, which tells the columns. Every file says which run wrote it.
    """

    def __init__(self, folder: Path, run_id: str = "") -> None:
        self.folder = folder
        self.run_id = run_id

    def write(self, asset: str, frame: pl.DataFrame) -> None:
        """Write an asset as a whole; among them are those that remember what earlier runs knew."""
        parquet.write(frame, self.file(asset, WHOLE), run_id=self.run_id, lasting=True)

    def write_buckets(self, asset: str, frame: pl.DataFrame, members: pl.DataFrame, buckets: Iterable[int]) -> None:
        """Write some buckets of an asset anew.

        Args:
            asset: Name of the asset.
            frame: Its rows of these buckets, with ``report_key``; or with ``bucket``, which is not stored.
            members: ``report_key``, ``bucket``.
            buckets: Which buckets; each gets a file.
        """
        if "bucket" not in frame.columns:
            frame = frame.join(members, on="report_key", how="left", maintain_order="left")
        parts = {int(n): rows for (n,), rows in frame.partition_by("bucket", as_dict=True, include_key=False).items()}
        none = frame.clear().drop("bucket")

        def write(bucket: int) -> None:
            parquet.write(parts.get(bucket, none), self.bucket_file(asset, bucket), run_id=self.run_id)

        with ThreadPoolExecutor(_FILES_AT_A_TIME) as pool:  # compressing and writing do not hold Python up
            list(pool.map(write, buckets))  # raises what a file raised

    def forget_others(self, asset: str, buckets: Collection[int]) -> None:
        """Remove the files of an asset that belong to none of some buckets."""
        wanted = {self.bucket_file(asset, bucket) for bucket in buckets}
        for file in set(self.parts(asset)) - wanted:
            file.unlink()

    def has_buckets(self, assets: Iterable[str], buckets: Iterable[int]) -> set[int]:
        """Say of which of some buckets every asset has a whole file; after a power cut a file may be cut off."""
        wanted = list(assets)
        return {n for n in buckets if all(parquet.is_whole(self.bucket_file(asset, n)) for asset in wanted)}

    def parts(self, asset: str) -> list[Path]:
        """List the files of an asset."""
        return sorted((self.folder / asset).glob("[!.]*.parquet"))

    def read(self, asset: str, buckets: Iterable[int] | None = None) -> pl.DataFrame:
        """Read an asset: all of it, or some buckets.

        Raises:
            FileNotFoundError: The asset was never written.
            SchemaVersionError: It was written for another schema version.
        """
        return pl.concat(self.each(asset, buckets))

    def each(self, asset: str, buckets: Iterable[int] | None = None) -> Iterator[pl.DataFrame]:
        """Read the parts of an asset one after the other, small ones several at a time.

        Raises:
            FileNotFoundError: The asset was never written.
            SchemaVersionError: It was written for another schema version.
        """
        files = self.parts(asset) if buckets is None else [self.bucket_file(asset, bucket) for bucket in buckets]
        if not files or not all(file.exists() for file in files):
            raise FileNotFoundError(f"no frames of {asset} in {self.folder / asset}; materialise {asset} first")
        return (parquet.read(*some) for some in _together(files))

    def scan(self, asset: str) -> pl.LazyFrame:
        """Look at an asset without holding it."""
        return pl.scan_parquet(self.parts(asset), glob=False)

    def is_of_this_run(self, asset: str) -> bool:
        """Whether this run wrote all there is of an asset."""
        files = self.parts(asset)
        return bool(files and self.run_id) and all(parquet.run_of(file) == self.run_id for file in files)

    def state(self, asset: str) -> Stamp:
        """Tell one state of an asset without buckets from another; each is a file of its own."""
        return stamp(self.file(asset, WHOLE))

    def rows(self, asset: str) -> int:
        """Count the rows of an asset."""
        return _rows(tuple((file, stamp(file)) for file in self.parts(asset)))

    def remembered(self, asset: str, schema: dict[str, pl.DataType]) -> pl.DataFrame:
        """Read what earlier runs left of an asset without batches, whatever its schema version; else no rows."""
        file = self.file(asset, WHOLE)
        if not file.exists():
            return pl.DataFrame(schema=schema)
        return pl.read_parquet(file, glob=False).match_to_schema(
            schema, missing_columns="insert", extra_columns="ignore"
        )

    def file(self, asset: str, part: str) -> Path:
        """Where a part of an asset stands."""
        return self.folder / asset / f"{part}.parquet"

    def bucket_file(self, asset: str, bucket: int) -> Path:
        """Where a bucket of an asset stands."""
        return self.file(asset, f"{bucket:05}")


@lru_cache(maxsize=64)
def _rows(stamped: tuple[tuple[Path, Stamp], ...]) -> int:
    """Count the rows of files; once while they stay, since a run asks for most assets twice."""
    count: int = pl.scan_parquet([file for file, _ in stamped], glob=False).select(pl.len()).collect().item()
    return count


def stamp(file: Path) -> Stamp:
    """Tell a file from those that stood in its place; zeros where there is none."""
    try:
        stat = file.stat()
    except FileNotFoundError:
        return 0, 0, 0
    return stat.st_ino, stat.st_mtime_ns, stat.st_size


def _together(files: Iterable[Path]) -> Iterator[list[Path]]:
    """Cut files into runs of about as many bytes."""
    run: list[Path] = []
    size = 0
    for file in files:
        bytes_ = max(file.stat().st_size, _LEAST_BYTES)
        if run and size + bytes_ > _BYTES_AT_A_TIME:
            yield run
            run, size = [], 0
        run.append(file)
        size += bytes_
    if run:
        yield run
