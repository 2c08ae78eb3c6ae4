"""Reader of text and Markdown dumps: tab-separated runs of lines become grids."""

from __future__ import annotations

import re
from pathlib import Path

from pipelines.core.document import Block, Cell, Document, Grid, Line, Place, UnreadableError

_TAG = re.compile(r"</?(?:b|i|u|sup|sub|strong|em|p|span|font)(?:\s[^<>]*)?>|<br\s*/?>", re.IGNORECASE)
_PIPE_RULE = re.compile(r"\s*\|?(?:\s*:?-{2,}:?\s*\|)+\s*(?::?-{2,}:?)?\s*")
_MARKUP = re.compile(r"^#{1,6}\s+|\*\*|\\(?=[_*#])")
_BLANKS = {0x3000: " ", 0xA0: " ", **dict.fromkeys([0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF])}
"""Other blanks become plain ones, those without a width nothing: they would cut a number in two."""

_ENCODINGS = ("utf-8-sig", "gb18030")


def read_text(path: Path) -> Document:
    """Read a text dump into text lines and grids; places are source lines counted from 1.

    Raises:
        UnreadableError: The file is empty or in no known encoding.
    """
    text = decode(path.read_bytes())
    blocks: list[Block] = []
    run: list[tuple[int, list[str]]] = []

    def flush() -> None:
        if run:
            blocks.append(_grid(run))
            run.clear()

    for number, raw in enumerate(text.splitlines(), 1):
        line = _MARKUP.sub("", _TAG.sub("", raw)).translate(_BLANKS)
        if "\t" in line and line.strip():
            run.append((number, [cell.strip() for cell in line.split("\t")]))
        elif line.count("|") >= 2:
            if not _PIPE_RULE.fullmatch(line):
                run.append((number, [cell.strip() for cell in line.strip().strip("|").split("|")]))
        else:
            flush()
            if line.strip():
                blocks.append(Line(line.strip(), Place(line=number)))
    flush()
    return Document("text", blocks)


def decode(data: bytes) -> str:
    """Text of a file in UTF-8, UTF-16 (with or without a byte order mark) or GB18030.

    Raises:
        UnreadableError: The content is empty, binary, or in no known encoding.
    """
    if not data.strip():
        raise UnreadableError("empty_file", "文件为空；the file is empty")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    nulls = data.count(0)  # in all of it: pages of words alone, in UTF-16, hold none
    if nulls:
        odd = data[1::2].count(0)
        if max(odd, nulls - odd) > 16:  # digits, tabs and line ends carry a zero byte on one side
            return data.decode(_order(data), errors="replace").lstrip("\ufeff")
        raise UnreadableError("binary_text", "不是文本文件（含空字节）；not a text file, it holds null bytes")
    for encoding in _ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableError("unknown_encoding", "文本编码无法识别；the text is in no known encoding")


def _order(data: bytes) -> str:
    """The order of bytes in which UTF-16 has more digits and line ends; 一 has a zero byte on the other side."""
    head = data[: 2**20]

    def plain(encoding: str) -> int:
        text = head.decode(encoding, errors="replace")
        return sum(text.count(sign) for sign in "\n\r\t0123456789.,")

    return max(("utf-16-le", "utf-16-be"), key=plain)


def _grid(run: list[tuple[int, list[str]]]) -> Grid:
    """A grid of a run of rows; short rows are filled up with blanks at the right."""
    cols = max(len(cells) for _, cells in run)
    cells = [
        Cell(cells[c] if c < len(cells) else "", r, c, 1, 1, Place(line=number))
        for r, (number, cells) in enumerate(run)
        for c in range(cols)
    ]
    return Grid(len(run), cols, cells, Place(line=run[0][0]))
