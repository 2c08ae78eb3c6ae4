"""Kinds of files: each becomes a `Document`."""
