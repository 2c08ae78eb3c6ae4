"""A Document becomes a report identity, recognised tables and cells."""

EXTRACTOR_VERSION = "10"
"""Changes with every change that may read a document differently; older readings are then read again."""
