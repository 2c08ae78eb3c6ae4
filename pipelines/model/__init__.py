"""Cells become dimensions and facts: one module and one pure function per table, of the same name."""
