"""Corrections by people: readings of ours that no second reading puts right, as data with a reason and a guard."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import yaml

from pipelines.core.frames import AMOUNT, CORRECTION
from pipelines.core.money import in_yuan

FILE = Path(__file__).parents[1] / "reference" / "corrections.yml"
_FIELDS = ("report", "form", "side", "row", "measure", "printed", "corrected", "reason", "author", "date")
_PLACE = ["report_key", "form", "side", "row", "measure"]


def read_corrections(file: Path = FILE) -> pl.DataFrame:
    """Read the file of corrections.

    Returns:
        ``CORRECTION`` without ``cell_key`` and ``state``.

    Raises:
        ValueError: An entry lacks a field, has another, or holds a value that is none.
    """
    rows = []
    for number, entry in enumerate(yaml.safe_load(file.read_text(encoding="utf-8")) or [], 1):
        if not isinstance(entry, dict) or set(entry) != set(_FIELDS):
            raise ValueError(f"{file.name}, entry {number}: the fields are {', '.join(_FIELDS)}")
        rows.append(_entry(entry, f"{file.name}, entry {number}"))
    schema = {name: dtype for name, dtype in CORRECTION.items() if name not in {"cell_key", "state"}}
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    if frame.select(_PLACE).is_duplicated().any():
        raise ValueError(f"{file.name}: two entries for one cell")
    return frame


def _entry(entry: Mapping[str, Any], where: str) -> dict[str, Any]:
    texts = {name: entry[name] for name in _FIELDS if name != "date"}
    if not all(isinstance(text, str) for text in texts.values()) or not isinstance(entry["date"], date):
        raise ValueError(f"{where}: every field is text in quotes, but for the date")
    if not all(texts[name] for name in _FIELDS if name not in {"side", "date"}):
        raise ValueError(f"{where}: only the side may be empty")
    try:
        values = {name: Decimal(texts[name]) for name in ("printed", "corrected")}
    except ArithmeticError as error:
        raise ValueError(f"{where}: printed and corrected are numbers in the unit of the table") from error
    return {**texts, **values, "report_key": texts["report"], "corrected_on": entry["date"]}


def correct(frames: Mapping[str, pl.DataFrame], entries: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Apply the corrections whose report is there.

    An entry applies while exactly one cell stands at its place and holds what it says was read; else it is stale,
    which the suite ``correction`` shows.

    Args:
        frames: Reading tables, among them ``report_reading`` and ``extracted_cell``.
        entries: What `read_corrections` gives.

    Returns:
        The frames with corrected cells, and ``correction`` (``CORRECTION``).
    """
    cells = frames["extracted_cell"]
    placed = cells.select(
        "cell_key", "report_key", "form", "side", "measure", "value", row=pl.coalesce("subject_code", "subject_name")
    )
    there = entries.join(frames["report_reading"], on="report_key", how="semi")
    fitting = placed.join(there, on=_PLACE).filter(pl.len().over(_PLACE) == 1, pl.col("value") == pl.col("printed"))
    made = there.join(fitting.select("cell_key", *_PLACE), on=_PLACE, how="left").with_columns(
        state=pl.when(pl.col("cell_key").is_null()).then(pl.lit("stale")).otherwise(pl.lit("applied"))
    )
    values = made.drop_nulls("cell_key").select(
        "cell_key", "reason", "author", new="corrected", new_text=pl.lit(None, pl.String())
    )
    note = pl.format("corrected by hand, read as {}: {} ({})", "value", "reason", "author")
    return {
        **frames,
        "extracted_cell": with_values(cells, values, note),
        "correction": made.select(CORRECTION.keys()).sort(_PLACE),
    }


def with_values(cells: pl.DataFrame, values: pl.DataFrame, note: pl.Expr) -> pl.DataFrame:
    """Put other values into cells; ``method`` gets the note behind it.

    Args:
        cells: ``EXTRACTED_CELL``.
        values: ``cell_key`` (unique), ``new`` in the unit of the cell, ``new_text`` (null keeps the text first read),
            and what the note needs.
        note: Over the cells joined with the values.
    """
    joined = cells.join(values, on="cell_key", how="left", maintain_order="left")
    changed = pl.col("new").is_not_null()
    return joined.with_columns(
        value=pl.coalesce("new", "value"),
        amount=pl.when(changed).then(in_yuan(pl.col("new"), AMOUNT)).otherwise("amount"),
        raw_text=pl.coalesce("new_text", "raw_text"),
        method=pl.when(changed).then(pl.concat_str("method", note, separator="; ")).otherwise("method"),
    ).select(cells.columns)
