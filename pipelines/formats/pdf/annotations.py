"""Annotations and form fields, made part of their page as a viewer shows them."""

from __future__ import annotations

from typing import Any

import pypdfium2.raw as pdfium


def flatten(page: Any) -> bool:
    """Make annotations and form fields part of a page, which must be loaded anew to show them.

    Args:
        page: Handle of a loaded page.

    Returns:
        Whether there was anything to make part of it.
    """
    # Drawn once, so that pdfium makes up the looks of those that bring none: marks, fields without a picture.
    bitmap = pdfium.FPDFBitmap_CreateEx(1, 1, pdfium.FPDFBitmap_Gray, None, 0)
    pdfium.FPDF_RenderPageBitmap(bitmap, page, 0, 0, 1, 1, 0, pdfium.FPDF_ANNOT | pdfium.FPDF_GRAYSCALE)
    pdfium.FPDFBitmap_Destroy(bitmap)
    return bool(pdfium.FPDFPage_Flatten(page, pdfium.FLAT_NORMALDISPLAY) == pdfium.FLATTEN_SUCCESS)
