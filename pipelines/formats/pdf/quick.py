"""pdfium's functions that are called for every character, text object and path, as cheaply as ctypes can.

`raw` converts every argument to its declared type; here no types are declared, which saves 40 % of a call. So arguments
must be of the right kind already: a handle a `Handle` (a plain integer would be cut to 32 bits), a number an ``int``,
a place for the answer what ``byref`` gives.
"""

from __future__ import annotations

from ctypes import PYFUNCTYPE, Array, byref, c_int, c_uint, c_void_p, sizeof
from typing import Any

import pypdfium2.raw as pdfium

from pipelines.formats.pdf.raw import address


class Handle(c_void_p):
    """A pointer of pdfium's; as a class of its own it stays an object when a function returns it."""


def places(array: Array[Any]) -> tuple[Any, ...]:
    """Where the items of an array stand, for a function to fill in."""
    size = sizeof(array._type_)
    return tuple(byref(array, size * n) for n in range(len(array)))


def _untyped(name: str, result: Any) -> Any:
    return PYFUNCTYPE(result)(address(getattr(pdfium, name)))


# characters: text page, index
get_unicode = _untyped("FPDFText_GetUnicode", c_uint)
has_unicode_map_error = _untyped("FPDFText_HasUnicodeMapError", c_int)
get_text_object = _untyped("FPDFText_GetTextObject", c_void_p)
get_char_origin = _untyped("FPDFText_GetCharOrigin", c_int)

# page objects
get_page_object = _untyped("FPDFPage_GetObject", Handle)
get_type = _untyped("FPDFPageObj_GetType", c_int)
get_matrix = _untyped("FPDFPageObj_GetMatrix", c_int)
get_fill_color = _untyped("FPDFPageObj_GetFillColor", c_int)
get_stroke_color = _untyped("FPDFPageObj_GetStrokeColor", c_int)
get_stroke_width = _untyped("FPDFPageObj_GetStrokeWidth", c_int)
has_transparency = _untyped("FPDFPageObj_HasTransparency", c_int)
get_font = _untyped("FPDFTextObj_GetFont", c_void_p)
get_font_size = _untyped("FPDFTextObj_GetFontSize", c_int)
get_render_mode = _untyped("FPDFTextObj_GetTextRenderMode", c_int)

# paths
get_draw_mode = _untyped("FPDFPath_GetDrawMode", c_int)
count_segments = _untyped("FPDFPath_CountSegments", c_int)
get_segment = _untyped("FPDFPath_GetPathSegment", Handle)
get_segment_point = _untyped("FPDFPathSegment_GetPoint", c_int)
get_segment_type = _untyped("FPDFPathSegment_GetType", c_int)
get_segment_close = _untyped("FPDFPathSegment_GetClose", c_int)
get_clip_path = _untyped("FPDFPageObj_GetClipPath", Handle)
count_clip_paths = _untyped("FPDFClipPath_CountPaths", c_int)
count_clip_segments = _untyped("FPDFClipPath_CountPathSegments", c_int)
get_clip_segment = _untyped("FPDFClipPath_GetPathSegment", Handle)
