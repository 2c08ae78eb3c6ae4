"""The same documents as separated values and in archives."""

from __future__ import annotations

import csv
import io
import zipfile
from random import Random

from tests.corpus.converted import dressed
from tests.corpus.layout import Layout
from tests.corpus.model import Document, Table, Text

_MADE = (2031, 2, 3, 4, 5, 6)  # when members of archives were made


def full(table: Table, layout: Layout, rng: Random) -> list[list[str]]:
    """Return the texts of a table in its full grid; covered places are empty."""
    width = len(table.widths)
    rows = [[""] * width for _ in table.rows]
    taken: set[tuple[int, int]] = set()
    for row, line in enumerate(table.rows):
        col = 0
        for cell in line:
            while (row, col) in taken:
                col += 1
            rows[row][col] = dressed(cell, layout.dress, rng)
            taken.update((row + i, col + j) for i in range(cell.rows) for j in range(cell.cols))
            col += cell.cols
    return rows


def render_csv(document: Document, layout: Layout, rng: Random) -> tuple[bytes, str]:
    """Return a document as a spreadsheet saves its sheets below each other, and its suffix."""
    sign, suffix = rng.choice(((",", "csv"), ("\t", "tsv"), (";", "csv"), ("\t", "csv")))
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=sign, lineterminator=rng.choice(("\n", "\r\n")))
    for block in document.blocks:
        if isinstance(block, Text):
            writer.writerow([block.text])
        elif isinstance(block, Table):
            width = len(block.widths)
            blanks = [""] * (width - 1)
            for line in (block.label, block.title):
                if line:
                    writer.writerow([line, *blanks])
            if block.department or block.unit_line:
                writer.writerow([block.department, *blanks[:-1], block.unit_line][:width])
            writer.writerows(full(block, layout, rng))
            writer.writerows([[note, *blanks] for note in block.notes])
            if rng.random() < 0.7:
                writer.writerow([""] * width)
    return stream.getvalue().encode(layout.encoding, "replace"), suffix


def packed(members: dict[str, bytes], *, gbk: bool = True) -> bytes:
    """Return an archive as Windows makes it in China: names in GBK, which no flag says."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            info = zipfile.ZipInfo(name, _MADE)
            info.compress_type = zipfile.ZIP_DEFLATED
            if gbk:
                info = _Named(name, _MADE)
                info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, data)
    return stream.getvalue()


class _Named(zipfile.ZipInfo):
    """A member whose name is written in GBK."""

    __slots__ = ()

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802 (as zipfile calls it)
        return self.filename.encode("gb18030"), self.flag_bits & ~0x800
