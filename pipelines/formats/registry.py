"""The kinds of file that there are. A new kind is one folder beside this module and one entry here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.core.document import UnreadableError
from pipelines.formats import containers
from pipelines.formats.csv.kind import Csv
from pipelines.formats.html.kind import Html, Mhtml
from pipelines.formats.kind import Format
from pipelines.formats.pdf.kind import Pdf
from pipelines.formats.sheet.kind import Ods, Xls, Xlsx
from pipelines.formats.text.kind import Markdown, Text
from pipelines.formats.word.kind import Doc, Docx, Odt

if TYPE_CHECKING:
    from pipelines.core.tasks import Spot

HEAD = 4096
"""Bytes of a file in which it may say of what kind it is; a saved page may have comments before its first tag."""

_FORMATS: dict[str, Format] = {
    kind.name: kind
    for kind in (Pdf(), Xlsx(), Xls(), Ods(), Docx(), Doc(), Odt(), Html(), Mhtml(), Csv(), Text(), Markdown())
}

_FOREIGN = (
    (containers.ZIP_MAGIC, "压缩包或 Office 文件 a ZIP archive or Office file"),
    (b"\xd0\xcf\x11\xe0", "旧版 Office 文件 an old Office file"),
    (b"\x89PNG", "图片 a picture"),
    (b"\xff\xd8\xff", "图片 a picture"),
    (b"Rar!", "RAR 压缩包，请先解压再放入 a RAR archive, unpack it and give what it holds"),
    (b"7z\xbc\xaf", "7z 压缩包，请先解压再放入 a 7z archive, unpack it and give what it holds"),
)
"""First bytes of files that have no reader, and what to call them; a kind that has a reader is asked first."""


@contextmanager
def registered(kind: Format) -> Iterator[None]:
    """Have one more kind of file for a while."""
    before = dict(_FORMATS)
    _FORMATS[kind.name] = kind
    try:
        yield
    finally:
        _FORMATS.clear()
        _FORMATS.update(before)


def named(name: str) -> Format:
    """Give the kind of a name, as stored in ``dim_report.format``.

    Raises:
        KeyError: There is none.
    """
    return _FORMATS[name]


def names() -> list[str]:
    """Names of all kinds."""
    return list(_FORMATS)


def suffixes() -> list[str]:
    """Endings of file names that have a reader, and of archives, sorted."""
    return sorted([*containers.SUFFIXES, *(suffix for kind in _FORMATS.values() for suffix in kind.suffixes)])


def of_path(path: Path) -> Format | None:
    """Give the kind that a file's name speaks of."""
    ending = path.suffix.lower()
    return next((kind for kind in _FORMATS.values() if ending in kind.suffixes), None)


def of_file(path: Path) -> Format | None:
    """Give the kind of a file: what its content says; what its name says where the content says nothing.

    An archive of documents is none, whatever its name: see `is_archive`.

    Raises:
        OSError: The file cannot be read.
    """
    head = _head(path)
    said = _said(path, head)
    if said is not None or containers.is_archive(path, head):
        return said
    return of_path(path)


def is_archive(path: Path) -> bool:
    """Whether a file is an archive whose members are documents.

    Raises:
        OSError: The file cannot be read.
    """
    head = _head(path)
    return _said(path, head) is None and containers.is_archive(path, head)


def foreign(path: Path) -> str:
    """What a file is that has no reader, as far as its first bytes tell, and what to do; else nothing."""
    try:
        return _foreign(_head(path)) or ""
    except OSError:
        return ""


def holds_kind(path: Path, name: str) -> bool:
    """Whether a content may be of a kind: it says so, or is said by nothing to be of another.

    A file that cannot be read says nothing.
    """
    try:
        said = _said(path, _head(path))
    except OSError:
        said = None
    return said is named(name) or (said is None and not named(name).magic)


def refuse_other_kinds(path: Path, name: str) -> None:
    """Raise when the content is not of the kind that it is to be read as.

    Raises:
        UnreadableError: The file is empty or of another kind.
    """
    kind, head = named(name), _head(path)
    if not head.strip(b"\0 \t\r\n") and (kind.magic or len(head) < HEAD):
        raise UnreadableError("empty_file", "文件为空；the file is empty")
    said = _said(path, head)
    if said is kind:
        return
    what = said.label if said else _foreign(head)
    if what is not None:
        raise UnreadableError("wrong_kind", f"文件名以 .{name} 结尾，内容却是 {what}；the content is not {name}")
    if kind.magic:
        raise UnreadableError(
            "wrong_kind", f"文件名以 .{name} 结尾，内容却不是 {kind.label}；the content is not {kind.label}"
        )


def load_readers() -> None:
    """Import what the readers of all kinds need."""
    for kind in _FORMATS.values():
        kind.load()


def reread(path: Path, name: str, spots: Sequence[Spot]) -> dict[str, str | None]:
    """Read some numbers of a file of a named kind a second time (see `Format.reread`); runs in a worker process."""
    return named(name).reread(path, spots)


def _head(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(HEAD)


def _said(path: Path, head: bytes) -> Format | None:
    """The kind that a content says it is of."""
    return next((kind for kind in _FORMATS.values() if kind.claims(path, head)), None)


def _foreign(head: bytes) -> str | None:
    return next((words for magic, words in _FOREIGN if head.startswith(magic)), None)
