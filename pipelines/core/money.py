"""Units of money that tables are printed in."""

UNITS = {"元": 1, "千元": 1_000, "万元": 10_000, "亿元": 100_000_000}
"""Yuan in one unit, by its name as printed."""
