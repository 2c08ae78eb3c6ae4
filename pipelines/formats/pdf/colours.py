"""Colours of a PDF: what they come to on paper, and which of them a person can tell apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

_PALE = 0.93  # a component above this on paper is as good as white
_SAME = 0.03  # components that differ by less look the same
_NEUTRAL = 5  # of the components a and b of a Lab colour

Colour = Any
"""Grey, RGB or CMYK components; ``None`` where nobody can tell: a pattern, a palette."""


def ink(colour: Any, space: str) -> Colour:
    """Give a colour of pdfminer as grey, RGB or CMYK components, where its colour space lets us tell."""
    components = tuple(colour) if isinstance(colour, (tuple, list)) else (colour,)
    if space in {"Pattern", "Indexed"} or not all(isinstance(c, (int, float)) for c in components):
        return None
    if space in {"Separation", "DeviceN"}:  # amounts of ink: none of it leaves the paper white
        return (0, 0, 0, max(components))
    if space == "Lab":
        light, *hue = components
        return (light / 100,) if all(abs(c) < _NEUTRAL for c in hue) else None
    return components if len(components) in {1, 3, 4} else None


def first_colour(space: Any) -> Any:
    """Give the colour that counts when a colour space was chosen and no colour yet: black, or all of an ink."""
    if space.name in {"Separation", "DeviceN"}:
        return (1.0,) * space.ncomponents
    return (0.0, 0.0, 0.0, 1.0) if space.ncomponents == 4 else (0.0,) * space.ncomponents


def is_pale(colour: Any) -> bool:
    """Whether a PDF colour is white or nearly so (grey, RGB or CMYK components; unknown colours are not)."""
    if isinstance(colour, (int, float)):
        colour = (colour,)
    if not isinstance(colour, Sequence) or not colour or not all(isinstance(c, (int, float)) for c in colour):
        return False
    if len(colour) == 4:
        return all(c <= 1 - _PALE for c in colour)
    return all(c >= _PALE for c in colour)


def alike(one: Any, other: Any) -> bool:
    """Whether two colours cannot be told apart; white and nearly white are one."""
    if is_pale(one) and is_pale(other):
        return True
    first, second = _rgb(one), _rgb(other)
    return bool(first and second) and all(abs(a - b) < _SAME for a, b in zip(first, second, strict=True))


def _rgb(colour: Any) -> tuple[float, ...]:
    """Give red, green and blue; nothing for a colour nobody knows."""
    if colour is None:
        return ()
    parts = tuple(min(max(c, 0.0), 1.0) for c in colour)
    if len(parts) == 4:
        cyan, magenta, yellow, key = parts
        return tuple((1 - ink) * (1 - key) for ink in (cyan, magenta, yellow))
    return parts * 3 if len(parts) == 1 else parts
