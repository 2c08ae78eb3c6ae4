"""Paths and contents of raw files; light, since commands that only look something up need it too."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from urllib.parse import unquote_to_bytes


def sha256(file: Path) -> tuple[str, int]:
    """Hash a file piece by piece; give the digest and the number of bytes hashed."""
    with file.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
        return digest, stream.tell()


def display_name(file: Path, base: Path) -> str:
    """Give the POSIX path below ``base`` (else the bare name) as text that can be stored and shown.

    Archives unpacked on Linux often leave names in GB18030 bytes.
    """
    relative = file.relative_to(base) if file.is_relative_to(base) else Path(file.name)
    raw = os.fsencode(relative.as_posix())
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("utf-8", "backslashreplace")


def stored_path(file: Path) -> str:
    """Give a path as text: itself, or a ``file:`` URI where its bytes are no UTF-8."""
    try:
        os.fsencode(file).decode("utf-8")
    except UnicodeDecodeError:
        return file.as_uri()
    return str(file)


def open_path(stored: str) -> Path:
    """Turn what `stored_path` gave back into a path."""
    if stored.startswith("file:///"):
        return Path(os.fsdecode(unquote_to_bytes(stored.removeprefix("file://"))))
    return Path(stored)
