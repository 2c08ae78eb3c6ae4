"""Statutory forms as declared in ``forms.yml``: which form a title names, which measure a heading names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from pipelines.core.data_files import declared
from pipelines.core.folding import key

_LABEL = re.compile(
    r"(?:预算|公开|附)?公?开?(?:第?\d+|[一二三四五六七八九十]+)表|公开表(?:[一二三四五六七八九十]+|\d+)"
)
_NUMBERING = re.compile(
    r"^(?:附?(?:件|表)\d*[-—.、:]?\d*[.、:]?|表[一二三四五六七八九十\d]+[-.、:]?\d*[.、:]?|\((?:[一二三四五六七八九十]+|\d+)\)"
    r"|[一二三四五六七八九十]+[、.]|\d{1,2}[、.](?!\d))"
)
_TRAILING = re.compile(r"(?:\((?!汇总)[^()]*\)|-\d+|续表?|\d{1,3})$")
_UNIT = re.compile(r"(?:金额)?单位[:：].*$")
_BROKEN = re.compile(r"[。，；;!?]")
_MAX_TITLE = 60


@dataclass(frozen=True, slots=True)
class Form:
    """One declared form."""

    name: str
    layout: str
    title: re.Pattern[str]
    barred: re.Pattern[str] | None
    measures: tuple[tuple[str, re.Pattern[str]], ...]
    words: tuple[str, ...]
    order: dict[int, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Side:
    """How a block of a balance form tells its side."""

    name: str
    heading: str
    names: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything ``forms.yml`` declares."""

    forms: tuple[Form, ...]
    line_names: re.Pattern[str]
    sides: tuple[Side, ...]
    balance_measures: tuple[tuple[str, re.Pattern[str]], ...]
    three_public: tuple[tuple[str, re.Pattern[str]], ...]
    heading_words: tuple[tuple[str, re.Pattern[str]], ...]
    three_public_subjects: dict[str, str]
    three_public_words: dict[str, str]

    def form(self, name: str) -> Form:
        """The form of a name."""
        return next(f for f in self.forms if f.name == name)


@cache
def catalogue() -> Catalogue:
    """The declared forms, read once."""
    raw = declared(__file__, "forms.yml")
    forms = tuple(
        Form(
            name=f["form"],
            layout=f["layout"],
            title=re.compile(f["title"].replace("{tail}", raw["tail"])),
            barred=re.compile(f["not"]) if "not" in f else None,
            measures=_patterns(f.get("measures", {})),
            words=tuple(f.get("words", ())),
            order={n: tuple(m) for n, m in f.get("order", {}).items()},
        )
        for f in raw["forms"]
    )
    return Catalogue(
        forms=forms,
        line_names=re.compile("|".join(f"(?:{p})" for p in raw["line_names"])),
        sides=tuple(Side(n, s["heading"], re.compile(s["names"])) for n, s in raw["sides"].items()),
        balance_measures=_patterns(raw["balance_measures"]),
        three_public=_patterns(raw["three_public"]),
        heading_words=_patterns(raw["heading_words"]),
        three_public_subjects=raw["three_public_subjects"],
        three_public_words=raw["three_public_words"],
    )


def _patterns(raw: dict[str, str]) -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((name, re.compile(pattern)) for name, pattern in raw.items())


def clean_title(text: str) -> str:
    """Key of a line without the label, unit, numbering and bracketed remarks that surround a title."""
    title = _LABEL.sub("", _UNIT.sub("", key(text)))
    previous = ""
    while previous != title:
        previous = title
        title = _TRAILING.sub("", _NUMBERING.sub("", title)).strip(":、.-")
    return title


def form_of_title(text: str) -> Form | None:
    """The most specific form a line is the title of, if it is a title."""
    if "表" not in text or len(text) > 2 * _MAX_TITLE or _BROKEN.search(text):
        return None
    title = clean_title(text)
    if not title.endswith("表") or len(title) > _MAX_TITLE:
        return None
    for form in catalogue().forms:
        if form.title.fullmatch(title) and not (form.barred and form.barred.search(title)):
            return form
    return None


def is_title(text: str) -> bool:
    """Whether a line is the title of a declared form."""
    return form_of_title(text) is not None


def form_of_headings(headings: str) -> Form | None:
    """The form whose telling words all stand in the headings of a table without a title."""
    folded = key(headings)
    for form in catalogue().forms:
        if form.words and all(word in folded for word in form.words):
            return form
    return None


def measure_of(path: Sequence[str], measures: Sequence[tuple[str, re.Pattern[str]]]) -> str | None:
    """The measure that the headings above a column name, from the heading nearest the numbers upwards.

    Args:
        path: Keys of the headings, top to bottom.
        measures: Patterns over the headings joined by "/".
    """
    for depth in range(1, len(path) + 1):
        joined = "/".join(path[-depth:])
        # A subtotal means what the heading above it says, so it is looked at together with that heading.
        if depth < len(path) and re.fullmatch(r"(?:小计|合计|金额|预算数?|决算数?|其中:?)(?:/.*)?", joined):
            continue
        for measure, pattern in measures:
            if pattern.search(joined):
                return measure
    return None
