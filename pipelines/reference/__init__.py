"""Committed reference data: regions, classifications, statements, known bodies."""
