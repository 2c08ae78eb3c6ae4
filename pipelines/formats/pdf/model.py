"""The model of a page: what pdfium would paint, as plain tuples, in points from its top left as it is read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from pipelines.formats.pdf.geometry import Clip, Point, Rect

Colour = tuple[int, int, int] | None
"""Red, green and blue, 0 to 255; ``None`` where nobody can tell: a pattern, a picture."""


class Run(NamedTuple):
    """One text object.

    Attributes:
        order: Number of the object in the order of painting.
        size: Of the type, in points.
        angle: Of the writing, in degrees clockwise from left to right, -180 to 180.
        quarter: The same in quarter turns clockwise, rounded: 0 to 3.
        colour: That a viewer shows.
        opacity: 0 to 1.
        painted: Whether its mode paints anything.
        clip: What of the page it may be painted on.
        font: Base name.
    """

    order: int
    size: float
    angle: float
    quarter: int
    colour: Colour
    opacity: float
    painted: bool
    clip: Clip | None
    font: str


class Char(NamedTuple):
    """A character at its baseline origin, with the distance it advances along the line, in points.

    ``number`` counts what pdfium takes for the text of the page, with the blanks and line ends it puts in.
    """

    text: str
    x: float
    y: float
    advance: float
    run: Run
    number: int


class Shape(NamedTuple):
    """A path.

    Attributes:
        order: Number of the object in the order of painting.
        parts: Its subpaths as points, a closed one ending where it begins.
        boxes: The boxes around them.
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
    boxes: tuple[Rect, ...]
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
        lean: Degrees clockwise that the page as displayed lies askew; a picture is set level to be read.
        chars: Blanks and characters without a shape apart.
        shapes: Paths.
        pictures: Images and shadings.
        blank: Number of characters without an outline, which a font calls something else than a blank.
        private: Number of characters that are private to their font: nobody else can tell what they are.
        unmapped: Number of characters whose font does not say which they are; they are not among the characters.
    """

    width: float
    height: float
    turned: int = 0
    chars: list[Char] = field(default_factory=list)
    shapes: list[Shape] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    blank: int = 0
    private: int = 0
    unmapped: int = 0
    lean: float = 0.0
