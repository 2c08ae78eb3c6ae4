"""Whose report it is, of which fiscal year and stage."""
