"""Reads a page from pdfium into the model of a page. Nothing is judged here; `visible` decides what is seen.

pdfium resolves fonts, colours, matrices, forms and clipping.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from ctypes import POINTER, addressof, byref, c_ubyte, cast
from typing import Any

import pypdfium2.raw as pdfium

from pipelines.formats.pdf import quick, raw
from pipelines.formats.pdf.geometry import (
    IDENTITY,
    Matrix,
    Point,
    Rect,
    both,
    box_around,
    common,
    display,
    multiply,
    placed,
    placed_clip,
)
from pipelines.formats.pdf.model import PageModel, Picture, Shape
from pipelines.formats.pdf.objects import IMAGE, PATH, SHADING, TEXT, Found, ObjectReader
from pipelines.formats.pdf.quick import Handle
from pipelines.formats.pdf.text import Owned, TextReader

_MOVE, _BEZIER = 2, 1  # kinds of path segments
_DENSE = bytes(range(230, 256))  # opacities, of 255: nothing shines through what is that dense
_MAX_PIXELS = 10_000_000  # of an image as drawn: a larger one is not looked at, and hides nothing
_FRINGE = 0.02  # of the pixels of an image, at its edges, may be blended


class PageReader:
    """Reads the pages of one document. It must not outlive the document."""

    def __init__(self, document: int) -> None:
        self._document = document
        self._objects = ObjectReader()
        self._texts = TextReader(self._objects)
        self._ints = (raw.Int * 2)()
        self._ints_at = quick.places(self._ints)

    def read(self, page: Any, text_page: Any, hidden: frozenset[int] = frozenset()) -> PageModel:
        """Read a page.

        Args:
            page: Handle of a loaded page.
            text_page: Handle of its text.
            hidden: Addresses of page objects on layers that are switched off.

        Returns:
            The model, turned so that most of its painted text stands upright.
        """
        found = self._objects.walk(raw.address(page))
        if hidden:
            found = [o for o in found if o.address not in hidden]
        texts = {o.address: o for o in found if o.kind == TEXT}
        owned = self._texts.characters(text_page)
        if not self._texts.show_lost(texts, owned):
            return self._model(page, owned, found, texts)
        text_page = pdfium.FPDFText_LoadPage(page)
        try:
            return self._model(page, self._texts.characters(text_page), found, texts)
        finally:
            pdfium.FPDFText_ClosePage(text_page)

    def _model(self, page: Any, owned: list[Owned], found: Sequence[Found], texts: dict[int, Found]) -> PageModel:
        bounds = pdfium.FS_RECTF()
        pdfium.FPDF_GetPageBoundingBox(page, byref(bounds))
        displayed = pdfium.FPDFPage_GetRotation(page)
        runs = self._texts.runs(texts, owned)
        turned = self._texts.upright(runs, owned, displayed)
        quarters = (displayed + turned) % 4
        to_page, width, height = display((bounds.left, bounds.bottom, bounds.right, bounds.top), quarters)
        model = PageModel(width, height, turned)
        self._texts.read(model, owned, runs, to_page, quarters)
        for one in found:
            if one.kind == PATH:
                shape = self._shape(one, to_page)
                if shape is not None:
                    model.shapes.append(shape)
        self._pictures(model, found, to_page, page)
        return model

    def _shape(self, one: Found, to_page: Matrix) -> Shape | None:
        handle = one.handle
        quick.get_draw_mode(handle, *self._ints_at)
        filled, stroked = self._ints[0] != 0, self._ints[1] != 0
        if not filled and not stroked:
            return None
        matrix = multiply(multiply(self._objects.matrix(handle), one.matrix), to_page)
        parts, curved = self._subpaths(handle, matrix)
        if not parts:
            return None
        fill, opacity = self._objects.colour(quick.get_fill_color, handle) if filled else (None, 1.0)
        stroke, thickness = self._objects.colour(quick.get_stroke_color, handle) if stroked else (None, 1.0)
        width = 0.0
        if stroked:
            quick.get_stroke_width(handle, self._objects.places[0])
            a, b, c, d, _, _ = matrix
            width = self._objects.floats[0] * math.sqrt(abs(a * d - b * c))
        clip = both(one.clip, self._objects.clip(handle, one.matrix))
        return Shape(
            order=one.order,
            parts=parts,
            boxes=tuple([box_around(part) for part in parts]),
            curved=curved,
            stroke=stroke,
            stroked=stroked,
            fill=fill,
            filled=filled,
            width=width,
            opacity=opacity if filled else thickness,
            blended=filled and quick.has_transparency(handle) == 1,
            clip=self._objects.placed_clip(clip, to_page),
        )

    def _subpaths(self, handle: Handle, matrix: Matrix) -> tuple[tuple[tuple[Point, ...], ...], bool]:
        """The subpaths of a path, and whether any of them is curved."""
        a, b, c, d, e, f = matrix
        floats, (x_at, y_at, *_) = self._objects.floats, self._objects.places
        get, get_point, get_type = quick.get_segment, quick.get_segment_point, quick.get_segment_type
        parts: list[list[Point]] = []
        curved = False
        last: Handle | None = None
        for i in range(quick.count_segments(handle)):
            segment = get(handle, i)
            get_point(segment, x_at, y_at)
            x, y = floats[0], floats[1]
            point = (a * x + c * y + e, b * x + d * y + f)
            kind = get_type(segment) if i else _MOVE
            if kind == _MOVE:
                _close(parts, last)
                parts.append([point])
            else:
                parts[-1].append(point)
                curved = curved or kind == _BEZIER
            last = segment
        _close(parts, last)
        return tuple([tuple(part) for part in parts if len(part) > 1]), curved

    # --- pictures ----------------------------------------------------------------------------------------------------

    def _pictures(self, model: PageModel, found: Sequence[Found], to_page: Matrix, page: Any) -> None:
        whole = (0.0, 0.0, model.width, model.height)
        for one in found:
            if one.kind not in {IMAGE, SHADING}:
                continue
            own = self._objects.matrix(one.handle) if one.kind == IMAGE else IDENTITY
            corners = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)]
            if one.kind == SHADING:
                at = addressof(self._objects.floats)
                raw.get_bounds(one.address, at, at + 4, at + 8, at + 12)
                left, bottom, right, top = self._objects.floats[:4]
                corners = [(left, bottom), (right, top)]
            whole_box = box = box_around(placed(corners, multiply(multiply(own, one.matrix), to_page)))
            clip = both(one.clip, self._objects.clip(one.handle, one.matrix))
            if clip is not None:
                box = common(box, placed_clip(clip, to_page).box)
            box = common(box, whole)
            if box[0] < box[2] and box[1] < box[3]:
                small = (whole_box[2] - whole_box[0]) * (whole_box[3] - whole_box[1]) <= _MAX_PIXELS
                unclipped = clip is None or clip.whole
                hides = one.kind == IMAGE and small and unclipped and self._hides(model, one, box, page)
                model.pictures.append(Picture(one.order, box, hides))

    def _hides(self, model: PageModel, one: Found, box: Rect, page: Any) -> bool:
        """Whether an image hides the text below it; asked of pdfium only where there is any."""
        x0, top, x1, bottom = box
        if raw.has_transparency(one.address) == 1 or not any(
            c.run.order < one.order and x0 <= c.x <= x1 and top <= c.y <= bottom for c in model.chars
        ):
            return False
        return _is_opaque(self._document, page, one.address)


def _close(parts: list[list[Point]], last: Handle | None) -> None:
    """Let the last subpath end where it begins if its last segment closes it."""
    if last is not None and parts[-1][-1] != parts[-1][0] and quick.get_segment_close(last):
        parts[-1].append(parts[-1][0])


def _is_opaque(document: int, page: Any, image: int) -> bool:
    """Whether nothing shines through an image: neither its mask nor a stencil leaves holes."""
    handle = cast(image, pdfium.FPDF_PAGEOBJECT)
    bitmap = pdfium.FPDFImageObj_GetRenderedBitmap(cast(document, pdfium.FPDF_DOCUMENT), page, handle)
    if not bitmap:
        return False
    try:
        if pdfium.FPDFBitmap_GetFormat(bitmap) != pdfium.FPDFBitmap_BGRA:
            return True
        stride, height = pdfium.FPDFBitmap_GetStride(bitmap), pdfium.FPDFBitmap_GetHeight(bitmap)
        width = pdfium.FPDFBitmap_GetWidth(bitmap)
        data = bytes(cast(pdfium.FPDFBitmap_GetBuffer(bitmap), POINTER(c_ubyte * (stride * height))).contents)
        alpha = b"".join(data[row * stride + 3 : row * stride + 4 * width : 4] for row in range(height))
        return len(alpha.translate(None, _DENSE)) <= _FRINGE * len(alpha)
    finally:
        pdfium.FPDFBitmap_Destroy(bitmap)
