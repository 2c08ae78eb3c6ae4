"""Units of money, and amounts in yuan."""

from __future__ import annotations

from decimal import Decimal

import polars as pl

UNITS = {"元": 1, "千元": 1_000, "万元": 10_000, "亿元": 100_000_000}
"""Yuan in one unit, by its name as printed."""

UNIT = "(?:亿|千|万)?元"
"""Pattern of the name of a unit."""

FEN = Decimal("0.01")
"""The smallest amount that is stored."""


def yuan(value: Decimal, unit: str) -> Decimal:
    """An amount in yuan; the product is exact before it is rounded to fen, halves to even.

    Args:
        value: As printed.
        unit: One of `UNITS`.
    """
    return (value * UNITS[unit]).quantize(FEN)


def in_yuan(value: pl.Expr, dtype: pl.DataType, *, default: int | None = None) -> pl.Expr:
    """Values of a frame in yuan, by its column ``unit``.

    Args:
        value: As printed.
        dtype: A decimal type.
        default: Factor of units that are none of money; without it such a unit is an error.
    """
    unit = pl.col("unit")
    factor = (
        unit.replace_strict(UNITS, return_dtype=pl.Int64)
        if default is None
        else unit.replace_strict(UNITS, default=default, return_dtype=pl.Int64)
    )
    return (value * factor).cast(dtype)
