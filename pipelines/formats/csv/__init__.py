"""Comma- and tab-separated values: rows are cells, a row of one cell is a line."""
