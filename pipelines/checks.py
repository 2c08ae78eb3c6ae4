"""Asset checks: what the expectations said, one check per asset."""

from __future__ import annotations

from collections.abc import Iterable

import dagster as dg
import polars as pl

from pipelines.prove.expectations import STRUCTURAL

EXPECTATIONS = "expectations"
"""Name of the check that every asset with a suite carries."""


def specs(assets: Iterable[str]) -> list[dg.AssetCheckSpec]:
    """Declare the check of each asset; it never blocks, since a failing report is taken out instead."""
    return [
        dg.AssetCheckSpec(
            name=EXPECTATIONS,
            asset=asset,
            description=f"检查集 expectations/{asset}.yml: 结构性失败使报告停下，公布方差错照常载入 / "
            "structural failures stop a report, faults of the publisher are recorded and loaded",
        )
        for asset in assets
    ]


def result(asset: str, results: pl.DataFrame) -> dg.AssetCheckResult:
    """Turn the results (``RESULT``) of an asset's suite into its check result."""
    failed = results.filter(~pl.col("success"))
    structural = failed.filter(pl.col("severity") == STRUCTURAL)
    return dg.AssetCheckResult(
        asset_key=asset,
        check_name=EXPECTATIONS,
        passed=failed.is_empty(),
        severity=dg.AssetCheckSeverity.WARN if structural.is_empty() else dg.AssetCheckSeverity.ERROR,
        metadata={
            "expectations": results.height,
            "structural_failures": structural.height,
            "faults": failed.height - structural.height,
            "reports": sorted({key for keys in failed["report_keys"] for key in keys}),
            "failed": dg.MetadataValue.md(markdown(failed.select("expectation_id", "severity", "notes", "sample"))),
        },
    )


def markdown(frame: pl.DataFrame, rows: int = 10) -> str:
    """Write the first rows as a Markdown table."""
    if frame.is_empty():
        return "—"
    lines = ["| " + " | ".join(frame.columns) + " |", "|" + "---|" * frame.width]
    lines += ["| " + " | ".join(_plain(value) for value in row) + " |" for row in frame.head(rows).iter_rows()]
    return "\n".join(lines)


def _plain(value: object) -> str:
    """Keep what documents say from becoming markup."""
    text = "" if value is None else ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    for char in "\\`*_[]<>|":
        text = text.replace(char, "\\" + char)
    return " ".join(text.split())[:200]
