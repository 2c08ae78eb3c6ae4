"""Which form a title names, and which measure a heading names."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipelines.core.folding import key
from pipelines.core.lexicon import TABLE_LABEL
from pipelines.statements.catalogue import Form, catalogue

_LABEL = re.compile(TABLE_LABEL)
_NUMBERING = re.compile(
    r"^(?:附?(?:件|表)\d*[-—.、:]?\d*[.、:]?|表[一二三四五六七八九十\d]+[-.、:]?\d*[.、:]?|\((?:[一二三四五六七八九十]+|\d+)\)"
    r"|[一二三四五六七八九十]+[、.]|\d{1,2}[、.](?!\d))"
)
_TRAILING = re.compile(r"(?:\((?!汇总)[^()]*\)|-\d+|续表?|\d{1,3})$")
_UNIT = re.compile(r"\((?:金额)?单位[:：][^()]*\)$|(?:金额)?单位[:：].*$")
_BODY = re.compile(r"(?<=表)\(?(?:部门|(?:编制|填报|预算)?单位|编制部门)(?:名称)?[:：].*$")
"""A caption behind a title in the same paragraph: the body, and whatever follows it."""
_BROKEN = re.compile(r"[。，；;!?]")
_MAX_TITLE = 60


def clean_title(text: str) -> str:
    """Key of a line without the label, unit, numbering and bracketed remarks that surround a title."""
    title = _LABEL.sub("", _UNIT.sub("", _BODY.sub("", key(text))))
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
        if form.title and form.title.fullmatch(title) and not (form.barred and form.barred.search(title)):
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
