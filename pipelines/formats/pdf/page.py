"""The model of a page: what pdfium would paint, as plain tuples in points from the top left of the page as it is read.

pdfium resolves fonts, colours, matrices, forms and clipping. Characters stand at their baseline origins: the boxes of
fonts lie (some producers' a whole line), origins do not. Nothing is judged here; `visible` decides what is seen.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from ctypes import addressof, byref, create_string_buffer
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium

from pipelines.formats.pdf import raw
from pipelines.formats.pdf.geometry import (
    IDENTITY,
    Clip,
    Matrix,
    Point,
    Rect,
    both,
    box_around,
    common,
    display,
    multiply,
    placed,
)

_TEXT, _PATH, _IMAGE, _SHADING, _FORM = 1, 2, 3, 4, 5  # kinds of page objects
_INVISIBLE_MODES = frozenset({3, 7})  # text rendering modes that paint nothing
_STROKING_MODES = frozenset({1, 5})  # those that draw outlines only
_OUTLINED_MODES = frozenset({2, 6})  # those that draw both
_FILLED_AND_OUTLINED = 2
_MAX_NESTING = 30  # of forms that draw forms
_MOVE, _BEZIER = 2, 1  # kinds of path segments
_LINE_END_HYPHEN = 0x02  # what pdfium makes of a hyphen at the end of a line
_SOFT_HYPHEN = 0xAD
_SYMBOL_FONT = range(0xF020, 0xF07F)  # where fonts with a symbol encoding keep the characters U+0020 to U+007E
_NO_LETTERS = ("symbol", "wingdings", "webdings", "dingbats", "mathtype", "marlett")  # fonts of signs, by name
_UNSEEN_CHARACTERS = frozenset({0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF, 0xFFFE, 0xFFFF})
_BLANK = -1.0  # in place of a width
_FLAT = 1e-6  # a matrix with less than this along an axis paints nothing there

Colour = tuple[int, int, int] | None
"""Red, green and blue, 0 to 255; ``None`` where nobody can tell: a pattern, a picture."""


class Run(NamedTuple):
    """One text object.

    Attributes:
        order: Number of the object in the order of painting.
        size: Of the type, in points.
        angle: Of the writing, in degrees clockwise from left to right.
        colour: That a viewer shows.
        opacity: 0 to 1.
        painted: Whether its mode paints anything.
        clip: What of the page it may be painted on.
        font: Base name.
    """

    order: int
    size: float
    angle: float
    colour: Colour
    opacity: float
    painted: bool
    clip: Clip | None
    font: str


class Char(NamedTuple):
    """A character at its baseline origin, with the distance it advances along the line, in points.

    ``index`` counts what pdfium takes for the text of the page, with the blanks and line ends it puts in.
    """

    text: str
    x: float
    y: float
    advance: float
    run: Run
    index: int


class Shape(NamedTuple):
    """A path.

    Attributes:
        order: Number of the object in the order of painting.
        parts: Its subpaths as points, a closed one ending where it begins.
        curved: Whether any segment is a curve.
        stroke: Colour of the line, if one is drawn.
        stroked: Whether a line is drawn.
        fill: Colour of the area, if it is filled.
        filled: Whether it is filled.
        width: Of the line, in points.
        opacity: 0 to 1, of the area if it is filled.
        blended: Whether what lies below has a say in the colour.
        clip: What of the page it may be painted on.
    """

    order: int
    parts: tuple[tuple[Point, ...], ...]
    curved: bool
    stroke: Colour
    stroked: bool
    fill: Colour
    filled: bool
    width: float
    opacity: float
    blended: bool
    clip: Clip | None


class Picture(NamedTuple):
    """An image or a shading: where it stands as far as it is not clipped away, and whether it hides all below it."""

    order: int
    box: Rect
    opaque: bool


@dataclass(slots=True)
class PageModel:
    """A page as painted.

    Attributes:
        width: Of the page as it is read, in points.
        height: The same.
        turned: Quarter turns clockwise from the page as displayed to the page as it is read.
        chars: Blanks and characters without a shape apart.
        shapes: Paths.
        pictures: Images and shadings.
        blank: Number of characters without an outline, which a font calls something else than a blank.
        unmapped: Number of characters whose font does not say which they are; they are not among the characters.
    """

    width: float
    height: float
    turned: int = 0
    chars: list[Char] = field(default_factory=list)
    shapes: list[Shape] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    blank: int = 0
    unmapped: int = 0


class _Found(NamedTuple):
    """A page object as it is walked upon; matrix and clip are those of the forms around it."""

    kind: int
    handle: int
    order: int
    matrix: Matrix
    clip: Clip | None


class _Font(NamedTuple):
    """What is asked of a font once; ``signs`` says that it has no letters."""

    name: str
    signs: bool


class PageReader:
    """Reads the pages of one document; fonts are looked at once. It must not outlive the document."""

    def __init__(self, document: int) -> None:
        self._document = document
        self._fonts: dict[int, _Font] = {}
        self._widths: dict[tuple[int, int], float] = {}
        self._numbers = (raw.Double * 2)()
        self._doubles = (raw.Double * 4)()
        self._floats = (raw.Float * 6)()
        self._parts = (raw.UInt * 4)()
        self._ints = (raw.Int * 2)()

    def read(self, page: Any, text_page: Any, hidden: frozenset[int] = frozenset()) -> PageModel:
        """Read a page.

        Args:
            page: Handle of a loaded page.
            text_page: Handle of its text.
            hidden: Addresses of page objects on layers that are switched off.

        Returns:
            The model, turned so that most of its visible text stands upright.
        """
        bounds = pdfium.FS_RECTF()
        pdfium.FPDF_GetPageBoundingBox(page, byref(bounds))
        box = (bounds.left, bounds.bottom, bounds.right, bounds.top)
        displayed = pdfium.FPDFPage_GetRotation(page)
        found = [o for o in self._walk(raw.address(page)) if o.handle not in hidden]
        texts = {o.handle: o for o in found if o.kind == _TEXT}
        owners = self._characters(text_page)
        if self._show_lost(texts, owners):
            text_page = pdfium.FPDFText_LoadPage(page)
            try:
                return self._model(page, text_page, found, texts, box, displayed)
            finally:
                pdfium.FPDFText_ClosePage(text_page)
        return self._model(page, text_page, found, texts, box, displayed)

    def _model(
        self, page: Any, text_page: Any, found: list[_Found], texts: dict[int, _Found], box: Rect, displayed: int
    ) -> PageModel:
        owners = self._characters(text_page)
        quarters = self._upright(owners, texts, displayed)
        to_page, width, height = display(box, (displayed + quarters) % 4)
        model = PageModel(width, height, quarters)
        self._text(model, owners, texts, to_page)
        for one in found:
            if one.kind == _PATH:
                shape = self._shape(one, to_page)
                if shape is not None:
                    model.shapes.append(shape)
        self._pictures(model, found, to_page, page)
        return model

    # --- objects -----------------------------------------------------------------------------------------------------

    def _walk(self, page: int) -> list[_Found]:
        """All objects that paint, those of forms in place of the forms, in the order of painting."""
        found: list[_Found] = []

        def walk(parent: int, count: Any, get: Any, matrix: Matrix, clip: Clip | None, depth: int) -> None:
            for i in range(count(parent)):
                handle = get(parent, i)
                kind = raw.get_type(handle)
                if kind != _FORM:
                    found.append(_Found(kind, handle, len(found), matrix, clip))
                elif depth < _MAX_NESTING:
                    inside = multiply(self._matrix(handle), matrix)
                    own = both(clip, self._clip(handle, matrix))
                    walk(handle, raw.count_form_objects, raw.get_form_object, inside, own, depth + 1)

        walk(page, raw.count_page_objects, raw.get_page_object, IDENTITY, None, 0)
        return found

    def _matrix(self, handle: int) -> Matrix:
        raw.get_matrix(handle, addressof(self._floats))
        a, b, c, d, e, f = self._floats
        return a, b, c, d, e, f

    def _clip(self, handle: int, matrix: Matrix) -> Clip | None:
        """What the clipping paths of an object let through, in page space."""
        path = raw.get_clip_path(handle)
        clip: Clip | None = None
        for number in range(max(raw.count_clip_paths(path), 0)):
            count = raw.count_clip_segments(path, number)
            if count > 0:
                # A rectangle is told by three of its corners; most clips are rectangles.
                taken = range(3) if count in {4, 5} else range(min(count, 500))
                corners = placed((self._point(raw.get_clip_segment(path, number, n)) for n in taken), matrix)
                whole = count in {4, 5} and _is_corner(*corners)
                if count in {4, 5} and not whole:
                    rest = (self._point(raw.get_clip_segment(path, number, n)) for n in range(3, count))
                    corners += placed(rest, matrix)
                clip = both(clip, Clip(box_around(corners), whole))
        return clip

    def _point(self, segment: int) -> Point:
        at = addressof(self._floats)
        raw.get_segment_point(segment, at, at + 4)
        return self._floats[0], self._floats[1]

    def _colour(self, get: Any, handle: int) -> tuple[Colour, float]:
        """Colour and opacity of an object."""
        at = addressof(self._parts)
        if not get(handle, at, at + 4, at + 8, at + 12):
            return None, 1.0
        red, green, blue, alpha = self._parts
        return (red, green, blue), alpha / 255

    # --- text --------------------------------------------------------------------------------------------------------

    def _characters(self, text_page: Any) -> list[tuple[int, int, int]]:
        """Number, code and text object of each character that is shown somewhere; blanks are not."""
        count = pdfium.FPDFText_CountChars(text_page)
        self._text_page = handle = raw.address(text_page)
        indices = range(count)
        owners = map(raw.get_text_object, [handle] * count, indices)
        codes = map(raw.get_unicode, [handle] * count, indices)
        return [found for found in zip(indices, codes, owners, strict=True) if found[2] and found[1] != 32]

    def _show_lost(self, texts: dict[int, _Found], owners: Sequence[tuple[int, int, int]]) -> bool:
        """Give text objects a body that pdfium leaves out of the text for want of one; say whether there are any.

        A lone character has none if its font is not embedded and no font of the machine has its shape, though other
        viewers show it. An outline gives it one: pdfium measures text with the width of its outline.
        """
        there = {owner for _, _, owner in owners}
        lost = [h for h in texts if h not in there and not raw.is_embedded(raw.get_font(h))]
        for handle in lost:
            mode = raw.get_render_mode(handle)
            raw.set_render_mode(handle, _FILLED_AND_OUTLINED)
            raw.transform(handle, *IDENTITY)  # measures it again
            raw.set_render_mode(handle, mode)
        return bool(lost)

    def _run(self, one: _Found, to_page: Matrix) -> tuple[Run, int, float]:
        """A text object, its font, and the length of its em along the line, in points."""
        handle = one.handle
        a, b, c, d, _, _ = multiply(multiply(self._matrix(handle), one.matrix), to_page)
        raw.get_font_size(handle, addressof(self._floats))
        size = abs(self._floats[0])
        mode = raw.get_render_mode(handle)
        colour, opacity = self._colour(raw.get_fill_color, handle)
        if mode in _STROKING_MODES:
            colour, opacity = self._colour(raw.get_stroke_color, handle)
        elif mode in _OUTLINED_MODES:
            outline, thick = self._colour(raw.get_stroke_color, handle)
            colour, opacity = (colour if outline == colour else None), max(opacity, thick)
        clip = both(one.clip, self._clip(handle, one.matrix))
        font = raw.get_font(handle)
        run = Run(
            order=one.order,
            size=size * math.hypot(c, d),
            angle=math.degrees(math.atan2(b, a)),
            colour=colour,
            opacity=opacity,
            painted=mode not in _INVISIBLE_MODES,
            clip=clip and _turned_clip(clip, to_page),
            font=self._font(font).name,
        )
        return run, font, size * math.hypot(a, b)

    def _font(self, font: int) -> _Font:
        found = self._fonts.get(font)
        if found is None:
            name = create_string_buffer(128)
            raw.get_base_font_name(font, addressof(name), len(name))
            text = name.value.decode("utf-8", "replace")
            found = self._fonts[font] = _Font(text, any(word in text.lower() for word in _NO_LETTERS))
        return found

    def _is_blank(self, index: int, font: int) -> bool:
        """Whether a character of an embedded font has no outline: a blank, whatever the font calls it."""
        if not raw.is_embedded(font):
            return False
        at = addressof(self._doubles)
        raw.get_char_box(self._text_page, index, at, at + 8, at + 16, at + 24)
        left, right, bottom, top = self._doubles
        return left == right or bottom == top

    def _upright(self, owners: Sequence[tuple[int, int, int]], texts: dict[int, _Found], displayed: int) -> int:
        """Quarter turns clockwise that set most of the painted text upright."""
        votes: Counter[int] = Counter()
        counts = Counter(owner for _, _, owner in owners)
        for handle, count in counts.items():
            one = texts.get(handle)
            if one is not None and raw.get_render_mode(handle) not in _INVISIBLE_MODES:
                a, b, *_ = multiply(self._matrix(handle), one.matrix)
                runs = round(math.degrees(math.atan2(b, a)) / 90) if a or b else 0
                votes[(runs - displayed) % 4] += count
        quarters, most = max(votes.items(), key=lambda item: item[1], default=(0, 0))
        return quarters if most > votes.total() / 2 else 0

    def _text(
        self, model: PageModel, owners: Sequence[tuple[int, int, int]], texts: dict[int, _Found], to_page: Matrix
    ) -> None:
        a, b, c, d, e, f = to_page
        text_page = self._text_page
        numbers, at = self._numbers, addressof(self._numbers)
        origin, unmapped = raw.get_char_origin, raw.has_unicode_map_error
        widths, keep = self._widths, model.chars.append
        last, run, font, em = 0, None, 0, 0.0
        for index, code, owner in owners:
            if owner != last:
                last = owner
                one = texts.get(owner)
                run, font, em = self._run(one, to_page) if one is not None else (None, 0, 0.0)
            if run is None or not run.size > _FLAT:
                continue
            text = _character(code, self._fonts[font].signs)
            if text is None:
                continue
            if not text or unmapped(text_page, index) == 1:
                model.unmapped += 1
                continue
            origin(text_page, index, at, at + 8)
            x, y = numbers
            advance = widths.get((font, code))
            if advance is None:
                advance = self._width(index, code, font)
            if advance == _BLANK:
                model.blank += 1
            elif advance or code != _SOFT_HYPHEN:
                keep(Char(text, a * x + c * y + e, b * x + d * y + f, advance * em, run, index))

    def _width(self, index: int, code: int, font: int) -> float:
        """How far a character moves the pen, in parts of the type size; `_BLANK` for one that leaves nothing on paper."""
        if self._is_blank(index, font):
            self._widths[font, code] = _BLANK
            return _BLANK
        raw.get_glyph_width(font, code, 1.0, addressof(self._floats))
        width = abs(self._floats[0])
        if not width:  # the font has no way back from the character to its code
            raw.get_font_size(raw.get_text_object(self._text_page, index), addressof(self._floats))
            size = abs(self._floats[0])
            raw.get_loose_char_box(self._text_page, index, addressof(self._floats))
            left, right = self._floats[0], self._floats[2]
            raw.get_char_matrix(self._text_page, index, addressof(self._floats))
            scale = abs(self._floats[0]) * size
            width = min(abs(right - left) / scale, 1.0) if scale > _FLAT else 0.0
        self._widths[font, code] = width
        return width

    # --- paths -------------------------------------------------------------------------------------------------------

    def _shape(self, one: _Found, to_page: Matrix) -> Shape | None:
        handle = one.handle
        at = addressof(self._ints)
        raw.get_draw_mode(handle, at, at + 4)
        filled, stroked = self._ints[0] != 0, self._ints[1] != 0
        if not filled and not stroked:
            return None
        matrix = multiply(multiply(self._matrix(handle), one.matrix), to_page)
        parts, curved = self._subpaths(handle, matrix)
        if not parts:
            return None
        fill, opacity = self._colour(raw.get_fill_color, handle) if filled else (None, 1.0)
        stroke, thickness = self._colour(raw.get_stroke_color, handle) if stroked else (None, 1.0)
        width = 0.0
        if stroked:
            raw.get_stroke_width(handle, addressof(self._floats))
            a, b, c, d, _, _ = matrix
            width = self._floats[0] * math.sqrt(abs(a * d - b * c))
        clip = both(one.clip, self._clip(handle, one.matrix))
        return Shape(
            order=one.order,
            parts=parts,
            curved=curved,
            stroke=stroke,
            stroked=stroked,
            fill=fill,
            filled=filled,
            width=width,
            opacity=opacity if filled else thickness,
            blended=raw.has_transparency(handle) == 1,
            clip=clip and _turned_clip(clip, to_page),
        )

    def _subpaths(self, handle: int, matrix: Matrix) -> tuple[tuple[tuple[Point, ...], ...], bool]:
        a, b, c, d, e, f = matrix
        at = addressof(self._floats)
        floats = self._floats
        parts: list[list[Point]] = []
        curved = False
        for i in range(raw.count_segments(handle)):
            segment = raw.get_segment(handle, i)
            raw.get_segment_point(segment, at, at + 4)
            x, y = floats[0], floats[1]
            kind = raw.get_segment_type(segment)
            point = (a * x + c * y + e, b * x + d * y + f)
            if kind == _MOVE or not parts:
                parts.append([point])
            else:
                parts[-1].append(point)
                curved = curved or kind == _BEZIER
            if raw.get_segment_close(segment) and parts[-1][-1] != parts[-1][0]:
                parts[-1].append(parts[-1][0])
        return tuple(tuple(part) for part in parts if len(part) > 1), curved

    # --- pictures ----------------------------------------------------------------------------------------------------

    def _pictures(self, model: PageModel, found: Sequence[_Found], to_page: Matrix, page: Any) -> None:
        whole = (0.0, 0.0, model.width, model.height)
        for one in found:
            if one.kind not in {_IMAGE, _SHADING}:
                continue
            own = self._matrix(one.handle) if one.kind == _IMAGE else IDENTITY
            corners = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)]
            if one.kind == _SHADING:
                at = addressof(self._floats)
                raw.get_bounds(one.handle, at, at + 4, at + 8, at + 12)
                left, bottom, right, top = self._floats[:4]
                corners = [(left, bottom), (right, top)]
            box = box_around(placed(corners, multiply(multiply(own, one.matrix), to_page)))
            clip = both(one.clip, self._clip(one.handle, one.matrix))
            if clip is not None:
                box = common(box, _turned_clip(clip, to_page).box)
            box = common(box, whole)
            if box[0] < box[2] and box[1] < box[3]:
                hides = one.kind == _IMAGE and (clip is None or clip.whole) and self._hides(model, one, box, page)
                model.pictures.append(Picture(one.order, box, hides))

    def _hides(self, model: PageModel, one: _Found, box: Rect, page: Any) -> bool:
        """Whether an image hides the text below it; asked of pdfium only where there is any."""
        x0, top, x1, bottom = box
        if raw.has_transparency(one.handle) == 1 or not any(
            c.run.order < one.order and x0 <= c.x <= x1 and top <= c.y <= bottom for c in model.chars
        ):
            return False
        return _is_opaque(self._document, page, one.handle)


def _is_opaque(document: int, page: Any, image: int) -> bool:
    """Whether nothing shines through an image: neither its mask nor a stencil leaves holes."""
    from ctypes import POINTER, c_ubyte, cast

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
        return sum(value < _DENSE_ALPHA for value in alpha) <= _FRINGE * len(alpha)
    finally:
        pdfium.FPDFBitmap_Destroy(bitmap)


_DENSE_ALPHA = 230  # of 255; nothing shines through what is denser
_FRINGE = 0.02  # of the pixels of an image, at its edges, may be blended


def _character(code: int, signs: bool) -> str | None:
    """The text of a code; ``None`` for what has no shape, empty for what is no text. Fonts of ``signs`` have no letters."""
    if code == _LINE_END_HYPHEN or code == _SOFT_HYPHEN:
        return "-"
    if code in _SYMBOL_FONT and not signs:
        return chr(code - 0xF000)
    if code in _UNSEEN_CHARACTERS:
        return None
    if 0xD800 <= code < 0xE000 or code > 0x10FFFF:
        return ""
    text = chr(code)
    if text.isspace():
        return None
    return "" if code < 32 or 0x7F <= code < 0xA0 else text


def _is_corner(a: Point, b: Point, c: Point) -> bool:
    """Whether two sides of a path stand upright and level."""
    return (a[0] == b[0] and b[1] == c[1]) or (a[1] == b[1] and b[0] == c[0])


def _turned_clip(clip: Clip, to_page: Matrix) -> Clip:
    x0, y0, x1, y1 = clip.box
    ends = placed([(x0, y0), (x1, y1)], to_page)
    turned = box_around(ends)
    return Clip(turned, clip.whole) if x0 <= x1 and y0 <= y1 else Clip((1.0, 1.0, 0.0, 0.0), whole=True)
