"""Letters folded before names are compared: traditional forms, radicals, letters that nobody sees."""

from __future__ import annotations

import re
from functools import cache

from pipelines.core.data_files import declared
from pipelines.core.folding import Letters, key, remembered

_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff]")


@cache
def _letters() -> Letters:
    """Each letter of ``letters.yml`` and what it means; a radical may mean a traditional letter."""
    data = declared(__file__, "letters.yml")
    folded: dict[int, str] = {}
    for name in ("traditional", "radicals"):
        pair = data[name]
        for printed, meant in zip("".join(pair["from"].split()), "".join(pair["to"].split()), strict=True):
            folded[ord(printed)] = folded.get(ord(meant), meant)
    return Letters(folded)


@remembered
def fold(text: str) -> str:
    """Fold a text to the key of its simplified spelling: no blanks, quotation marks, unseen letters or radicals."""
    return key(_UNSEEN.sub("", text)).translate(_letters())
