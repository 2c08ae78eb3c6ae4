"""Codes of the subjects that the narrative names: by the report's own tables, then by the classification."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import cache

from pipelines.core.folding import key
from pipelines.layout.results import ReadCell
from pipelines.narrative.disclosures import Disclosure
from pipelines.reference.lookup import functional_subjects
from pipelines.statements.lookups import forms_with

_LENGTHS = {1: (3,), 2: (5, 7), 3: (7,)}
"""Digits of a code by the levels a path names; of two, the second may be a 款, or a 项 whose 款 is left out."""

_LIKE = 0.74
"""Likeness (difflib) of names that are one name misspelt: one character of four, or the order of words."""

_SAME_LETTERS = 0.99
"""Likeness of names of the same characters in another order."""

Names = Mapping[str, frozenset[str]]


def resolve_items(disclosures: Sequence[Disclosure], cells: Iterable[ReadCell], year: int | None) -> list[Disclosure]:
    """Give every figure of a functional subject the subject's code.

    A name counts in its place: 行政运行 below 财政事务 below 一般公共服务支出. The report's own tables decide; a
    subject they do not print is looked up in the classification of its year.

    Args:
        disclosures: figures as ``disclosures`` gives them.
        cells: numbers of the report's tables.
        year: its fiscal year.

    Returns:
        The figures in the same order; ``code`` stays ``None`` where no single subject fits.
    """
    index = _Index(_printed(cells), _classification(year))
    codes = {path: index.code_of(path) for path in {d.path for d in disclosures if d.is_item}}
    return [replace(d, code=codes[d.path]) if d.is_item else d for d in disclosures]


@dataclass(frozen=True, slots=True)
class _Index:
    """Names by code: as this report prints them, and as the classification has them."""

    printed: Names
    known: Names

    def code_of(self, path: tuple[str, ...]) -> str | None:
        """The one code whose name, and whose parents' names, are those of a path."""
        names = [_plain(name) for name in path]
        lengths = _LENGTHS.get(len(path), ())
        for codes in (self.printed, self.known):
            candidates = [c for c in codes if len(c) in lengths and names[-1] in codes[c]]
            for fits in (self._below, self._nearly_below):
                found = {c for c in candidates if fits(c, names[:-1])}
                if len(found) == 1:
                    return found.pop()
        return self._run_together(names) or self._misspelt(names, lengths)

    def _run_together(self, names: list[str]) -> str | None:
        """The subject whose 款 and 项 stand as one name: 人大事务行政运行."""
        found = {
            code
            for codes in (self.printed, self.known)
            for code, own in codes.items()
            if len(code) == 7 and self._below(code, names[:-1])
            for section in codes.get(code[:5], frozenset())
            if any(section + name == names[-1] for name in own)
        }
        return found.pop() if len(found) == 1 else None

    def _misspelt(self, names: list[str], lengths: tuple[int, ...]) -> str | None:
        """The printed subject whose name is most like a misspelt one, under the same parents."""
        ranked = sorted(
            (
                (max(_likeness(names[-1], n) for n in self.printed[c]), c)
                for c in self.printed
                if len(c) in lengths and self._nearly_below(c, names[:-1])
            ),
            reverse=True,
        )
        if not ranked or ranked[0][0] < _LIKE or (len(ranked) > 1 and ranked[1][0] == ranked[0][0]):
            return None
        return ranked[0][1]

    def _below(self, code: str, parents: list[str]) -> bool:
        return all(self._is_parent(code, parent, 1.0) for parent in parents)

    def _nearly_below(self, code: str, parents: list[str]) -> bool:
        return all(self._is_parent(code, parent, _LIKE) for parent in parents)

    def _is_parent(self, code: str, name: str, least: float) -> bool:
        above = (code[:length] for length in (3, 5) if length < len(code))
        return any(
            name in names if least == 1 else any(_likeness(name, n) >= least for n in names)
            for parent in above
            for names in (self.printed.get(parent, frozenset()), self.known.get(parent, frozenset()))
        )


def _printed(cells: Iterable[ReadCell]) -> Names:
    names: dict[str, set[str]] = {}
    forms = frozenset(forms_with(classification="functional"))
    for cell in cells:
        if cell.code and cell.form in forms:
            names.setdefault(cell.code, set()).add(_plain(cell.name))
    return {code: frozenset(n) for code, n in names.items()}


@cache
def _classification(year: int | None) -> Names:
    """Names of the classification of a year; of all years when it is unknown."""
    names: dict[str, set[str]] = {}
    for row in functional_subjects().iter_rows(named=True):
        if year is not None and not (row["valid_from"] or 0) <= year <= (row["valid_to"] or 9999):
            continue
        spellings = [row["name"], *(row["aliases"] or "").split("|")]
        names.setdefault(row["code"], set()).update(_plain(n) for n in spellings if n)
    return {code: frozenset(n) for code, n in names.items()}


def _plain(name: str) -> str:
    """A name to compare: printings differ in a final 支出."""
    folded = key(name)
    return folded.removesuffix("支出") or folded


@cache
def _likeness(one: str, other: str) -> float:
    """How much alike two names are; words in another order are the same name."""
    if sorted(one) == sorted(other):
        return _SAME_LETTERS
    return SequenceMatcher(None, one, other, autojunk=False).ratio()
