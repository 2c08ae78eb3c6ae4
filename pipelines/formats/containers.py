"""ZIP files by their directory: a document made of parts, or an archive of documents; nothing is unpacked.

A kind of file that is a ZIP inside says so in `Format.claims`, by the names of its parts.
"""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path

ZIP_MAGIC = b"PK\x03\x04"
"""How a ZIP file begins."""

SUFFIXES = (".zip",)
"""Endings of the names of archives, in lower case."""

MOST_DIRECTORY = 16 * 2**20
"""Bytes that the directory of a ZIP may take: some hundred thousand names, which are read into memory."""

_END, _END_64 = b"PK\x05\x06", b"PK\x06\x06"
_LONGEST_END = 22 + 65_535 + 20 + 56  # bytes: the record, a comment, and what large archives have before it
_PARTS = ("[content_types].xml", "mimetype", "ofd.xml", "meta-inf/manifest.xml", "androidmanifest.xml")
"""Names, in lower case, that make a ZIP one document (Office, OpenDocument, OFD) or a program."""


def member_names(path: Path) -> frozenset[str] | None:
    """Names of what a ZIP holds, as its directory spells them.

    Returns:
        Nothing where there is no directory that can be read, or one that is larger than any.
    """
    try:
        if directory_bytes(path) > MOST_DIRECTORY:
            return None
        with zipfile.ZipFile(path) as archive:
            return frozenset(archive.namelist())
    except (OSError, ValueError, zipfile.BadZipFile, NotImplementedError, struct.error):
        return None


def directory_bytes(path: Path) -> int:
    """Bytes that the end of a ZIP says its directory takes; 0 where there is no end."""
    size = path.stat().st_size
    with path.open("rb") as stream:
        stream.seek(max(0, size - _LONGEST_END))
        tail = stream.read(_LONGEST_END)
    large = tail.rfind(_END_64)
    if large >= 0 and len(tail) >= large + 48:
        return int.from_bytes(tail[large + 40 : large + 48], "little")
    end = tail.rfind(_END)
    return int.from_bytes(tail[end + 12 : end + 16], "little") if end >= 0 else 0


def is_archive(path: Path, head: bytes) -> bool:
    """Whether a file is a ZIP of documents, or a ZIP so broken that nobody can tell."""
    if not head.startswith((ZIP_MAGIC, _END)):
        return False
    names = member_names(path)
    return names is None or not any(name.lower() in _PARTS for name in names)
