"""Find raw files and name them by their content."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.collect.archive import unpack
from pipelines.collect.card import SUFFIX, BadCardError, SourceCard, card_path, read_card
from pipelines.collect.samples import is_sample
from pipelines.core.digests import report_key
from pipelines.core.files import display_name, sha256, stored_path
from pipelines.core.frames import SOURCE_FILE
from pipelines.formats import registry

SKIPPED = {
    "unsupported_format": "格式尚不支持 / format not supported yet",
    "symlink": "符号链接指向文件夹之外、自身或无处，未跟随 / "
    "symbolic link that leaves the folder, loops or leads nowhere; not followed",
    "not_a_file": "不是普通文件 / not a regular file",
    "unreadable": "无法读取 / cannot be read",
    "bad_card": "来源卡片有误，已忽略 / source card has a fault and was ignored",
    "archive_broken": "压缩包损坏，请重新下载或重新压缩 / the archive is damaged, fetch or pack it again",
    "archive_locked": "压缩包有密码，请解压后放入 / locked by a password, unpack it and give what it holds",
    "archive_too_large": "压缩包过大（疑似炸弹），请解压后放入 / "
    "the archive is too large (a bomb?), unpack it and give what it holds",
    "archive_too_deep": "压缩包层层嵌套过深，请解压后放入 / too many archives in archives, unpack them",
    "archive_empty": "压缩包是空的 / the archive is empty",
    "archive_link": "压缩包里的链接，未跟随 / a link in an archive, not followed",
}
"""Why a path was passed over, in Chinese and English."""

FAULTS = frozenset(
    {"symlink", "not_a_file", "unreadable", "archive_broken", "archive_locked", "archive_too_large", "archive_too_deep"}
)
"""Reasons that leave a file unread that somebody may have meant to load."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A path that was not taken, or not taken whole."""

    file_name: str
    code: str
    detail: str = ""

    @property
    def reason(self) -> str:
        """The reason in Chinese and English."""
        return f"{SKIPPED[self.code]}{': ' + self.detail if self.detail else ''}"


@dataclass(slots=True)
class Survey:
    """What a walk over the given paths found."""

    files: pl.DataFrame
    skipped: list[Skipped] = field(default_factory=list)


def discover(paths: Iterable[Path], root: Path | None = None, unpacked: Path | None = None) -> pl.DataFrame:
    """List the report files below ``paths`` as ``SOURCE_FILE``, one row per file, ordered by content.

    Args:
        paths: Files and folders. Folders are walked without following links out of them.
        root: Folder that ``file_name`` is relative to; by default the folder given, or the file's own folder.
        unpacked: Folder that keeps the members of archives; without one, archives are passed over.

    Raises:
        FileNotFoundError: A given path does not exist.
        PermissionError: A given path cannot be read.
    """
    return survey(paths, root, unpacked).files


def survey(paths: Iterable[Path], root: Path | None = None, unpacked: Path | None = None) -> Survey:
    """Like `discover`, and say what was passed over and why."""
    taking = _Taking(unpacked, datetime.now(UTC).replace(tzinfo=None))
    for given in paths:
        for file, base, fault in _walk(given):
            name = display_name(file, root or base)
            if fault:
                taking.skipped.append(Skipped(name, fault))
            else:
                taking.take(file, name)
    files = pl.DataFrame(taking.rows, schema=SOURCE_FILE, orient="row").unique(["report_key", "path"], keep="first")
    return Survey(
        files.sort("report_key", "file_name", "path"), sorted(taking.skipped, key=lambda s: (s.code, s.file_name))
    )


def _walk(given: Path) -> Iterator[tuple[Path, Path, str | None]]:
    """Yield file, folder it was found from, and a fault if it must not be opened."""
    given = Path(os.path.abspath(given))  # noqa: PTH100 (resolves `..` but keeps links)
    if not given.is_dir():
        if stat.S_ISREG(given.stat().st_mode):
            given.open("rb").close()  # a path the user named must be readable, or nothing is changed
        yield given, given.parent, _fault(given, None)
        return
    os.scandir(given).close()
    inside = given.resolve()
    refused: list[OSError] = []
    for folder, folders, names in os.walk(given, onerror=refused.append):
        folders[:] = sorted(n for n in folders if not _is_hidden(n))
        for name in folders:  # links to folders are never followed; what they lead to inside is found anyway
            if _leads_astray(Path(folder, name), inside):
                yield Path(folder, name), given, "symlink"
        for name in sorted(names):
            if not _is_hidden(name) and not name.endswith(SUFFIX):
                file = Path(folder, name)
                yield file, given, _fault(file, inside)
        for error in refused:
            yield Path(error.filename), given, "unreadable"
        refused.clear()


def _is_hidden(name: str) -> bool:
    return name.startswith(".") and not name.startswith("..")


def _leads_astray(folder: Path, inside: Path) -> bool:
    """Whether a link to a folder leaves the folder that is walked, or leads back to where it stands."""
    if not folder.is_symlink():
        return False
    try:
        target = folder.resolve(strict=True)
    except (OSError, RuntimeError):
        return True
    return not target.is_relative_to(inside) or folder.parent.resolve().is_relative_to(target)


def _fault(file: Path, inside: Path | None) -> str | None:
    """Say why a file must not be opened; ``inside`` is the folder that links may not leave."""
    try:
        if inside is not None and file.is_symlink() and not file.resolve(strict=True).is_relative_to(inside):
            return "symlink"
        return None if stat.S_ISREG(file.stat().st_mode) else "not_a_file"
    except (OSError, RuntimeError):  # a link that loops or dangles, a file that has just gone
        return "symlink" if file.is_symlink() else "unreadable"


class _Taking:
    """Files that were found, with the members of archives among them."""

    def __init__(self, unpacked: Path | None, now: datetime) -> None:
        self.rows: list[dict[str, Any]] = []
        self.skipped: list[Skipped] = []
        self._unpacked, self._now = unpacked, now

    def take(self, file: Path, name: str) -> None:
        """Take a file, or the members of an archive."""
        try:
            kind = registry.of_file(file)
            archive = kind is None and self._unpacked is not None and registry.is_archive(file)
            if kind is None and not archive:
                self.skipped.append(Skipped(name, "unsupported_format", registry.foreign(file)))
                return
            digest, size = sha256(file)
        except OSError:
            self.skipped.append(Skipped(name, "unreadable"))
            return
        card = SourceCard()
        try:
            card = read_card(card_path(file))
        except BadCardError as error:
            self.skipped.append(Skipped(name, "bad_card", str(error)))
        if kind is not None:
            self._add(file, name, (digest, size, kind.name), card, sample=is_sample(file))
        else:
            self._members(file, name, digest, card)

    def _members(self, archive: Path, name: str, digest: str, card: SourceCard) -> None:
        """Take what an archive holds; its card speaks for all of it."""
        assert self._unpacked is not None
        try:
            found = unpack(archive, digest, self._unpacked)
            for inside, code, detail in found.faults:
                self.skipped.append(Skipped(f"{name}/{inside}" if inside else name, code, detail))
            for member in found.members:
                file = self._unpacked / digest / member.file
                kind = registry.of_file(file)
                inside = f"{name}/{member.name}"
                if kind is None:
                    self.skipped.append(Skipped(inside, "unsupported_format", registry.foreign(file)))
                else:
                    content = (member.content_sha256, member.bytes, kind.name)
                    self._add(file, inside, content, card, sample=is_sample(archive))
        except OSError as error:
            self.skipped.append(Skipped(name, "unreadable", error.strerror or ""))

    def _add(self, file: Path, name: str, content: tuple[str, int, str], card: SourceCard, *, sample: bool) -> None:
        """Add a row; of the content its hash, number of bytes and kind."""
        digest, size, kind = content
        self.rows.append(
            {
                "report_key": report_key(digest),
                "content_sha256": digest,
                "file_name": name,
                "path": stored_path(file),
                "format": kind,
                "bytes": size,
                "published_on": card.published_on,
                "source_url": card.source_url,
                "stated": card.stated.as_text(),
                "first_seen_at": self._now,
                "is_sample": sample,
            }
        )
