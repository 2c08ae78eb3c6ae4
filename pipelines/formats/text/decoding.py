"""From bytes to text, whatever encoding a dump was saved in."""

from __future__ import annotations

from pipelines.core.document import UnreadableError

_ENCODINGS = ("utf-8-sig", "gb18030")


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
