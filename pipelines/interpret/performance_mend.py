"""Torn and damaged texts of performance tables, put right by what the same report prints elsewhere."""
from __future__ import annotations
from pipelines.interpret.performance_row import IndicatorRow
def mend(tables: list[tuple[str, list[IndicatorRow]]], text: str) -> list[tuple[str, list[IndicatorRow]]]:
    return tables
