"""Whom a figure is about: subjects by their marks (类)(款)(项), names of the vocabulary, or the noun before it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from pipelines.core.lexicon import CHINESE_NUMBER, CJK, HAN
from pipelines.narrative.grammar import grammar
from pipelines.reference.lookup import functional_subjects

_MARK = re.compile(r"\((?:\d{3,7})?(类|款|项)(?:级)?(?:科目)?(?:\d{3,7})?\)|(?<=支出)(类)(?=支出|\d)")
NUMBERING_AND_CODE = re.compile(
    rf"^(?:[-.、\s]|\(?{CHINESE_NUMBER}\)?[、.]|\((?:{CHINESE_NUMBER}|\d{{1,3}})\)|\d{{1,2}}[、.](?=\D|\d{{1,2}}[、.]\D)"
    rf"|(?!20\d\d年)\d{{3,7}}(?=[{HAN}]))+"
)
"""What may precede a name: signs, numberings one after the other (1.2.), the code of a subject."""

_DELIMITERS = re.compile(r"[,。;:]")
_CLAUSE = re.compile(r"[,。;:、]")
_YEAR = re.compile(r"^[^()]*?20\d\d年(?:度)?(?:部门)?")
_AFTER_MARK = re.compile(rf"^支出(?=[{HAN}])")
_CODE = re.compile(r"\(?\d{3,7}\)?$")
_CLASS_TAIL = re.compile(r"(?:类支出|\(类\)|支出|类)$")
LEVELS = ("类", "款", "项")

_LONGEST_NAME = 40
"""Characters of a subject's name; the longest of the classification has 36."""

_SHORTEST_NAME = 2
"""Chinese characters of a name; one alone (款, 共) names nothing."""


@cache
def class_names() -> frozenset[str]:
    """Names of functional classes."""
    rows = functional_subjects().select("code", "name", "aliases").iter_rows()
    return frozenset(
        n for code, name, aliases in rows if len(code) == 3 for n in (name, *(aliases or "").split("|")) if n
    )


def class_of(name: str) -> str | None:
    """The class a name means, with 支出 where classes carry it; ``None`` when it is no class."""
    plain = _CLASS_TAIL.sub("", name)
    return next((n for n in (f"{plain}支出", plain, name) if n in class_names()), None)


def marked(text: str) -> dict[str, str]:
    """The names that carry marks in a stretch of folded text, by level; the last of each level counts."""
    names: dict[str, str] = {}
    at = 0
    for found in _MARK.finditer(text):
        name = text[at : found.start()]
        name = _DELIMITERS.split(name)[-1]
        name = _CODE.sub("", NUMBERING_AND_CODE.sub("", name.replace('"', "")))
        if at:
            name = _AFTER_MARK.sub("", name)
        level = found.group(1) or found.group(2)
        at = found.end()
        if not name or len(name) > _LONGEST_NAME:
            continue
        if level == "类" and names:
            names.clear()
        names[level] = name
    return names


@dataclass(slots=True)
class Subjects:
    """The subject at hand, carried from clause to clause until another is named.

    Attributes:
        path: levels of its name.
        is_item: whether it is a subject of the functional classification.
        strip: names of the body itself, which stand before the subject's.
    """

    strip: tuple[str, ...] = ()
    path: tuple[str, ...] = ()
    is_item: bool = False
    _class: str = ""
    _section: str = ""

    def reset(self) -> None:
        """Forget everything at a new section."""
        self.path, self.is_item, self._class, self._section = (), False, "", ""

    def heading(self, text: str) -> None:
        """Take a heading or a sentence without figures: it may name the class of what follows, or an item."""
        names = marked(text)
        if names:
            self._take(names)
            return
        name = NUMBERING_AND_CODE.sub("", text).rstrip("。:")
        if class_of(name.removesuffix("具体包括")):
            self._take({"类": name.removesuffix("具体包括")})

    def take(self, clause: str) -> bool:
        """Take the subject a clause before a number names, by marks, the vocabulary or a class; whether it does."""
        names = marked(clause)
        if names:
            self._take(names)
            return True
        found = None
        known = grammar()
        for match in known.subject.finditer(clause):
            found = match
        if found is not None and found.lastindex is not None:
            self.path, self.is_item = tuple(known.subject_names[found.lastindex - 1].split("/")), False
            return True
        name = class_of(self._noun(clause))
        if name is not None:
            self._take({"类": name})
        return name is not None

    def noun(self, clause: str) -> bool:
        """Take the noun before a number that nothing else names; whether there is one."""
        name = self._noun(clause)
        if len(CJK.findall(name)) < _SHORTEST_NAME or grammar().empty.fullmatch(name):
            return False
        self.path, self.is_item = (name,), False
        return True

    def _noun(self, clause: str) -> str:
        known = grammar()
        name = _YEAR.sub("", _CLAUSE.split(clause)[-1]).replace('"', "")
        name = NUMBERING_AND_CODE.sub("", name)
        for body in self.strip:
            name = name.removeprefix(body)
        name = known.after_name.sub("", known.before_name.sub("", name))
        return name if len(name) <= _LONGEST_NAME and name.count("(") == name.count(")") else ""

    def _take(self, names: dict[str, str]) -> None:
        first, middle, last = (names.get(level, "") for level in LEVELS)
        if first and last and not middle and self._class and not class_of(first):
            first, middle = "", first  # a section marked (类) by mistake, below the class of the heading
        if first:
            self._class, self._section = class_of(first) or first, ""
        if middle:
            self._section = middle
        parts = [self._class, self._section if middle or last else "", last]
        self.path, self.is_item = tuple(p for p in parts if p), True
