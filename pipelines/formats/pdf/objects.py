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
)
from pipelines.formats.pdf.model import Colour

TEXT, PATH, IMAGE, SHADING, FORM = 1, 2, 3, 4, 5  # kinds of page objects
_MAX_NESTING = 30  # of forms that draw forms
_MAX_CLIP_POINTS = 500  # of one clipping path: its box needs no more
_RECTANGLE = frozenset({4, 5})  # points of a clipping path that may be a rectangle
_THREE = range(3)
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
        self._parts = (raw.UInt * 4)()
        self._parts_at = tuple(addressof(self._parts) + 4 * n for n in range(4))

    def walk(self, page: int) -> list[Found]:
        """All objects that paint, those of forms in place of the forms, in the order of painting."""
        found: list[Found] = []

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
            if count <= 0:
                continue
            # A rectangle is told by three of its corners; most clips are rectangles.
            rectangle = count in _RECTANGLE
            taken = _THREE if rectangle else range(min(count, _MAX_CLIP_POINTS))
            corners = placed([self._clip_point(path, number, n) for n in taken], matrix)
            whole = rectangle and _is_corner(*corners)
            if rectangle and not whole:
                corners += placed([self._clip_point(path, number, n) for n in range(3, count)], matrix)
            clip = both(clip, Clip(box_around(corners), whole))
        return clip

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
