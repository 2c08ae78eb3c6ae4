"""Page objects of pdfium: walked in the order of painting, asked for their matrix, clip and colour."""

from __future__ import annotations

from ctypes import addressof
from struct import Struct
from typing import Any, NamedTuple

from pipelines.formats.pdf import raw
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

TEXT, PATH, IMAGE, SHADING, FORM = 1, 2, 3, 4, 5  # kinds of page objects
_MAX_NESTING = 30  # of forms that draw forms
_MAX_CLIP_POINTS = 500  # of one clipping path: its box needs no more
_RECTANGLE = frozenset({4, 5})  # points of a clipping path that may be a rectangle
_SIX_FLOATS = Struct("6f").unpack


class Found(NamedTuple):
    """A page object as it is walked upon; matrix and clip are those of the forms around it, in page space."""

    kind: int
    handle: int
    order: int
    matrix: Matrix
    clip: Clip | None


class ObjectReader:
    """Asks page objects; it keeps the places that pdfium writes its answers to."""

    def __init__(self) -> None:
        self.floats = (raw.Float * 6)()
        self.floats_at = addressof(self.floats)
        self._clips: dict[tuple[float | Matrix, ...], Clip] = {}
        self._placed: dict[Clip, Clip] = {}
        self._parts = (raw.UInt * 4)()
        self._parts_at = tuple(addressof(self._parts) + 4 * n for n in range(4))

    def walk(self, page: int) -> list[Found]:
        """All objects that paint, those of forms in place of the forms, in the order of painting."""
        found: list[Found] = []
        self._clips.clear()
        self._placed.clear()

        def walk(parent: int, matrix: Matrix, clip: Clip | None, depth: int) -> None:
            count, get = (
                (raw.count_form_objects, raw.get_form_object)
                if depth
                else (raw.count_page_objects, raw.get_page_object)
            )
            for i in range(count(parent)):
                handle = get(parent, i)
                kind = raw.get_type(handle)
                if kind != FORM:
                    found.append(Found(kind, handle, len(found), matrix, clip))
                elif depth < _MAX_NESTING:
                    inside = multiply(self.matrix(handle), matrix)
                    own = both(clip, self.clip(handle, matrix))
                    walk(handle, inside, own, depth + 1)

        walk(page, IDENTITY, None, 0)
        return found

    def matrix(self, handle: int) -> Matrix:
        """The matrix of an object within its page or form."""
        raw.get_matrix(handle, self.floats_at)
        return _SIX_FLOATS(self.floats)

    def clip(self, handle: int, matrix: Matrix) -> Clip | None:
        """What the clipping paths of an object let through, in page space."""
        path = raw.get_clip_path(handle)
        paths = raw.count_clip_paths(path)
        clip: Clip | None = None
        for number in range(paths):
            count = raw.count_clip_segments(path, number)
            if count in _RECTANGLE:
                # Two corners across tell a rectangle from the one before, which it mostly is the same as.
                key = (*self._clip_point(path, number, 0), *self._clip_point(path, number, 2), matrix)
                one = self._clips.get(key)
                if one is None:
                    one = self._clips[key] = self._clip_of(path, number, count, matrix)
                clip = one if clip is None or clip == one else both(clip, one)
            elif count > 0:
                clip = both(clip, self._clip_of(path, number, count, matrix))
        return clip

    def placed_clip(self, clip: Clip | None, to_page: Matrix) -> Clip | None:
        """A clip of page space on the page as it is read."""
        if clip is None:
            return None
        found = self._placed.get(clip)
        if found is None:
            found = self._placed[clip] = placed_clip(clip, to_page)
        return found

    def _clip_of(self, path: int, number: int, count: int, matrix: Matrix) -> Clip:
        points = [self._clip_point(path, number, n) for n in range(min(count, _MAX_CLIP_POINTS))]
        corners = placed(points, matrix)
        return Clip(box_around(corners), count in _RECTANGLE and _is_corner(*corners[:3]))

    def _clip_point(self, path: int, number: int, n: int) -> Point:
        at = self.floats_at
        raw.get_segment_point(raw.get_clip_segment(path, number, n), at, at + 4)
        return self.floats[0], self.floats[1]

    def colour(self, get: Any, handle: int) -> tuple[Colour, float]:
        """Colour and opacity of an object; ``get`` is pdfium's function for its fill or its stroke."""
        if not get(handle, *self._parts_at):
            return None, 1.0
        red, green, blue, alpha = self._parts
        return (red, green, blue), alpha / 255


def _is_corner(a: Point, b: Point, c: Point) -> bool:
    """Whether two sides of a path stand upright and level."""
    return (a[0] == b[0] and b[1] == c[1]) or (a[1] == b[1] and b[0] == c[0])
