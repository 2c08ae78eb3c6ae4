"""A font of boxes instead of the machine's fonts.

pdfium asks a font for the outline of every character it places. For a font that a PDF does not bring along it takes one
of the machine's: which one differs from machine to machine, a container has none, and drawing Chinese outlines costs
more than all else pdfium does. Where nothing is drawn, boxes do, and are the same everywhere.
"""

from __future__ import annotations

import ctypes
from functools import cache
from pathlib import Path

import pypdfium2.raw as pdfium

_FOLDERS = (ctypes.c_char_p * 2)(bytes(Path(__file__).parent), None)  # pdfium keeps the pointer


@cache
def use_boxes() -> None:
    """Let pdfium take boxes from now on in this process, which must have no document open and draw none later."""
    pdfium.FPDF_DestroyLibrary()
    config = pdfium.FPDF_LIBRARY_CONFIG(version=2)
    config.m_pUserFontPaths = ctypes.cast(_FOLDERS, type(config.m_pUserFontPaths))
    pdfium.FPDF_InitLibraryWithConfig(config)
