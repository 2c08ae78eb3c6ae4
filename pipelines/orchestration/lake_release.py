"""A release of the lake from the frames of a run: their files are linked, the few tables no frame holds are written."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import polars as pl

from pipelines.model.buckets import BUCKETS
from pipelines.orchestration import decisions, stages
from pipelines.orchestration.session import Session
from pipelines.storage.frame_store import WHOLE, FrameStore
from pipelines.storage.tables import quoted
from pipelines.warehouse import lake

_OF_THE_LOAD = ("meta", "code_label", "coded_column", "quality.acceptance", "quality.removal")
"""Small tables that are taken from the database, which has just been loaded."""


def release(session: Session) -> Path:
    """Publish what the database holds.

    Returns:
        The folder of the release.
    """
    about = {
        "partition": {
            "column": "bucket",
            "count": BUCKETS,
            "rule": "first 8 bytes of SHA-256 of body_key (of report_key, where a report names no body), big-endian, "
            "modulo count",
        }
    }
    return lake.publish(session.settings.lake, _pieces(session.store, session.settings.database), about)


def _pieces(store: FrameStore, database: Path) -> Iterator[lake.Piece]:
    accepted = decisions.acceptances(store)
    reports = set(accepted["report_key"])
    for asset, table in stages.TABLES.items():
        for file in store.parts(asset):
            bucket = None if file.stem == WHOLE else int(file.stem)
            rows: Path | pl.DataFrame = file
            if asset == "finding" and reports:
                frame = pl.read_parquet(file, glob=False)
                if reports.intersection(frame["report_key"]):
                    rows = decisions.with_acceptances(frame, accepted)
            yield lake.Piece(table, bucket, rows)
    with duckdb.connect(str(database), read_only=True) as connection:
        for table in _OF_THE_LOAD:
            yield lake.Piece(table, None, connection.sql(f"from {quoted(table)}").pl())
