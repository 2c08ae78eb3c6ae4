"""Workbooks: sheets of cells become lines and grids as they are shown, whatever the file they are stored in."""
