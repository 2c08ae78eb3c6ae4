"""Printed text made comparable: radicals, width, traditional characters, signs.

Three strengths, each for its use: `squeeze` keeps what a person sees on the page (names that are published), `fold`
keeps every character in its place (running text, whose figures are quoted), `key` is for comparison only.
Characters of the private use area stay: what they show depends on their font, which only the reader of a page knows.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from pipelines.core.data_files import declared
from pipelines.core.lexicon import NUMBERINGS

_T = TypeVar("_T")

_REMEMBERED = 1 << 14
"""Texts whose answers are remembered: more than the distinct cells of a long report, a few megabytes at most."""

_SHORT = 200
"""Characters of a text that may well come again; longer ones seldom do, and their copies add up."""

_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff]")
_QUOTES = "\"'“”‘’「」『』"
_NUMBERING = re.compile("^(?:其中:)?(?:" + "|".join(NUMBERINGS) + ")")


def _letters(rows: Mapping[str, str]) -> dict[int, str]:
    """Each printed letter and the one it is compared as."""
    pairs = zip(*("".join(rows[side].split()) for side in ("from", "to")), strict=True)
    return {ord(printed): same for printed, same in pairs}


_DATA = declared(__file__, "folding.yml")
_RADICALS = _letters(_DATA["radicals"])
_TRADITIONAL = _letters(_DATA["traditional"])


class Letters(dict[int, Any]):
    """What replaces characters, for `str.translate`; all others stay.

    They are noted as they come: for each one that it does not find `str.translate` raises and catches an error.
    """

    def __missing__(self, code: int) -> int:
        self[code] = code
        return code


class _ByCharacter(dict[int, str]):
    """Characters by what they are compared as; one for one, so that places in the text stay."""

    def __init__(self, replaced: Mapping[int, str]) -> None:
        super().__init__(replaced)

    def __missing__(self, code: int) -> str:
        folded = unicodedata.normalize("NFKC", chr(code))
        self[code] = folded if len(folded) == 1 else chr(code)
        return self[code]


_SIGNS = {ord(sign): same for same, signs in _DATA["signs"].items() for sign in signs}
_MEANT = {radical: _TRADITIONAL.get(ord(same), same) for radical, same in _RADICALS.items()}
"""A radical may mean a traditional letter."""

_IN_PLACE = _ByCharacter({**_SIGNS, **_MEANT, **_TRADITIONAL})
_AS_SEEN = Letters(_RADICALS)
_FOR_KEYS = Letters({**_MEANT, **_TRADITIONAL, ord("〇"): "○", **dict.fromkeys(map(ord, _QUOTES))})


class _Answers(dict[str, Any]):
    """What a function gave for short texts; all are forgotten where they become too many."""

    def __init__(self, function: Callable[[str], Any]) -> None:
        super().__init__()
        self._function = function

    def __missing__(self, text: str) -> Any:
        answer = self._function(text)
        if len(text) <= _SHORT:
            if len(self) >= _REMEMBERED:
                self.clear()
            self[text] = answer
        return answer


def remembered(function: Callable[[str], _T]) -> Callable[[str], _T]:
    """Remember what a function gives for short texts: tables repeat their words, and every layout asks for the same.

    Looking an answer up runs no Python code: some of these functions are asked a thousand times a page.
    """
    return _Answers(function).__getitem__


@remembered
def squeeze(text: str) -> str:
    """Text as a person sees it, without white space: radicals are the characters they look like, width stays."""
    return "".join(text.split()).translate(_AS_SEEN)


def fold(text: str) -> str:
    """Running text with its width variants, signs and traditional characters folded, character for character."""
    return text.translate(_IN_PLACE)


@remembered
def key(text: str) -> str:
    """A comparison key: compatibility forms and traditional letters folded, without white space and quotation marks."""
    return "".join(unicodedata.normalize("NFKC", text).split()).translate(_FOR_KEYS)


@remembered
def name_key(text: str) -> str:
    """Key of a text that may name a body: as `key`, without the marks that nobody sees."""
    return key(_UNSEEN.sub("", text))


def bare(text: str) -> str:
    """Key of a line name without its numbering (一、 （一） 1.) and a leading 其中."""
    return _NUMBERING.sub("", key(text))


def has_ordinal(text: str) -> bool:
    """Whether a name starts with a numbering."""
    return _NUMBERING.match(key(text)) is not None
