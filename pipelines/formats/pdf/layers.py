"""Layers (optional content) that a document switches off: which page objects a viewer does not show.

pdfium honours layers when it draws, but does not tell of them. So it is asked to draw: what makes no difference to the
picture when it is switched off is not shown. Only documents with layers that are off are asked.
"""

from __future__ import annotations

from contextlib import suppress
from ctypes import POINTER, c_ubyte, cast
from typing import Any

import pypdfium2.raw as pdfium
from pdfminer.pdfdocument import PDFDocument
from pdfminer.pdftypes import PDFObjRef, dict_value, list_value, resolve1
from pdfminer.psparser import LIT, PSLiteral

from pipelines.formats.pdf import raw

_FORM = 5
_MAX_DRAWN = 400  # of one page: what is beyond is taken for seen
_LONGEST = 900  # pixels of the longer side of a drawing
_MAX_NESTING = 30


def has_hidden_layers(document: PDFDocument) -> bool:
    """Whether any layer is off when the document opens on a screen."""
    with suppress(Exception):  # whatever stands there: without a list of layers there are none to hide
        properties = dict_value(document.catalog.get("OCProperties", {}))
        default = dict_value(properties.get("D", {}))
        base = resolve1(default.get("BaseState"))
        if list_value(default.get("OFF", [])) or (isinstance(base, PSLiteral) and base.name == "OFF"):
            return True
        for use in map(dict_value, list_value(default.get("AS", []))):
            if resolve1(use.get("Event")) is LIT("View"):
                for ref in list_value(use.get("OCGs", [])):
                    usage = dict_value(dict_value(ref).get("Usage", {}))
                    if isinstance(ref, PDFObjRef) and dict_value(usage.get("View", {})).get("ViewState") is LIT("OFF"):
                        return True
    return False


def hidden_objects(page: Any) -> frozenset[int]:
    """Addresses of the objects of a page, in forms too, that are on layers a viewer does not show."""
    marked: list[tuple[int, frozenset[int]]] = []

    def walk(parent: int, count: Any, get: Any, depth: int) -> frozenset[int]:
        inside: set[int] = set()
        for i in range(count(parent)):
            handle = get(parent, i)
            own = {handle}
            if raw.get_type(handle) == _FORM and depth < _MAX_NESTING:
                own |= walk(handle, raw.count_form_objects, raw.get_form_object, depth + 1)
            if len(own) > 1 or raw.count_marks(handle) > 0:
                marked.append((handle, frozenset(own)))
            inside |= own
        return frozenset(inside)

    walk(raw.address(page), raw.count_page_objects, raw.get_page_object, 0)
    whole = _drawn(page)
    hidden: set[int] = set()
    off: list[int] = []
    for handle, own in marked[:_MAX_DRAWN]:
        raw.set_is_active(handle, 0)
        if _drawn(page) == whole:
            hidden |= own
            off.append(handle)  # stays off: of two that cover each other one must make a difference
        else:
            raw.set_is_active(handle, 1)
    for handle in off:
        raw.set_is_active(handle, 1)
    return frozenset(hidden)


def _drawn(page: Any) -> bytes:
    """A small picture of a page, as bytes."""
    width, height = pdfium.FPDF_GetPageWidthF(page), pdfium.FPDF_GetPageHeightF(page)
    scale = _LONGEST / max(width, height, 1.0)
    columns, rows = max(int(width * scale), 1), max(int(height * scale), 1)
    bitmap = pdfium.FPDFBitmap_CreateEx(columns, rows, pdfium.FPDFBitmap_Gray, None, 0)
    try:
        pdfium.FPDFBitmap_FillRect(bitmap, 0, 0, columns, rows, 0xFFFFFFFF)
        pdfium.FPDF_RenderPageBitmap(bitmap, page, 0, 0, columns, rows, 0, pdfium.FPDF_GRAYSCALE)
        size = pdfium.FPDFBitmap_GetStride(bitmap) * rows
        return bytes(cast(pdfium.FPDFBitmap_GetBuffer(bitmap), POINTER(c_ubyte * size)).contents)
    finally:
        pdfium.FPDFBitmap_Destroy(bitmap)
