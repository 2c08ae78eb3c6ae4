"""What a kind of file tells of itself; light, since commands that only look something up need it too."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from pipelines.core.document import Document, Place
    from pipelines.core.tasks import Spot

MARK = 1024
"""Bytes within which the mark of a kind stands; some producers put bytes before it."""

IsTitle = Callable[[str], bool]
"""Tells whether a line is the title of a declared form."""


Marks = dict[int, dict[str, list[tuple[float, float, float, float]]]]
"""By page and words: the boxes, in points from the top left corner of the page as drawn, a line each."""

Withheld = Callable[[str], Iterable[str]]
"""Gives what of the text of a page nobody is to see."""


@dataclass(frozen=True, slots=True)
class PagePicture:
    """One page: its number from 1, its size in points and its PNG."""

    page: int
    width: float
    height: float
    png: bytes


BETWEEN_CELLS = " │ "
"""What stands between the cells of a row that is shown as a line."""


@dataclass(frozen=True, slots=True)
class ShownCell:
    """A cell of a row that is shown: its text, the columns it covers, and its `Place.origin`."""

    text: str
    cols: int = 1
    origin: str | None = None


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A line of a source without pages: its number from 1 and its cells; a paragraph is one cell."""

    number: int
    cells: tuple[ShownCell, ...]

    @property
    def text(self) -> str:
        """The cells side by side."""
        return BETWEEN_CELLS.join(cell.text for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A piece of a source around a place: a picture, or lines, or rows of the table.

    Attributes:
        png: The page with the place outlined.
        fault: What is wrong with the picture, in Chinese and English.
        lines: Numbers from 1 and texts of lines around the place.
        rows: The same cell by cell, of a source whose lines are rows of tables.
        marked: `Place.origin` of the cell among them that was asked for.
    """

    png: bytes | None = None
    fault: str | None = None
    lines: tuple[tuple[int, str], ...] = ()
    rows: tuple[ShownRow, ...] = ()
    marked: str | None = None


class Format(ABC):
    """One kind of file. Subclasses import their libraries in the methods that need them.

    Attributes:
        name: As stored in ``dim_report.format``, and in messages after a point.
        label: In messages.
        suffixes: Endings of file names, in lower case, with the point.
        magic: Bytes near the beginning by which a content of the kind is known; none for plain text.
        paged: Whether places are boxes on pages, so that there are pictures; else they are lines.
        measured: Whether `texts` gives the text of its pages, or of its tables where it has no pages.
        limits: The most that one file may hold, by what is counted; ``pages`` is overridden by the settings.
    """

    name: ClassVar[str]
    label: ClassVar[str]
    suffixes: ClassVar[tuple[str, ...]]
    magic: ClassVar[tuple[bytes, ...]] = ()
    paged: ClassVar[bool] = False
    measured: ClassVar[bool] = False
    limits: ClassVar[Mapping[str, int]] = MappingProxyType({})

    def recognises(self, head: bytes) -> bool:
        """Whether a content that begins so (`registry.HEAD` bytes) says that it is of this kind."""
        return any(magic in head[:MARK] for magic in self.magic)

    def claims(self, path: Path, head: bytes) -> bool:
        """Whether a file says that it is of this kind; one whose beginning is shared by several kinds is looked into.

        Args:
            path: The file. What looks into it must be light: it is asked for every file that is found.
            head: How it begins, `registry.HEAD` bytes.
        """
        return self.recognises(head)

    def load(self) -> None:  # noqa: B027 (most kinds need nothing)
        """Import what reading needs, so that its memory does not count as that of the first report."""

    def prepare_worker(self) -> None:  # noqa: B027
        """Set up a process that does nothing but read."""

    @abstractmethod
    def read(self, path: Path, is_title: IsTitle, limits: Mapping[str, int]) -> Document:
        """Read a file.

        Args:
            path: The file.
            is_title: Tells whether a line is the title of a declared form.
            limits: Those of the kind, overridden by the settings.

        Raises:
            UnreadableError: The file cannot be read; the error says why.
        """

    @abstractmethod
    def reread(self, path: Path, spots: Sequence[Spot]) -> dict[str, str | None]:
        """Read some numbers of a file a second time, by another way than `read`.

        Returns:
            The text found for each cell key; ``None`` where this way finds no single number.
        """

    @abstractmethod
    def excerpt(self, path: Path, place: Place) -> Excerpt:
        """Show a place: its page with the place outlined, or the lines around it."""

    def pages(self, path: Path, numbers: Sequence[int], withheld: Withheld) -> list[PagePicture]:
        """Draw whole pages of a paged source, in a process that may die; page numbers it does not have are left out.

        Args:
            path: The file.
            numbers: Pages, from 1.
            withheld: What is painted over.
        """
        return []

    def marks(self, path: Path, wanted: Mapping[int, Sequence[str]]) -> Marks:
        """Find where words stand on pages of a paged source, in a process that may die.

        Args:
            path: The file.
            wanted: Words by page; those of a clause that a line break or a page break cuts are found in parts.
        """
        return {}

    def texts(self, path: Path) -> Iterable[str]:
        """Give the plain text of each page (or table) of a source, as another program than `read` sees it.

        Raises:
            UnreadableError: The file cannot be opened.
        """
        return ()

    def passages(self, path: Path, lines: Iterable[int]) -> list[list[tuple[int, str]]]:
        """Give the lines around some lines of a source without pages, in runs.

        Raises:
            UnreadableError: The file is no text of this kind.
        """
        return []

    def rows(self, path: Path, lines: Iterable[int], document: Document | None = None) -> list[list[ShownRow]]:
        """Give the same lines cell by cell.

        Args:
            path: The file.
            lines: Numbers of lines.
            document: What `read` gave, where somebody has it: nothing is read a second time.

        Raises:
            UnreadableError: The file is no text of this kind.
        """
        return [[ShownRow(n, (ShownCell(text),)) for n, text in run] for run in self.passages(path, lines)]
