"""Paths and contents of raw files; light, since commands that only look something up need it too."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path
from urllib.parse import unquote_to_bytes

_URI = "file:///"
_PLAIN = frozenset("/-_. ")
"""Signs, beside letters and digits, that mean nothing in an address or a pattern of file names."""


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
    if stored.startswith(_URI):
        return Path(os.fsdecode(unquote_to_bytes(stored.removeprefix("file://"))))
    return Path(stored)


def is_there(stored: str) -> bool:
    """Say whether what `stored_path` named is still there; without the cost of a `Path`, for there are many."""
    return os.path.exists(open_path(stored) if stored.startswith(_URI) else stored)  # noqa: PTH110


def plainly_named(folder: Path) -> Path:
    """Give a path to a folder that can be a part of an address.

    SQLAlchemy takes the name of a file for an address: ``?``, ``#`` and ``%`` in it would end the name. Such a folder
    is reached by a link of a plain name, which only we can have made.

    Raises:
        OSError: The link cannot be made, or somebody else's stands in its place.
    """
    if all(sign.isalnum() or sign in _PLAIN for sign in str(folder)):
        return folder
    name = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    link = Path(tempfile.gettempdir()) / f"mingzhang-{os.getuid()}-{name}"
    try:
        link.symlink_to(folder, target_is_directory=True)
    except FileExistsError:
        if not link.is_symlink() or link.lstat().st_uid != os.getuid() or link.readlink() != folder:
            raise OSError(f"{link} stands where a link to {folder} is needed") from None
    return link


def literally(folder: Path) -> str:
    """Write a path so that a pattern of file names below it means this folder and no other."""
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in str(folder))
