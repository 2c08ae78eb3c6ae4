"""What is said of numbers that OCR read, and the command that installs it."""

from __future__ import annotations

OCR = "ocr"
"""Begins the part of ``method`` that says how sure the recogniser was: ``ruled; ocr 0.98``."""

INSTALL = "uv sync --extra ocr"
"""The one command that brings what reading pictures needs."""
