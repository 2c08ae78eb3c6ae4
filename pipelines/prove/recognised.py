"""What OCR read accuses nobody: identities that do not hold for it are one finding of ours, none of the publisher's.

An identity stays the publisher's fault if all its numbers in pictures were read twice alike.
"""

from __future__ import annotations

import polars as pl

from pipelines.core.ocr import TWICE, is_recognised
from pipelines.prove.schemas import BROKEN, UNREAD

RULE = "unread_scan"
"""The rule that has one row for each report of which OCR read numbers."""

_OURS = "unread_"
"""How the rules begin that speak of our reading."""

_MOST_PAGES = 12
"""Pages that a message names."""


def unsure_apart(
    compared: pl.DataFrame, cells: pl.DataFrame, reports: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Take the broken identities apart of which nobody knows whether the publisher or the recogniser is wrong.

    Args:
        compared: ``COMPARISON``.
        cells: ``EXTRACTED_CELL``.
        reports: ``REPORT_READING``.

    Returns:
        What rules end with: those identities are unread; and what is told: in their place one row per report.
    """
    if "recognised_pages" not in reports.columns or reports["recognised_pages"].null_count() == reports.height:
        return compared, compared
    doubted = cells.filter(is_recognised(), ~pl.col("method").str.contains(TWICE, literal=True))["cell_key"]
    pages = reports.select("report_key", "recognised_pages")
    on_pictures = pl.col("pages").list.set_intersection(pl.col("recognised_pages").fill_null([])).list.len() > 0
    of_text = pl.col("note").is_not_null() | (pl.col("result") == "blank")
    marked = compared.join(pages, on="report_key", how="left", maintain_order="left").with_columns(
        unsure=pl.col("result").is_in(BROKEN)
        & ~pl.col("rule_id").str.starts_with(_OURS)
        & (
            pl.col("cell_keys").list.eval(pl.element().is_in(doubted.implode())).list.any()
            | (of_text & (on_pictures | pl.col("page").is_in(pl.col("recognised_pages"))).fill_null(value=False))
        )
    )
    unsure = pl.col("unsure")
    judged = marked.with_columns(result=pl.when(unsure).then(pl.lit(UNREAD)).otherwise("result"))
    return judged.select(compared.columns), _told(marked, compared)


def _told(marked: pl.DataFrame, compared: pl.DataFrame) -> pl.DataFrame:
    """The instances without the unsure ones, which the row of their report counts."""
    counts = (
        marked.filter("unsure")
        .group_by("report_key")
        .agg(
            broken=pl.len(),
            first=pl.col("page").min(),
            where=pl.col("page").drop_nulls().unique().sort().head(_MOST_PAGES).cast(pl.String).str.join("、"),
        )
    )
    kept = marked.filter(~pl.col("unsure")).join(counts, on="report_key", how="left", maintain_order="left")
    is_row = (pl.col("rule_id") == RULE) & pl.col("broken").is_not_null()
    sentence = pl.format("扫描页上有 {} 处勾稽关系不符，不能断定是公布之误还是辨认之误（第 {} 页）", "broken", "where")
    note = pl.when(pl.col("result") == "beyond").then(pl.format("{}；{}", sentence, "note")).otherwise(sentence)
    rows = kept.with_columns(
        note=pl.when(is_row).then(note).otherwise("note"),
        page=pl.when(is_row).then(pl.coalesce("first", "page")).otherwise("page"),
        result=pl.when(is_row).then(pl.lit("beyond")).otherwise("result"),
    )
    return rows.select(compared.columns)
