"""Which buckets of a stage are up to date: a bucket is worked on again only when what it is made of has changed.

A stage (reading, star, proof) turns files of a bucket into files of a bucket. The log has a small file per bucket with
the digest of what it was made of: taken away before the bucket's files are touched, written when all of them are there.
So whatever ends a run, a bucket that is half of one run and half of another is in no log.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import polars as pl

from pipelines.core.atomic_replace import replacing
from pipelines.core.version import code_digest
from pipelines.storage.frame_store import FrameStore

REPORTS_PER_PASS = 200
"""Buckets are worked on together until they hold so many reports: one pass of vectorised frames costs a second whatever
it holds, and memory does not grow with the number of reports."""


class BucketLog:
    """The log of one stage.

    Args:
        folder: Holds one file per bucket.
        store: Of the frames.
        assets: What the stage writes, bucket by bucket.
    """

    def __init__(self, folder: Path, store: FrameStore, assets: Iterable[str]) -> None:
        self._folder, self._store, self._assets = folder, store, tuple(assets)

    def done(self) -> dict[int, str]:
        """Give the digest of what each finished bucket was made of."""
        return {int(file.name): file.read_text(encoding="ascii") for file in self._folder.glob("[0-9]*")}

    def stale(self, wanted: Mapping[int, str]) -> list[int]:
        """List the buckets that are not made of what they should be, or of which a file is gone."""
        done = self.done()
        same = [bucket for bucket, digest in wanted.items() if done.get(bucket) == digest]
        return sorted(wanted.keys() - self._store.has_buckets(self._assets, same))

    def begin(self, buckets: Iterable[int]) -> None:
        """Note that some buckets are about to be written: until `end` none of them is taken for done."""
        self._folder.mkdir(parents=True, exist_ok=True)
        for bucket in buckets:
            (self._folder / f"{bucket:05}").unlink(missing_ok=True)

    def end(self, buckets: Mapping[int, str]) -> None:
        """Note what some buckets are made of, which all their files now are."""
        for bucket, digest in buckets.items():
            with replacing(self._folder / f"{bucket:05}") as file:
                file.write_text(digest, encoding="ascii")

    def forget_others(self, wanted: Iterable[int]) -> None:
        """Remove buckets that hold no report any longer."""
        kept = set(wanted)
        for bucket in self.done().keys() - kept:
            (self._folder / f"{bucket:05}").unlink()
        for asset in self._assets:
            self._store.forget_others(asset, kept)


def passes(buckets: Iterable[int], members: pl.DataFrame) -> Iterator[list[int]]:
    """Put buckets together that are worked on in one pass.

    Args:
        buckets: Which.
        members: ``report_key``, ``bucket`` of all reports.
    """
    sizes = dict(members.group_by("bucket").len().iter_rows())
    together: list[int] = []
    reports = 0
    for bucket in sorted(buckets):
        if together and reports + sizes.get(bucket, 0) > REPORTS_PER_PASS:
            yield together
            together, reports = [], 0
        together.append(bucket)
        reports += sizes.get(bucket, 0)
    if together:
        yield together


def digests(members: pl.DataFrame, buckets: Iterable[int], *about: pl.DataFrame) -> dict[int, str]:
    """Digest what is known of the reports of each bucket, and the code that makes something of it.

    Args:
        members: ``report_key``, ``bucket``.
        buckets: All buckets there are, those without reports too.
        about: Frames with ``report_key``, or with ``bucket``; the order of their rows does not matter.
    """
    found = {bucket: hashlib.sha256(code_digest().encode()) for bucket in buckets}
    for frame in about:
        placed = frame if "bucket" in frame.columns else frame.join(members, on="report_key")
        said = placed.select("bucket", row=pl.struct(pl.exclude("bucket")).struct.json_encode()).sort("bucket", "row")
        for bucket, rows in said.group_by("bucket", maintain_order=True).agg(pl.col("row").str.join("\n")).iter_rows():
            found[bucket].update(rows.encode())
        for one in found.values():
            one.update(b"\0")
    return {bucket: one.hexdigest() for bucket, one in found.items()}
