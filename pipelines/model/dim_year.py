"""Table ``dim_year``."""

from __future__ import annotations

import polars as pl

from pipelines.storage.tables import conform

NUMERALS = ("", "一", "二", "三", "四", "五", "六", "七", "八", "九")

# The sixth plan (六五) began in 1981, and a plan has begun every five years since.
SIXTH_PLAN = 1981


def five_year_plan(year: int) -> str:
    """Return the short name of the five-year plan a year belongs to: 2023 is in 十四五."""
    tens, ones = divmod((year - SIXTH_PLAN) // 5 + 6, 10)
    return ("" if tens == 0 else NUMERALS[tens] * (tens > 1) + "十") + NUMERALS[ones] + "五"


def dim_year(report_reading: pl.DataFrame) -> pl.DataFrame:
    """Return the fiscal years from the first to the last that a report is about, without a gap.

    Args:
        report_reading: ``REPORT_READING``.

    Returns:
        Table ``dim_year``. The fiscal year is the calendar year (Budget Law, article 18).
    """
    seen = report_reading["fiscal_year"].drop_nulls()
    first, last = (seen.min(), seen.max()) if len(seen) else (1, 0)
    assert isinstance(first, int) and isinstance(last, int)
    years = pl.DataFrame({"year_key": list(range(first, last + 1))}, schema={"year_key": pl.Int32})
    plans = [five_year_plan(year) for year in years["year_key"]]
    return conform(
        years.with_columns(
            pl.Series("five_year_plan", plans, pl.String),
            starts_on=pl.date("year_key", 1, 1),
            ends_on=pl.date("year_key", 12, 31),
            label=pl.concat_str("year_key", pl.lit("年度")),
            plan_year=(pl.col("year_key") - SIXTH_PLAN) % 5 + 1,
        ),
        "dim_year",
    )
