"""What one more report costs, added to few and to many: the many are copies of readings under other keys and bodies."""

from __future__ import annotations

import hashlib
from pathlib import Path

import polars as pl

from pipelines.core.settings import Settings
from pipelines.extraction.cache import TABLES, ReadingCache
from pipelines.orchestration.reading import extractor_digest
from pipelines.storage import parquet
from pipelines.storage.frame_store import FrameStore

READ = 200
"""Reports that are really read; more are copies of these."""

REPORTS_PER_PART = 256
_KEYS = ("cell_key", "disclosure_key")


def copied(source: Settings, target: Settings, copies: int) -> None:
    """Fill a new warehouse's cache with the readings of another and copies of them, each copy another body's.

    Args:
        source: Of a warehouse whose reports were read.
        target: Of one that is not there yet; its first run builds it from the cache.
        copies: How many times the readings stand in it.
    """
    read = ReadingCache(source.readings)
    tables, ids = read.tables(), read.readings()
    inner = pl.concat([frame[name] for frame in tables.values() for name in _KEYS if name in frame.columns]).unique()
    version = extractor_digest()  # the copies have no files to be read again from
    files = FrameStore(source.frames).read("source_file")
    listed, part = [], 0
    for copy in range(copies):
        contents = {key: _hashed(key, copy, 64) for key in tables["report_reading"]["report_key"]}
        keys = {key: content[:16] for key, content in contents.items()}
        keys |= {key: _hashed(key, copy, 16) for key in inner}
        made = {name: _moved(frame, keys) for name, frame in tables.items()}
        of_copy = {keys[old]: content for old, content in contents.items()}
        made["report_reading"] = (
            made["report_reading"]
            .with_columns(
                content_sha256=pl.col("report_key").replace_strict(of_copy),
                extractor_version=pl.lit(version),
                unit_name=pl.col("unit_name") + f"第{copy}分局",
            )
            .join(_moved(ids, keys), on="report_key")
        )
        every = made["report_reading"]["report_key"].sort()
        for start in range(0, every.len(), REPORTS_PER_PART):
            part += 1
            some = every.slice(start, REPORTS_PER_PART).implode()
            for name, schema in TABLES.items():
                rows = made[name].filter(pl.col("report_key").is_in(some)).match_to_schema(schema)
                parquet.write(rows, target.readings / name / f"{part:06}.parquet")
        listed.append(
            _moved(files, keys).with_columns(
                content_sha256=pl.col("report_key").replace_strict(of_copy),
                path=pl.col("path") + f".{copy}",
                file_name=pl.format("{}-{}", pl.lit(copy), "file_name"),
            )
        )
    FrameStore(target.frames).write("source_file", pl.concat(listed).select(files.columns))


def _hashed(key: str, copy: int, length: int) -> str:
    return hashlib.sha256(f"{key} {copy}".encode()).hexdigest()[:length]


def _moved(frame: pl.DataFrame, keys: dict[str, str]) -> pl.DataFrame:
    """Give rows of reports new keys, of the reports and of what stands in them."""
    named = [name for name in ("report_key", *_KEYS) if name in frame.columns]
    return frame.with_columns(pl.col(name).replace_strict(keys) for name in named)


def warehouse_of(reports: int, folder: Path) -> Settings:
    """Say where a warehouse of so many reports stands in a folder."""
    return Settings.from_environment(folder / f"warehouse-{reports}")
