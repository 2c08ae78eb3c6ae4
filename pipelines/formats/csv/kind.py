"""Separated values among the kinds of file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.formats.kind import IsTitle
from pipelines.formats.listed import ListedFormat

if TYPE_CHECKING:
    from pipelines.core.document import Document
    from pipelines.core.tasks import Spot


class Csv(ListedFormat):
    """Comma-, tab- or semicolon-separated values, as spreadsheets save them; lines are those of the file."""

    name = "csv"
    label = "分隔值表格 CSV"
    suffixes = (".csv", ".tsv")
    measured = True

    def read(self, path: Path, is_title: IsTitle, limits: Mapping[str, int]) -> Document:
        """See `pipelines.formats.csv.reader`."""
        from pipelines.formats.csv.reader import read_csv

        return read_csv(path, is_title)

    def reread(self, path: Path, spots: Sequence[Spot]) -> dict[str, str | None]:
        """See `pipelines.formats.csv.reread`."""
        from pipelines.formats.csv.reread import reread

        return reread(path, spots)

    def texts(self, path: Path) -> Iterable[str]:
        """Give the file as one text: what separates is made blank, whatever it separates."""
        from pipelines.formats.csv.reread import plain_texts

        return plain_texts(path)
