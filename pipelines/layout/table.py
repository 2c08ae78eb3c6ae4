"""A table of a document, before its rows are read."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipelines.core.document import Grid, Line, Place
from pipelines.statements.catalogue import Form


@dataclass(slots=True)
class Table:
    """One table of a document.

    ``lines`` are the text lines below a title that has no grid (dumps without column marks). ``captions`` are those
    from the title to the first grid, ``above`` and ``after`` the few next to the title and to the last grid.
    """

    form: Form | None
    title: str
    place: Place
    grids: list[Grid] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    unit: str | None = None
    unit_from: str | None = None
    note: list[str] = field(default_factory=list)
    captions: list[Line] = field(default_factory=list)
    above: list[Line] = field(default_factory=list)
    after: list[Line] = field(default_factory=list)
