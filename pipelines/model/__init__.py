"""Cells become dimensions and facts: pure functions over frames."""
