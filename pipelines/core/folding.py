"""Printed text made comparable: radicals, width, traditional characters, signs.

Three strengths, each for its use: `squeeze` keeps what a person sees on the page (names that are published), `fold`
keeps every character in its place (running text, whose figures are quoted), `key` is for comparison only.
Characters of the private use area stay: what they show depends on their font, which only the reader of a page knows.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import lru_cache, wraps
from typing import Any, TypeVar, cast

from pipelines.core.data_files import declared
from pipelines.core.lexicon import NUMBERINGS

_F = TypeVar("_F", bound=Callable[..., Any])

_REMEMBERED = 1 << 14
"""Texts whose answers are remembered: more than the distinct cells of a long report, a few megabytes at most."""

_SHORT = 200
"""Characters of a text that may well come again; longer ones seldom do, and their copies add up."""

_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff]")
_SPACE = re.compile(r"\s+")
_QUOTES = re.compile("[\"'“”‘’「」『』]")
_NUMBERING = re.compile("^(?:其中:)?(?:" + "|".join(NUMBERINGS) + ")")


def _letters(rows: Mapping[str, str]) -> dict[int, str]:
    """Each printed letter and the one it is compared as."""
    pairs = zip(*("".join(rows[side].split()) for side in ("from", "to")), strict=True)
    return {ord(printed): same for printed, same in pairs}


_DATA = declared(__file__, "folding.yml")
_RADICALS = _letters(_DATA["radicals"])
_TRADITIONAL = _letters(_DATA["traditional"])


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
_FOR_KEYS = {**_MEANT, **_TRADITIONAL, ord("〇"): "○"}


def squeeze(text: str) -> str:
    """Text as a person sees it, without white space: radicals are the characters they look like, width stays."""
    return _SPACE.sub("", text).translate(_RADICALS)


def fold(text: str) -> str:
    """Running text with its width variants, signs and traditional characters folded, character for character."""
    return text.translate(_IN_PLACE)


def remembered(function: _F) -> _F:
    """Remember what a function gives for short texts: tables repeat their words, and every layout asks for the same."""
    known = lru_cache(_REMEMBERED)(function)

    @wraps(function)
    def ask(text: str, *rest: Any) -> Any:
        return (known if len(text) <= _SHORT else function)(text, *rest)

    return cast(_F, ask)


@remembered
def key(text: str) -> str:
    """A comparison key: compatibility forms and traditional letters folded, without white space and quotation marks."""
    return _QUOTES.sub("", _SPACE.sub("", unicodedata.normalize("NFKC", text))).translate(_FOR_KEYS)


def name_key(text: str) -> str:
    """Key of a text that may name a body: as `key`, without the marks that nobody sees."""
    return key(_UNSEEN.sub("", text))


def bare(text: str) -> str:
    """Key of a line name without its numbering (一、 （一） 1.) and a leading 其中."""
    return _NUMBERING.sub("", key(text))


def has_ordinal(text: str) -> bool:
    """Whether a name starts with a numbering."""
    return _NUMBERING.match(key(text)) is not None
