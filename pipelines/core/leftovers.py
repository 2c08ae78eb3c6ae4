"""What was seen and not taken, so that nothing printed is dropped without a trace."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipelines.core.document import Place

FIGURE = re.compile(r"\d(?:[\d,.]*\d)?")
"""Digits that belong together, grouped or not."""


@dataclass(frozen=True, slots=True)
class Leftover:
    """A figure that a folder saw in its blocks and took nowhere.

    Attributes:
        figure: The digits as printed.
        text: What is printed around them; names and telephone numbers of people are still in it.
        place: Where it is printed.
    """

    figure: str
    text: str
    place: Place


def plain_figure(figure: str) -> str:
    """A figure to compare with others: without grouping, and without zeros that say nothing."""
    whole, point, places = figure.replace(",", "").rpartition(".")
    if not point:
        return places.lstrip("0") or "0"
    return ".".join(filter(None, (whole.lstrip("0") or "0", places.rstrip("0"))))
