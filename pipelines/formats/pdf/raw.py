"""pdfium's C functions, typed so that a handle is a plain integer.

pypdfium2 wraps every handle in a pointer object of its own. A page has thousands of them; as integers they cost a third
and can be compared and looked up, which is how a character finds its text object. The functions hold Python's lock:
pdfium must not be called from two threads at once.
"""

from __future__ import annotations

from ctypes import PYFUNCTYPE, c_double, c_float, c_int, c_size_t, c_uint, c_void_p, cast
from typing import Any

import pypdfium2.raw as pdfium

_HANDLE = c_void_p
_OUT = c_void_p  # the address of what the function fills in

_SIGNATURES: dict[str, tuple[Any, ...]] = {
    # name: result, arguments
    "FPDFText_GetUnicode": (c_uint, _HANDLE, c_int),
    "FPDFText_HasUnicodeMapError": (c_int, _HANDLE, c_int),
    "FPDFText_GetTextObject": (_HANDLE, _HANDLE, c_int),
    "FPDFText_GetCharOrigin": (c_int, _HANDLE, c_int, _OUT, _OUT),
    "FPDFText_GetCharBox": (c_int, _HANDLE, c_int, _OUT, _OUT, _OUT, _OUT),
    "FPDFText_GetLooseCharBox": (c_int, _HANDLE, c_int, _OUT),
    "FPDFText_GetMatrix": (c_int, _HANDLE, c_int, _OUT),
    "FPDFPage_CountObjects": (c_int, _HANDLE),
    "FPDFPage_GetObject": (_HANDLE, _HANDLE, c_int),
    "FPDFFormObj_CountObjects": (c_int, _HANDLE),
    "FPDFFormObj_GetObject": (_HANDLE, _HANDLE, c_size_t),
    "FPDFPageObj_GetType": (c_int, _HANDLE),
    "FPDFPageObj_GetMatrix": (c_int, _HANDLE, _OUT),
    "FPDFPageObj_GetClipPath": (_HANDLE, _HANDLE),
    "FPDFPageObj_GetFillColor": (c_int, _HANDLE, _OUT, _OUT, _OUT, _OUT),
    "FPDFPageObj_GetStrokeColor": (c_int, _HANDLE, _OUT, _OUT, _OUT, _OUT),
    "FPDFPageObj_GetStrokeWidth": (c_int, _HANDLE, _OUT),
    "FPDFPageObj_HasTransparency": (c_int, _HANDLE),
    "FPDFPageObj_CountMarks": (c_int, _HANDLE),
    "FPDFPageObj_SetIsActive": (c_int, _HANDLE, c_int),
    "FPDFPageObj_GetBounds": (c_int, _HANDLE, _OUT, _OUT, _OUT, _OUT),
    "FPDFTextObj_GetFont": (_HANDLE, _HANDLE),
    "FPDFTextObj_GetFontSize": (c_int, _HANDLE, _OUT),
    "FPDFTextObj_GetTextRenderMode": (c_int, _HANDLE),
    "FPDFTextObj_SetTextRenderMode": (c_int, _HANDLE, c_int),
    "FPDFPageObj_Transform": (None, _HANDLE, *[c_double] * 6),
    "FPDFFont_GetIsEmbedded": (c_int, _HANDLE),
    "FPDFFont_GetGlyphWidth": (c_int, _HANDLE, c_uint, c_float, _OUT),
    "FPDFFont_GetBaseFontName": (c_size_t, _HANDLE, _OUT, c_size_t),
    "FPDFPath_CountSegments": (c_int, _HANDLE),
    "FPDFPath_GetPathSegment": (_HANDLE, _HANDLE, c_int),
    "FPDFPath_GetDrawMode": (c_int, _HANDLE, _OUT, _OUT),
    "FPDFPathSegment_GetPoint": (c_int, _HANDLE, _OUT, _OUT),
    "FPDFPathSegment_GetType": (c_int, _HANDLE),
    "FPDFPathSegment_GetClose": (c_int, _HANDLE),
    "FPDFClipPath_CountPaths": (c_int, _HANDLE),
    "FPDFClipPath_CountPathSegments": (c_int, _HANDLE, c_int),
    "FPDFClipPath_GetPathSegment": (_HANDLE, _HANDLE, c_int, c_int),
}


def address(handle: Any) -> int:
    """Give the address that a pointer of pypdfium2 holds."""
    return cast(handle, c_void_p).value or 0


def _typed(name: str) -> Any:
    result, *arguments = _SIGNATURES[name]
    return PYFUNCTYPE(result, *arguments)(address(getattr(pdfium, name)))


get_unicode = _typed("FPDFText_GetUnicode")
has_unicode_map_error = _typed("FPDFText_HasUnicodeMapError")
get_text_object = _typed("FPDFText_GetTextObject")
get_char_origin = _typed("FPDFText_GetCharOrigin")
get_char_box = _typed("FPDFText_GetCharBox")
get_loose_char_box = _typed("FPDFText_GetLooseCharBox")
get_char_matrix = _typed("FPDFText_GetMatrix")
count_page_objects = _typed("FPDFPage_CountObjects")
get_page_object = _typed("FPDFPage_GetObject")
count_form_objects = _typed("FPDFFormObj_CountObjects")
get_form_object = _typed("FPDFFormObj_GetObject")
get_type = _typed("FPDFPageObj_GetType")
get_matrix = _typed("FPDFPageObj_GetMatrix")
get_clip_path = _typed("FPDFPageObj_GetClipPath")
get_fill_color = _typed("FPDFPageObj_GetFillColor")
get_stroke_color = _typed("FPDFPageObj_GetStrokeColor")
get_stroke_width = _typed("FPDFPageObj_GetStrokeWidth")
has_transparency = _typed("FPDFPageObj_HasTransparency")
count_marks = _typed("FPDFPageObj_CountMarks")
set_is_active = _typed("FPDFPageObj_SetIsActive")
get_bounds = _typed("FPDFPageObj_GetBounds")
get_font = _typed("FPDFTextObj_GetFont")
get_font_size = _typed("FPDFTextObj_GetFontSize")
get_render_mode = _typed("FPDFTextObj_GetTextRenderMode")
set_render_mode = _typed("FPDFTextObj_SetTextRenderMode")
transform = _typed("FPDFPageObj_Transform")
is_embedded = _typed("FPDFFont_GetIsEmbedded")
get_glyph_width = _typed("FPDFFont_GetGlyphWidth")
get_base_font_name = _typed("FPDFFont_GetBaseFontName")
count_segments = _typed("FPDFPath_CountSegments")
get_segment = _typed("FPDFPath_GetPathSegment")
get_draw_mode = _typed("FPDFPath_GetDrawMode")
get_segment_point = _typed("FPDFPathSegment_GetPoint")
get_segment_type = _typed("FPDFPathSegment_GetType")
get_segment_close = _typed("FPDFPathSegment_GetClose")
count_clip_paths = _typed("FPDFClipPath_CountPaths")
count_clip_segments = _typed("FPDFClipPath_CountPathSegments")
get_clip_segment = _typed("FPDFClipPath_GetPathSegment")

Double, Float, UInt, Int = c_double, c_float, c_uint, c_int
