"""Reports are worked on in batches; what belongs together stays together, and nothing is in two of them or in none."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.core.frames import REPORT_READING
from pipelines.orchestration import stages
from pipelines.prove.tally import tally, together

UNITS = st.lists(st.one_of(st.none(), st.sampled_from("abcd")), max_size=12)


@given(UNITS, st.integers(1, 5))
def test_series_of_a_unit_are_not_parted(units: list[str | None], size: int) -> None:
    reports = pl.DataFrame(
        {"report_key": [f"r{n:02}" for n in range(len(units))], "unit_key": units},
        schema={"report_key": pl.String, "unit_key": pl.String},
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stages, "REPORTS_PER_BATCH", size)
        parts = stages.series(reports)
    assert pl.concat(parts).sort("report_key").equals(reports)
    for unit in filter(None, set(units)):
        assert sum(unit in part["unit_key"] for part in parts) == 1
    unnamed = [part["unit_key"].null_count() for part in parts]
    assert max(unnamed) <= size, "reports that name no unit are not held together"


def test_no_reports_are_one_empty_batch() -> None:
    assert [batch.len() for batch in stages.batches(pl.DataFrame(schema=REPORT_READING))] == [0]


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
    parts = [
        tally(finding.filter(pl.col("report_key") == key), outcome.filter(pl.col("report_key") == key))
        for key in ("r1", "r2")
    ]
    whole, added = tally(finding, outcome), together(parts)
    assert added.failing.equals(whole.failing)
    assert added.reports.sort("report_key").equals(whole.reports.sort("report_key"))
    assert added.outcomes.sort("outcome").equals(whole.outcomes.sort("outcome"))


def test_readings_newer_than_the_facts_are_not_proved() -> None:
    facts, readings = (pl.DataFrame({"report_key": keys}) for keys in (["a", "b"], ["a", "c"]))
    stages.demand_same_batch(facts.head(1), readings)
    with pytest.raises(ValueError, match="materialise published_cell first: b"):
        stages.demand_same_batch(facts, readings)
