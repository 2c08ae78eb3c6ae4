"""Reports are worked on by buckets of bodies; a bucket is done again only when what it is made of has changed."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.core.frames import REPORT_READING
from pipelines.model.buckets import BUCKETS, bucket_of, report_bucket
from pipelines.orchestration import bucket_log
from pipelines.orchestration.bucket_log import BucketLog, digests, passes
from pipelines.prove.tally import tally
from pipelines.storage.frame_store import FrameStore

NAMES = ["report_key", "unit_name", "scope", "fiscal_year"]


def reading(*rows: tuple[str, str | None, str | None, int]) -> pl.DataFrame:
    frame = pl.DataFrame(rows, schema={name: REPORT_READING[name] for name in NAMES}, orient="row")
    return frame.match_to_schema(REPORT_READING, missing_columns="insert")


def test_reports_of_a_body_share_a_bucket_whatever_their_scope_and_year() -> None:
    of = report_bucket(
        reading(
            ("a", "武汉市硚口区民政局", "department", 2020),
            ("b", "武汉市硚口区民政局（本级）", "unit", 2021),
            ("c", None, None, 2021),
        )
    )
    a, b, c = of["bucket"]
    assert a == b and c == bucket_of("c")
    assert of["bucket"].min() >= 0 and of["bucket"].max() < BUCKETS  # type: ignore[operator]


def test_a_bucket_is_stable() -> None:
    """Another number moves every report of every warehouse: a change to mean."""
    assert (BUCKETS, [bucket_of(key) for key in ("a", "c")]) == (128, [74, 98])


@given(st.lists(st.integers(0, 9), max_size=20), st.integers(1, 5))
def test_passes_hold_every_bucket_once(of: list[int], size: int) -> None:
    members = pl.DataFrame(
        {"report_key": [str(n) for n in range(len(of))], "bucket": of}, schema_overrides={"bucket": pl.Int32}
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bucket_log, "REPORTS_PER_PASS", size)
        found = list(passes(set(of), members))
    assert [n for some in found for n in some] == sorted(set(of))
    for some in found:
        assert len(some) == 1 or sum(of.count(n) for n in some) <= size


def test_a_bucket_is_stale_when_anything_it_is_made_of_changes(tmp_path: Path) -> None:
    members = pl.DataFrame({"report_key": ["a", "b"], "bucket": [1, 2]}, schema_overrides={"bucket": pl.Int32})
    store = FrameStore(tmp_path / "frames")
    log = BucketLog(tmp_path / "log", store, ["x"])
    files = pl.DataFrame({"report_key": ["b", "a"], "name": ["n", "m"]})
    wanted = digests(members, [0, 1, 2], files)
    assert wanted == digests(members, [0, 1, 2], files.reverse())
    assert log.stale(wanted) == [0, 1, 2]
    log.begin(wanted)
    store.write_buckets("x", files, members, wanted)
    log.end(wanted)
    assert log.stale(wanted) == []
    assert store.read("x", [1])["name"].to_list() == ["m"] and store.read("x", [0]).is_empty()
    other = digests(members, [0, 1, 2], files.with_columns(name=pl.col("name").replace("m", "o")))
    assert log.stale(other) == [1]
    log.begin([1])
    assert log.stale(wanted) == [1], "what was begun and not ended is in no log"
    store.bucket_file("x", 2).write_bytes(b"PAR1 cut off")
    assert log.stale(wanted) == [1, 2]
    log.forget_others([0, 1])
    assert not store.bucket_file("x", 2).exists() and set(log.done()) == {0}


def test_a_tally_adds_up_over_batches() -> None:
    finding = pl.DataFrame(
        [("r1", "error"), ("r1", "info"), ("r2", "warning")], schema=["report_key", "severity"], orient="row"
    ).with_columns(
        rule_id=pl.lit("row_sum"),
        form=pl.lit("balance"),
        page=pl.lit(1, pl.Int32),
        message=pl.lit("…"),
        cell_keys=pl.lit(["k"]),
        accepted_at=pl.lit(None, pl.Datetime()),
        **{name: pl.lit("1.00").cast(pl.Decimal(24, 8)) for name in ("printed", "expected", "difference")},
    )
    outcome = pl.DataFrame(
        [("r1", "failed"), ("r2", "passed")], schema=["report_key", "outcome"], orient="row"
    ).with_columns(rule_id=pl.lit("row_sum"))
    parts = ([frame.filter(pl.col("report_key") == key) for key in ("r1", "r2")] for frame in (finding, outcome))
    whole, added = tally([finding], [outcome]), tally(*parts)
    assert added.failing.equals(whole.failing)
    assert added.reports.sort("report_key").equals(whole.reports.sort("report_key"))
    assert added.outcomes.sort("outcome").equals(whole.outcomes.sort("outcome"))
