"""Archives: every member is a document, unpacked once under the name of its content, with the archive as its origin.

Members lie in the warehouse, in a folder for each archive that is named by its content, so that whatever later wants to
see them finds files: another reading, a picture of a page, the source of a number. A list lies with them; where it is
there and what it lists is there, the archive is not opened.
"""

from __future__ import annotations

import hashlib
import json
import re
import stat
import zipfile
import zlib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from pipelines.core.atomic_replace import put_in_place
from pipelines.formats import containers

MOST_MEMBERS = 5_000
"""Files in one archive, with those of the archives in it: a city's departments for several years."""

MOST_BYTES = 4 * 2**30
"""That all of them may come to."""

MOST_RATIO = 200
"""Bytes that one packed byte may become, beyond the first `FREE_BYTES`: text comes to 20, a bomb to 1,000."""

FREE_BYTES = 64 * 2**20
"""Below this an archive is no danger, whatever its ratio."""

DEEPEST = 3
"""Archives in archives."""

_LIST = "members.json"
_PIECE = 2**20
_SUFFIX = re.compile(r"\.[a-z0-9]{1,8}", re.ASCII)
_ENCRYPTED, _UTF8 = 0x1, 0x800  # flags of a member
_NOBODY_MEANS = re.compile(r"(?:^|/)(?:__MACOSX|\.[^/]+|Thumbs\.db|desktop\.ini|~\$[^/]*)(?:/|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Member:
    """A file of an archive: its name below the archive, and the name of the file that keeps its content."""

    name: str
    content_sha256: str
    bytes: int
    file: str


@dataclass(slots=True)
class Unpacked:
    """What an archive holds.

    Attributes:
        members: Its files, those of the archives in it too.
        faults: Name (empty for the archive itself), code and detail of what was not unpacked.
    """

    members: list[Member] = field(default_factory=list)
    faults: list[tuple[str, str, str]] = field(default_factory=list)


def unpack(archive: Path, content_sha256: str, folder: Path) -> Unpacked:
    """Give the members of an archive; unpack it where that has not been done.

    Args:
        archive: A ZIP file.
        content_sha256: Hash of its content.
        folder: Where members and lists of them are kept.

    Raises:
        OSError: The archive cannot be read or the folder cannot be written.
    """
    home = folder / content_sha256
    known = _listed(home)
    if known is not None:
        return known
    folder.mkdir(parents=True, exist_ok=True)
    found = Unpacked()
    with TemporaryDirectory(dir=folder, prefix=".", suffix=".tmp", ignore_cleanup_errors=True) as under_way:
        new = Path(under_way, "new")
        new.mkdir()
        _Unpacking(new, found).take(archive, "", 1)
        members = [[m.name, m.content_sha256, m.bytes, m.file] for m in found.members]
        listed = {"made_by": _made_by(), "members": members, "faults": found.faults}
        (new / _LIST).write_text(json.dumps(listed, ensure_ascii=False), encoding="utf-8")
        put_in_place(new, home)
    return found


def _listed(home: Path) -> Unpacked | None:
    """What the list of an archive says, if this code made it and all of it is there."""
    try:
        kept = json.loads((home / _LIST).read_text(encoding="utf-8"))
        if kept["made_by"] != _made_by():
            return None
        members = [Member(*member) for member in kept["members"]]
        if all((home / m.file).stat().st_size == m.bytes for m in members):
            return Unpacked(members, [(name, code, detail) for name, code, detail in kept["faults"]])
    except (OSError, ValueError, LookupError, TypeError):
        pass
    return None


@cache
def _made_by() -> str:
    """A digest of the code that unpacks: with other limits an archive is unpacked anew."""
    code = b"".join(Path(file).read_bytes() for file in (__file__, containers.__file__))
    return hashlib.sha256(code).hexdigest()[:16]


class _Unpacking:
    """Unpacks one archive with those inside it; what all of them may come to is shared."""

    def __init__(self, folder: Path, found: Unpacked) -> None:
        self._folder, self._found = folder, found
        self._bytes = self._count = 0

    def take(self, archive: Path, prefix: str, depth: int) -> None:
        """Unpack an archive whose members' names begin with ``prefix``."""
        where = prefix.removesuffix("/")
        try:
            if containers.directory_bytes(archive) > containers.MOST_DIRECTORY:
                self._fault(where, "archive_too_large", "文件目录过大 / its directory is too large")
                return
            with zipfile.ZipFile(archive) as opened:
                infos = [info for info in opened.infolist() if not info.is_dir()]
                if fault := self._over(infos):
                    self._fault(where, "archive_too_large", fault)
                    return
                if not infos:
                    self._fault(where, "archive_empty")
                for info in infos:
                    self._member(opened, info, prefix, depth)
        except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
            self._fault(where, "archive_broken", _short(error))

    def _over(self, infos: list[zipfile.ZipInfo]) -> str:
        """What is too much about an archive by its directory; no member gives more bytes than are said there."""
        count = self._count + len(infos)
        size, packed = sum(info.file_size for info in infos), sum(info.compress_size for info in infos)
        if count > MOST_MEMBERS:
            return f"{count} 个文件，上限 {MOST_MEMBERS} / {count} files, the limit is {MOST_MEMBERS}"
        if self._bytes + size > MOST_BYTES or size > FREE_BYTES + MOST_RATIO * packed:
            return f"解压后 {size} 字节 / {size} bytes when unpacked"
        self._count, self._bytes = count, self._bytes + size
        return ""

    def _member(self, opened: zipfile.ZipFile, info: zipfile.ZipInfo, prefix: str, depth: int) -> None:
        name = prefix + member_name(info)
        if _NOBODY_MEANS.search(name):
            return
        if stat.S_ISLNK(info.external_attr >> 16):
            self._fault(name, "archive_link")
            return
        if info.flag_bits & _ENCRYPTED:
            self._fault(name, "archive_locked")
            return
        try:
            member = self._write(opened, info, name)
        except (zipfile.BadZipFile, NotImplementedError, EOFError, ValueError, zlib.error) as error:
            self._fault(name, "archive_broken", _short(error))
            return
        file = self._folder / member.file
        with file.open("rb") as stream:
            head = stream.read(4)
        if not containers.is_archive(file, head):
            self._found.members.append(member)
        elif depth == DEEPEST:
            self._fault(name, "archive_too_deep")
        else:
            self.take(file, f"{name}/", depth + 1)

    def _write(self, opened: zipfile.ZipFile, info: zipfile.ZipInfo, name: str) -> Member:
        """Write a member under the name of its content, piece by piece."""
        digest = hashlib.sha256()
        partial = self._folder / "partial"
        with opened.open(info) as stream, partial.open("wb") as target:
            while piece := stream.read(_PIECE):
                digest.update(piece)
                target.write(piece)
        suffix = PurePosixPath(name).suffix.lower()
        file = digest.hexdigest() + (suffix if _SUFFIX.fullmatch(suffix) else "")
        partial.replace(self._folder / file)
        return Member(name, digest.hexdigest(), info.file_size, file)

    def _fault(self, name: str, code: str, detail: str = "") -> None:
        self._found.faults.append((name, code, detail))


def _short(error: Exception) -> str:
    return (str(error).partition("\n")[0] or type(error).__name__)[:100]


def member_name(info: zipfile.ZipInfo) -> str:
    """The path of a member below its archive, as a person sees it and without steps that lead out of it.

    Archives made on Windows in China give names in GBK and do not say so; others give UTF-8 and do not say so either.
    """
    name = info.filename
    if not info.flag_bits & _UTF8:
        name = _decoded(name.encode("cp437", "replace"))
    parts = [part for part in re.split(r"[/\\]+", name) if part not in {"", ".", ".."} and part[1:] != ":"]
    return "/".join(parts) or "_"


def _decoded(raw: bytes) -> str:
    """Text of a name; two bytes of GBK may be a Greek or Arabic letter in UTF-8, where no Chinese name has any."""
    for encoding in ("utf-8", "gb18030"):
        try:
            name = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding != "utf-8" or not any("\x7f" < sign < "\u2000" for sign in name):
            return name
    return raw.decode("utf-8", "replace")


def is_unpacked(file: Path, content_sha256: str) -> bool:
    """Whether a file is a member of an archive as `unpack` keeps it: named by its content."""
    return file.stem == content_sha256
