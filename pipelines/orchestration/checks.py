"""Asset checks: what the expectations said, one check per asset; and how every rule of the catalogue ended."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import dagster as dg
import polars as pl

from pipelines.prove.catalogue import catalogue, rule_words
from pipelines.prove.expectations import STRUCTURAL
from pipelines.prove.tally import SHOWN, Tally

EXPECTATIONS = "expectations"
"""Name of the check that every asset with a suite carries."""

OUTCOMES = ("passed", "failed", "not_applicable", "insufficient_data", "unreadable")
"""How a rule can end for a report."""

RULED = "finding"
"""The asset that carries one check per rule, named like the rule."""


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


def rule_specs() -> list[dg.AssetCheckSpec]:
    """Declare one check per rule of the catalogue; none of them blocks."""
    return [dg.AssetCheckSpec(name=rule, asset=RULED, description=f"{zh} / {en}") for rule, zh, en in rule_words()]


def rule_results(tally: Tally) -> Iterator[dg.AssetCheckResult]:
    """Turn what was counted into one check result per rule, with the ids of its failing rows."""
    counts = {(rule, outcome): count for rule, outcome, count in tally.outcomes.iter_rows()}
    named = tally.failing.group_by("rule_id").agg(
        pl.col("report_key").unique(maintain_order=True),
        pl.col("cell_keys").explode().drop_nulls().unique(maintain_order=True),
    )
    keys = {rule: (reports, cells) for rule, reports, cells in named.iter_rows()}
    failing = tally.failing.partition_by("rule_id", as_dict=True, include_key=False)
    none = tally.failing.clear()
    for rule, severity in catalogue().select("rule_id", "severity").iter_rows():
        ended = {outcome: counts.get((rule, outcome), 0) for outcome in OUTCOMES}
        reports, cells = keys.get(rule, ([], []))
        yield dg.AssetCheckResult(
            asset_key=RULED,
            check_name=rule,
            passed=not ended["failed"],
            severity=dg.AssetCheckSeverity.ERROR if severity == "error" else dg.AssetCheckSeverity.WARN,
            metadata={
                **ended,
                "reports": reports,
                "cell_keys": cells,
                "failing_rows": dg.MetadataValue.md(markdown(failing.get((rule,), none), SHOWN)),
            },
        )


def describe(frame: pl.LazyFrame) -> dict[str, dg.MetadataValue]:
    """Give rows, the sum of amounts, reports and a sample of a frame as metadata."""
    columns = frame.collect_schema().names()
    wanted = [pl.len().alias("rows")]
    wanted += [pl.col("report_key").n_unique().alias("reports")] if "report_key" in columns else []
    wanted += [pl.col("amount").sum()] if "amount" in columns else []
    found = frame.select(wanted).collect(engine="streaming").row(0, named=True)
    metadata: dict[str, dg.MetadataValue] = {
        "dagster/row_count": dg.MetadataValue.int(found["rows"]),
        "sample": dg.MetadataValue.md(markdown(frame.head(5).collect(), rows=5)),
    }
    if "reports" in found:
        metadata["reports"] = dg.MetadataValue.int(found["reports"])
    if "amount" in found:
        metadata["amount"] = dg.MetadataValue.text(
            f"{found['amount'] or 0:,.2f} 元 (sum of all rows, statements overlap)"
        )
    return metadata


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
