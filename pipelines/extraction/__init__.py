"""One file becomes one reading: the stages in order, in worker processes, with a cache."""

EXTRACTOR_VERSION = "10"
"""Changes with every change that may read a document differently; older readings are then read again."""
