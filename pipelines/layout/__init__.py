"""Grids become tables: titles, heading paths, rows, joins over pages. No accounting."""
