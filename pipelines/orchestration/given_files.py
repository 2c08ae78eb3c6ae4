"""The files given to a run, kept as frames, so that each of its steps knows them whatever process it lives in."""

from __future__ import annotations

import polars as pl

from pipelines.collect.discover import Skipped, Survey, survey
from pipelines.orchestration.session import Session
from pipelines.storage.frame_store import FrameStore

GIVEN_FILE = "given_file"
SKIPPED_PATH = "skipped_path"
_SKIPPED: dict[str, pl.DataType] = {"file_name": pl.String(), "code": pl.String(), "detail": pl.String()}


def keep(store: FrameStore, found: Survey, *, walked: bool = True) -> None:
    """Keep what a walk over the given paths found.

    Args:
        store: Of the run that the files are given to.
        found: Files and paths that were passed over.
        walked: Whether paths were looked at; else those passed over are still those of the run before.
    """
    store.write(GIVEN_FILE, found.files)
    if walked:
        rows = [(path.file_name, path.code, path.detail) for path in found.skipped]
        store.write(SKIPPED_PATH, pl.DataFrame(rows, schema=_SKIPPED, orient="row"))


def find(session: Session) -> Survey:
    """Give the files of this run; walk its paths unless who started it did."""
    if not session.store.is_of_this_run(GIVEN_FILE):
        keep(session.store, survey(session.paths, unpacked=session.settings.unpacked))
    return latest(session.store)


def latest(store: FrameStore) -> Survey:
    """Give the files of the latest run that read, and the paths that the latest walk passed over."""
    return Survey(store.read(GIVEN_FILE), skipped_paths(store) or [])


def skipped_paths(store: FrameStore) -> list[Skipped] | None:
    """Give the paths that the latest walk passed over; ``None`` when it left no frame (an earlier version made it)."""
    if not store.parts(SKIPPED_PATH):
        return None
    return [Skipped(**row) for row in store.read(SKIPPED_PATH).iter_rows(named=True)]
