"""Frames as Parquet: ``<folder>/<asset>/<part>.parquet``, the same for the command line and for Dagster."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import polars as pl

from pipelines.warehouse import parquet

WHOLE = "all"
"""Part name of an asset without partitions."""

OTHER = "other"
"""Part name of rows that belong to no fiscal year: unknown, or outside the partitions. Nothing is dropped."""


class FrameStore:
    """Reads and writes the frame of an asset.

    An asset with partitions is one file per fiscal year, by its column ``year_key`` (else the year of its report), and
    one file ``other`` for rows that belong to no partition, which every run writes anew whatever its years.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, asset: str, frame: pl.DataFrame) -> None:
        """Write an asset without partitions."""
        parquet.write(frame, self._file(asset, WHOLE))

    def write_years(self, asset: str, frame: pl.DataFrame, years: Iterable[str], all_years: Iterable[str]) -> None:
        """Write the partitions ``years`` of an asset; a year without rows becomes an empty file.

        Args:
            asset: Name of the asset.
            frame: Rows of these years, and all rows that belong to no partition.
            years: Partitions written now.
            all_years: All partitions there are.
        """
        year_of = frame["year_key"] if "year_key" in frame.columns else self._year_of_report(frame["report_key"])
        for year in years:
            parquet.write(frame.filter(year_of == int(year)), self._file(asset, year))
        known = year_of.is_in([int(year) for year in all_years]).fill_null(False)
        parquet.write(frame.filter(~known), self._file(asset, OTHER))

    def read(self, asset: str, years: Iterable[str] | None = None) -> pl.DataFrame:
        """Read an asset, all of it or some partitions (with the rows that belong to none).

        Raises:
            FileNotFoundError: The asset was never written.
            SchemaVersionError: It was written for another schema version.
        """
        folder = self.folder / asset
        if years is None:
            files = sorted(folder.glob("[!.]*.parquet"))
        else:
            files = [f for part in (*years, OTHER) if (f := self._file(asset, part)).exists()]
        if not files:
            raise FileNotFoundError(f"no frames of {asset} in {folder}; materialise {asset} first")
        return pl.concat([parquet.read(f) for f in files])

    def remembered(self, asset: str, schema: dict[str, pl.DataType]) -> pl.DataFrame:
        """Read what earlier runs left of an asset without partitions, whatever its schema version; else no rows."""
        file = self._file(asset, WHOLE)
        if not file.exists():
            return pl.DataFrame(schema=schema)
        return pl.read_parquet(file).match_to_schema(schema, missing_columns="insert", extra_columns="ignore")

    def _year_of_report(self, report_key: pl.Series) -> pl.Series:
        years = self.read("dim_report").select("report_key", "year_key")
        return report_key.to_frame().join(years, on="report_key", how="left", maintain_order="left")["year_key"]

    def _file(self, asset: str, part: str) -> Path:
        return self.folder / asset / f"{part}.parquet"
