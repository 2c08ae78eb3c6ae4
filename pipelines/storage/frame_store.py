"""Frames as Parquet: ``<folder>/<asset>/<part>.parquet``, the same for the command line and for Dagster.

A large asset is written batch by batch, so that no run ever holds all rows of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from pipelines.storage import parquet

WHOLE = "all"
"""Part name of an asset without partitions."""

OTHER = "other"
"""Part name of rows that belong to no fiscal year: unknown, or outside the partitions. Nothing is dropped."""


@dataclass(frozen=True, slots=True)
class Years:
    """The fiscal years a run is about, among all there are; rows that belong to none belong to every run."""

    wanted: Sequence[str]
    every: Sequence[str]

    def of(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Keep rows whose ``fiscal_year`` is wanted, and rows that belong to no partition."""
        other = [int(year) for year in set(self.every) - set(self.wanted)]
        return frame.filter(~pl.col("fiscal_year").is_in(other).fill_null(False))


@dataclass(slots=True)
class Writer:
    """Writes some assets anew, batch by batch."""

    store: FrameStore
    years: Years | None
    written: set[Path] = field(default_factory=set)

    def write(self, asset: str, frame: pl.DataFrame, batch: int, year_of: pl.DataFrame | None = None) -> None:
        """Write one batch of an asset.

        Args:
            asset: Name of the asset.
            frame: Its rows; where the writer has years, of these years and of no partition.
            batch: Number of the batch; every batch has a file, even one without rows, which tells the columns.
            year_of: ``report_key``, ``year_key`` of the frame's reports, where the frame has no ``year_key``.
        """
        if self.years is None:
            self._write(asset, frame, WHOLE, batch)
            return
        year = frame["year_key"] if "year_key" in frame.columns else _year(frame["report_key"], year_of)
        every = [int(each) for each in self.years.every]
        known = year.is_in(every).fill_null(False)
        for part in year.filter(known).unique().sort():
            self._write(asset, frame.filter(year == part), str(part), batch)
        self._write(asset, frame.filter(~known), OTHER, batch)

    def _write(self, asset: str, frame: pl.DataFrame, part: str, batch: int) -> None:
        file = self.store.file(asset, f"{part}-{batch:05}")
        parquet.write(frame, file, run_id=self.store.run_id)
        self.written.add(file)


class FrameStore:
    """Reads and writes the frames of assets.

    An asset without batches is one file ``all``. One with batches is a file for each of them (``all-00001``), and by
    fiscal year where it has partitions (``2018-00001``); a batch's rows of no partition stand in ``other-00001``,
    which every run writes anew whatever its years. Every file says which run wrote it.
    """

    def __init__(self, folder: Path, run_id: str = "") -> None:
        self.folder = folder
        self.run_id = run_id

    def write(self, asset: str, frame: pl.DataFrame) -> None:
        """Write an asset as a whole; among them are those that remember what earlier runs knew."""
        parquet.write(frame, self.file(asset, WHOLE), run_id=self.run_id, lasting=True)

    @contextmanager
    def replacing(self, assets: Iterable[str], years: Years | None = None) -> Iterator[Writer]:
        """Write assets batch by batch; what the same parts held before is gone when all batches are written.

        A run that dies midway leaves parts of two runs. It also leaves no state, so the next run writes all of them.
        """
        writer = Writer(self, years)
        yield writer
        mine = None if years is None else {*years.wanted, OTHER, WHOLE}
        for asset in assets:
            for file in self.parts(asset):
                if file not in writer.written and (mine is None or file.stem.split("-")[0] in mine):
                    file.unlink()

    def parts(self, asset: str) -> list[Path]:
        """List the files of an asset."""
        return sorted((self.folder / asset).glob("[!.]*.parquet"))

    def batches(self, asset: str) -> list[int]:
        """List the batches of an asset."""
        return sorted({int(file.stem.split("-")[1]) for file in self.parts(asset) if "-" in file.stem})

    def read(self, asset: str, years: Years | None = None, batch: int | None = None) -> pl.DataFrame:
        """Read an asset: all of it, one batch, or some partitions (with the rows that belong to none).

        Raises:
            FileNotFoundError: The asset was never written.
            SchemaVersionError: It was written for another schema version.
        """
        return pl.concat(self.each(asset, years, batch))

    def each(self, asset: str, years: Years | None = None, batch: int | None = None) -> Iterator[pl.DataFrame]:
        """Read the parts of an asset one after the other.

        Raises:
            FileNotFoundError: The asset was never written.
            SchemaVersionError: It was written for another schema version.
        """
        files = self.parts(asset)
        if years is not None:
            files = [file for file in files if file.stem.split("-")[0] in {*years.wanted, OTHER, WHOLE}]
        if batch is not None:
            files = [file for file in files if file.stem.endswith(f"-{batch:05}")]
        if not files:
            raise FileNotFoundError(f"no frames of {asset} in {self.folder / asset}; materialise {asset} first")
        return map(parquet.read, files)

    def scan(self, asset: str) -> pl.LazyFrame:
        """Look at an asset without holding it."""
        return pl.scan_parquet(self.parts(asset), glob=False)

    def is_of_this_run(self, asset: str) -> bool:
        """Whether this run wrote all there is of an asset."""
        files = self.parts(asset)
        return bool(files and self.run_id) and all(parquet.run_of(file) == self.run_id for file in files)

    def rows(self, asset: str) -> int:
        """Count the rows of an asset."""
        count: int = self.scan(asset).select(pl.len()).collect().item()
        return count

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


def _year(report_key: pl.Series, year_of: pl.DataFrame | None) -> pl.Series:
    assert year_of is not None, "a frame without year_key needs the years of its reports"
    years = year_of.select("report_key", "year_key")
    return report_key.to_frame().join(years, on="report_key", how="left", maintain_order="left")["year_key"]
