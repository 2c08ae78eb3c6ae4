"""From the bytes of a web page to its text; declarations are often wrong."""

from __future__ import annotations

import codecs
import re

from pipelines.formats.text.decoding import decode

_DECLARED = re.compile(rb"(?:charset|encoding)\s*=\s*[\"']?\s*([\w-]{2,20})", re.IGNORECASE)
_HEAD = 4096  # bytes in which a page says what it is encoded in
_STRAY = 0.01  # of the bytes of a page may be zero: browsers pass over them
_ALIASES = {"gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "cp936": "gb18030", "gb_2312-80": "gb18030",
            "big5": "big5hkscs", "unicode": "utf-16"}  # fmt: skip


def decode_page(data: bytes, declared: str | None = None) -> str:
    """Text of a web page: what is UTF-8 is UTF-8, then what it declares counts, then GB18030.

    A page of another encoding is hardly ever valid UTF-8, while almost anything is valid GB18030.

    Args:
        data: Of the page.
        declared: Encoding that came with the page; what the page says itself counts where this is absent.

    Raises:
        UnreadableError: The page is empty or binary.
    """
    nulls = data.count(0)
    if not data.strip() or data.startswith((b"\xff\xfe", b"\xfe\xff")) or nulls > _STRAY * len(data):
        return decode(data)
    data = data.replace(b"\0", b"") if nulls else data
    found = _DECLARED.search(data[:_HEAD])
    named = declared or (found[1].decode("ascii", "replace") if found else "")
    named = _ALIASES.get(named.strip().lower(), named)
    for encoding in ("utf-8-sig", named, "gb18030"):
        try:
            return data.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    best = min(
        (e for e in ("utf-8", named, "gb18030") if _known(e)), key=lambda e: data.decode(e, "replace").count("�")
    )
    return data.decode(best, "replace")  # a few bytes of it are damaged; digits never are among them


def _known(encoding: str) -> bool:
    try:
        return codecs.lookup(encoding)._is_text_encoding
    except LookupError:
        return False
