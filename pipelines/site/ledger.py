"""Which files of the site are there, and what each was made of: only those whose inputs changed are made anew.

Pages are replaced one by one, each in one step: a reader sees the old page or the new one, never half of it. What new
pages lead to is written before them, what nothing leads to any more is taken away last, and the record forgets
a page before the page is replaced, so that after a crash the next run makes again what it cannot be sure of.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path

from pipelines.core.atomic_replace import replacing


def digest(*inputs: object) -> str:
    """Give a short digest of what a page is made of; texts and numbers only, which write the same every time."""
    return hashlib.sha256("\0".join(map(str, inputs)).encode("utf-8", "surrogatepass")).hexdigest()[:24]


class Ledger:
    """The files of one site.

    Attributes:
        written: Files written in this run, by their place below the site.
        made_from: What the site was last made from; set it before `close`.
        lacking: Keys of what could not be shown whole for want of its file.
    """

    def __init__(self, site: Path, record: Path, code: str) -> None:
        """Open the site.

        Args:
            site: Its folder; made if need be.
            record: File that holds the digests.
            code: Digest of what makes pages of rows: another one makes all of them anew.
        """
        self._site, self._record, self._code = site, record, code
        self._folders: set[Path] = set()
        self._names: set[str] = set()
        self.written: list[str] = []
        site.mkdir(parents=True, exist_ok=True)
        self.made_from: list[object] = []
        self.lacking: set[str] = set()
        self._kept = self._read()
        self._there = set(_files(str(site)))
        self._by_folder: dict[str, list[str]] = {}
        for name in self._there:
            self._by_folder.setdefault(name.rpartition("/")[0], []).append(name)

    def _read(self) -> dict[str, str]:
        try:
            kept = json.loads(self._record.read_text(encoding="utf-8"))
            if kept["code"] != self._code:
                return {}
            self.made_from, self.lacking = list(kept["made_from"]), set(kept["lacking"])
            return dict(kept["digests"])
        except (OSError, ValueError, LookupError):
            return {}

    def kept(self, *names: str) -> str | None:
        """Give what files that are there were all made of, and let them stay; None if they are not of one mind."""
        self._names.update(names)
        digests = {self._kept.get(name) if name in self._there else None for name in names}
        return digests.pop() if len(digests) == 1 else None

    def is_current(self, name: str, made_of: str) -> bool:
        """Whether a file is there and was made of the same; it then stays."""
        self._names.add(name)
        current = name in self._there and self._kept.get(name) == made_of
        if not current:
            self._kept.pop(name, None)
        return current

    def write(self, name: str, text: str, made_of: str | None = None) -> None:
        """Write a file, unless it holds the same.

        Args:
            name: Its place below the site.
            text: What it is to hold.
            made_of: Digest by which the next run knows that it need not be made again; without, it is made every time.
        """
        self._names.add(name)
        if made_of is None:
            self._kept.pop(name, None)
        else:
            self._kept[name] = made_of
        file, data = self._site / name, text.encode("utf-8", "replace")
        if name in self._there and file.stat().st_size == len(data) and file.read_bytes() == data:
            return
        if file.parent not in self._folders:
            file.parent.mkdir(parents=True, exist_ok=True)
            self._folders.add(file.parent)
        with replacing(file) as new:
            new.write_bytes(data)
        self.written.append(name)

    def keep(self, name: str) -> Path:
        """Give the path of a file that somebody else writes, and that stays."""
        self._names.add(name)
        return self._site / name

    def keep_folder(self, folder: str) -> None:
        """Let all files of a folder stay."""
        self._names.update(self._by_folder.get(folder, ()))

    def begin(self) -> None:
        """Forget what changed files were made of, before the first of them is written: a crash may come between."""
        self._save(self._kept, [])

    def close(self) -> None:
        """Take away files that belong to no page any more, and record what the others were made of."""
        for name in self._there - self._names:
            (self._site / name).unlink(missing_ok=True)
        for folder in sorted(_folders(self._site), reverse=True):
            if not any(folder.iterdir()):
                folder.rmdir()
        self._save({name: self._kept[name] for name in self._kept.keys() & self._names}, self.made_from)

    def _save(self, digests: dict[str, str], made_from: list[object]) -> None:
        self._record.parent.mkdir(parents=True, exist_ok=True)
        with replacing(self._record) as new:
            kept = {"code": self._code, "made_from": made_from, "lacking": sorted(self.lacking)}
            new.write_text(json.dumps(kept | {"digests": digests}, sort_keys=True), encoding="utf-8")


def _files(folder: str, place: str = "") -> Iterator[str]:
    """Name all files below a folder, of which there may be some hundred thousand."""
    for entry in os.scandir(folder):
        if entry.is_dir(follow_symlinks=False):
            yield from _files(entry.path, f"{place}{entry.name}/")
        else:
            yield place + entry.name


def _folders(folder: Path) -> Iterator[Path]:
    for entry in os.scandir(folder):
        if entry.is_dir(follow_symlinks=False):
            yield Path(entry.path)
            yield from _folders(Path(entry.path))
