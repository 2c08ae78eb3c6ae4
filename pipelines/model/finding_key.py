"""The key of a finding: the same in every run that finds the same, however its message is worded."""

from __future__ import annotations

import polars as pl

from pipelines.core.digests import short_key

_SAYS_WHICH = ("report_key", "rule_id", "form", "page", "printed", "expected")


def keyed(findings: pl.DataFrame) -> pl.DataFrame:
    """Add ``finding_key`` to findings.

    Args:
        findings: Rows of ``quality.finding`` without a key; all that one rule found in a report stand together. Those
            that agree in everything but their words are numbered in the order of these.
    """
    parts = findings.select(
        *(pl.col(name).cast(pl.String).fill_null("") for name in _SAYS_WHICH),
        cells=pl.col("cell_keys").list.sort().list.join(" "),
    )
    text = parts.select(what=pl.concat_str(pl.all(), separator="\x1f")).with_columns(message=findings["message"])
    nth = text.select(pl.col("message").rank("ordinal").over("what"))["message"]
    keys = [short_key(what, str(number)) for what, number in zip(text["what"], nth, strict=True)]
    return findings.with_columns(finding_key=pl.Series(keys, dtype=pl.String))
