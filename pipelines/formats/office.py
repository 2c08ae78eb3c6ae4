"""Office files from outside: packages of XML parts opened within limits, old files told by the names of their streams.

Nothing of a file is run or fetched: macros are parts that nobody reads, links are texts.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from posixpath import normpath
from types import MappingProxyType
from typing import IO
from xml.etree.ElementTree import Element, ParseError
from xml.parsers import expat

from pipelines.core.document import UnreadableError

ZIP = b"PK\x03\x04"
"""First bytes of a package."""

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""First bytes of an old Office file, and of a new one behind a password."""

LIMITS: Mapping[str, int] = MappingProxyType(
    {
        "parts": 10_000,  # files of a package; a long document has some hundred
        "part_mb": 100,  # size of one part when unpacked; a sheet of 100,000 rows has some 30
        "expanded_mb": 250,  # of all parts but pictures
        "ratio": 400,  # by which a part of more than a megabyte shrinks; sheets reach 60, a bomb 1,000
    }
)
"""The most that a package may hold."""

ODF_TEXT = b"application/vnd.oasis.opendocument.text"
ODF_SHEET = b"application/vnd.oasis.opendocument.spreadsheet"
"""Kinds that an OpenDocument package names in its first part, which is not packed."""

HEAD = 256
"""Bytes in which a package says what it is."""

_MIB = 2**20
_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".emf", ".wmf", ".tif", ".tiff", ".wdp", ".svg")
_ENCRYPTED = "EncryptedPackage"
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, struct.error)

LOCKED = "文件有密码，请去除密码后重新放入；the file is locked by a password, save it without one"
"""Message for ``office_locked``."""


def damaged(detail: str = "") -> UnreadableError:
    """The error for a file whose structure is broken."""
    more = f"（{detail}）" if detail else ""
    return UnreadableError(
        "office_damaged", f"文件损坏{more}，请重新下载或另存；the file is damaged, fetch it or save it once more"
    )


def part_names(path: Path) -> frozenset[str]:
    """Names of the parts of a package, in lower case with forward slashes; none of one that is broken."""
    try:
        with zipfile.ZipFile(path) as archive:
            return frozenset(_plain(name) for name in archive.namelist())
    except (*_BROKEN, OSError, ValueError):
        return frozenset()


def stream_names(path: Path) -> frozenset[str]:
    """Names of the outermost streams of an old Office file, in lower case; none of one that is broken."""
    import olefile

    try:
        with olefile.OleFileIO(str(path)) as file:
            return frozenset(entry[0].lower() for entry in file.listdir() if len(entry) == 1)
    except Exception:  # olefile raises whatever a hostile directory leads it to
        return frozenset()


def saved_on(path: Path) -> date | None:
    """The day on which an old Office file says that it was saved."""
    import olefile

    try:
        with olefile.OleFileIO(str(path)) as file:
            saved = vars(file.get_metadata()).get("last_saved_time")
            return saved.date() if isinstance(saved, datetime) and saved.year > 1990 else None
    except Exception:  # as above
        return None


def is_open_document(head: bytes, kind: bytes) -> bool:
    """Whether a package says with its first bytes that it is an OpenDocument of a kind, or a template of one."""
    return head.startswith(ZIP) and b"mimetype" + kind in head


def is_locked_open_document(path: Path) -> bool:
    """Whether the parts of an OpenDocument are encrypted."""
    try:
        with zipfile.ZipFile(path) as archive, archive.open("META-INF/manifest.xml") as manifest:
            return b"encryption-data" in manifest.read(_MIB)
    except (*_BROKEN, OSError, ValueError, KeyError):
        return False


def is_locked(streams: frozenset[str]) -> bool:
    """Whether the streams are those of a new Office file behind a password."""
    return _ENCRYPTED.lower() in streams


class Package:
    """The parts of an Office file, by name without regard to case; use as a context manager.

    Raises:
        UnreadableError: The file is no package, or is larger than any report.
    """

    def __init__(self, path: Path, limits: Mapping[str, int] = LIMITS) -> None:
        try:
            self._archive = zipfile.ZipFile(path)
        except (*_BROKEN, ValueError) as error:
            raise damaged() from error
        self._parts = {_plain(info.filename): info for info in self._archive.infolist()}
        _refuse_bombs(self._archive.infolist(), {**LIMITS, **limits})

    def __enter__(self) -> Package:
        return self

    def __exit__(self, *_: object) -> None:
        self._archive.close()

    def __contains__(self, name: str) -> bool:
        return _plain(name) in self._parts

    def names(self) -> list[str]:
        """Names of the parts, in lower case."""
        return list(self._parts)

    def stream(self, name: str) -> IO[bytes]:
        """Open a part of XML; what it declares of its own is refused.

        Raises:
            UnreadableError: It is not there, is damaged, or begins with a document type.
        """
        with self._open(name) as stream:
            _refuse_declarations(stream)
        return self._open(name)

    def read(self, name: str) -> bytes:
        """Give a part of XML as a whole; see `stream`."""
        try:
            with self.stream(name) as stream:
                return stream.read()
        except _BROKEN as error:
            raise damaged(name) from error

    def tree(self, name: str) -> Element:
        """Give a part of XML as its outermost element; see `stream`."""
        from defusedxml.ElementTree import fromstring

        try:
            root: Element = fromstring(self.read(name), forbid_dtd=True)
        except (ParseError, ValueError) as error:
            raise damaged(name) from error
        return root

    def targets(self, part: str) -> dict[str, tuple[str, str]]:
        """Where the relations of a part lead: by id the kind (last word of its type) and the name of a part.

        Args:
            part: Its name; empty for the package. What lies outside of the package is left out.
        """
        folder, _, name = part.rpartition("/")
        relations = f"{folder}/_rels/{name}.rels" if folder else f"_rels/{name}.rels"
        if relations not in self:
            return {}
        found = {}
        for relation in self.tree(relations):
            if relation.get("TargetMode") == "External":
                continue
            target = (relation.get("Target") or "").replace("\\", "/")
            target = target.lstrip("/") if target.startswith("/") else normpath(f"{folder}/{target}").lstrip("/")
            found[relation.get("Id") or ""] = ((relation.get("Type") or "").rpartition("/")[2], target)
        return found

    def main(self, default: str) -> str:
        """Name of the part that the package is about."""
        targets = self.targets("").values()
        return next((target for kind, target in targets if kind == "officeDocument" and target in self), default)

    def saved_on(self) -> date | None:
        """The day on which the file says that it was saved."""
        part = "docProps/core.xml"
        if part not in self:
            return None
        found = {str(e.tag).rpartition("}")[2]: e.text or "" for e in self.tree(part)}
        try:
            return date.fromisoformat((found.get("modified") or found.get("created") or "")[:10])
        except ValueError:
            return None

    def _open(self, name: str) -> IO[bytes]:
        info = self._parts.get(_plain(name))
        if info is None:
            raise damaged(f"缺少 {name}")
        try:
            return self._archive.open(info)
        except _BROKEN as error:
            raise damaged(name) from error


def _plain(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()


def _refuse_bombs(parts: list[zipfile.ZipInfo], limits: Mapping[str, int]) -> None:
    """Raise for a package that is locked, or would grow beyond any report; no more than the sizes told is unpacked."""
    if any(part.flag_bits & 1 for part in parts):
        raise UnreadableError("office_locked", LOCKED)
    xml = [part for part in parts if not part.filename.lower().endswith(_PICTURES)]
    if (
        len(parts) > limits["parts"]
        or sum(part.file_size for part in xml) > limits["expanded_mb"] * _MIB
        or any(_is_bomb(part, limits) for part in xml)
    ):
        raise UnreadableError(
            "content_too_large",
            "文件解压后过大（疑似炸弹），请核对来源；"
            "the file grows too large when unpacked (a bomb?), check its source",
        )


def _is_bomb(part: zipfile.ZipInfo, limits: Mapping[str, int]) -> bool:
    shrunk = part.file_size > limits["ratio"] * max(part.compress_size, 1)
    return part.file_size > limits["part_mb"] * _MIB or (shrunk and part.file_size > _MIB)


def _refuse_declarations(stream: IO[bytes]) -> None:
    """Read a part up to its first element; whatever is declared before it could grow or lead outside."""
    parser = expat.ParserCreate()
    begun = False

    def refuse(*_: object) -> None:
        raise UnreadableError(
            "document_type",
            "文件内的 XML 带有 DOCTYPE 声明，不予读取；XML in the file declares a document type, which is refused",
        )

    def begin(*_: object) -> None:
        nonlocal begun
        begun = True

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = begin
    try:
        while not begun and (data := stream.read(4096)):
            parser.Parse(data)
    except expat.ExpatError as error:
        raise damaged(f"XML 第 {error.lineno} 行") from error
    except _BROKEN as error:
        raise damaged() from error
