"""Page objects of pdfium: walked in the order of painting, asked for their matrix, clip and colour."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import repeat
from struct import Struct
from typing import Any, NamedTuple

from pipelines.formats.pdf import quick, raw
from pipelines.formats.pdf.geometry import (
    IDENTITY,
    Clip,
    Matrix,
    Point,
    both,
    box_around,
    multiply,
    placed,
    placed_clip,
)
from pipelines.formats.pdf.model import Colour
from pipelines.formats.pdf.quick import Handle

TEXT, PATH, IMAGE, SHADING, FORM = 1, 2, 3, 4, 5  # kinds of page objects
_MAX_NESTING = 30  # of forms that draw forms
_MAX_CLIP_POINTS = 500  # of one clipping path: its box needs no more
_RECTANGLE = frozenset({4, 5})  # points of a clipping path that may be a rectangle
_SIX_FLOATS = Struct("6f").unpack  # much cheaper than asking an array of ctypes for its items
_FOUR_PARTS = Struct("4I").unpack


class Found(NamedTuple):
    """A page object as it is walked upon; matrix and clip are those of the forms around it, in page space."""

    kind: int
    handle: Handle
    address: int
    order: int
    matrix: Matrix
    clip: Clip | None


class ObjectReader:
    """Asks page objects; it keeps the places that pdfium writes its answers to."""

    def __init__(self) -> None:
        self.floats = (raw.Float * 6)()
        self.places = quick.places(self.floats)
        self._clips: dict[tuple[Any, ...], Clip | None] = {}
        self._placed: dict[Clip, Clip] = {}
        self._parts = (raw.UInt * 4)()
        self._parts_at = quick.places(self._parts)

    def walk(self, page: int) -> list[Found]:
        """All objects that paint, those of forms in place of the forms, in the order of painting."""
        found: list[Found] = []
        self._clips.clear()
        self._placed.clear()

        def walk(handles: Iterable[Handle], matrix: Matrix, clip: Clip | None, depth: int) -> None:
            get_type, keep, new = quick.get_type, found.append, tuple.__new__
            for handle in handles:
                kind = get_type(handle)
                if kind != FORM:
                    one = (kind, handle, handle.value, len(found), matrix, clip)
                    keep(new(Found, one))  # what a named tuple does, without a call in between
                elif depth < _MAX_NESTING:
                    inside = multiply(self.matrix(handle), matrix)
                    own = both(clip, self.clip(handle, matrix))
                    walk(_objects_of_form(handle), inside, own, depth + 1)

        walk(map(quick.get_page_object, repeat(Handle(page)), range(raw.count_page_objects(page))), IDENTITY, None, 0)
        return found

    def matrix(self, handle: Handle) -> Matrix:
        """The matrix of an object within its page or form."""
        quick.get_matrix(handle, self.places[0])
        return _SIX_FLOATS(self.floats)

    def clip(self, handle: Handle, matrix: Matrix) -> Clip | None:
        """What the clipping paths of an object let through, in page space."""
        path = quick.get_clip_path(handle)
        paths = quick.count_clip_paths(path)
        if paths <= 0:
            return None
        # Objects under one clip share its paths: where their first points stand in memory tells them.
        key = (*(quick.get_clip_segment(path, number, 0).value for number in range(paths)), matrix)
        if key in self._clips:
            return self._clips[key]
        clip: Clip | None = None
        for number in range(paths):
            count = quick.count_clip_segments(path, number)
            if count > 0:
                one = self._clip_of(path, number, count, matrix)
                clip = one if clip is None or clip == one else both(clip, one)
        self._clips[key] = clip
        return clip

    def placed_clip(self, clip: Clip | None, to_page: Matrix) -> Clip | None:
        """A clip of page space on the page as it is read."""
        if clip is None:
            return None
        found = self._placed.get(clip)
        if found is None:
            found = self._placed[clip] = placed_clip(clip, to_page)
        return found

    def _clip_of(self, path: Handle, number: int, count: int, matrix: Matrix) -> Clip:
        points = [self._clip_point(path, number, n) for n in range(min(count, _MAX_CLIP_POINTS))]
        corners = placed(points, matrix)
        return Clip(box_around(corners), count in _RECTANGLE and _is_corner(*corners[:3]))

    def _clip_point(self, path: Handle, number: int, n: int) -> Point:
        quick.get_segment_point(quick.get_clip_segment(path, number, n), self.places[0], self.places[1])
        return self.floats[0], self.floats[1]

    def colour(self, get: Any, handle: Handle) -> tuple[Colour, float]:
        """Colour and opacity of an object; ``get`` is `quick`'s function for its fill or its stroke."""
        if not get(handle, *self._parts_at):
            return None, 1.0
        red, green, blue, alpha = _FOUR_PARTS(self._parts)
        return (red, green, blue), alpha / 255


def _objects_of_form(form: Handle) -> list[Handle]:
    address = form.value or 0
    return [Handle(raw.get_form_object(address, n)) for n in range(raw.count_form_objects(address))]


def _is_corner(a: Point, b: Point, c: Point) -> bool:
    """Whether two sides of a path stand upright and level."""
    return (a[0] == b[0] and b[1] == c[1]) or (a[1] == b[1] and b[0] == c[0])
