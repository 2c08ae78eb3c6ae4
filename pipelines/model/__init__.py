"""Cells become dimensions and facts: one module and one pure function per table, of the same name.

``star`` calls them in their order of need.
"""
