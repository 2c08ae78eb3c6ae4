"""What a source card says beside what the document says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

from pipelines.core.folding import name_key
from pipelines.core.stated import Stated
from pipelines.identity.decide import Choice
from pipelines.identity.names import agree, plain

_PART_ZH = {"unit_name": "单位名称", "fiscal_year": "年度", "stage": "预算或决算", "scope": "口径"}
_FROM_CARD = "来源卡片"


def with_card(read: Mapping[str, Choice], stated: Stated) -> tuple[dict[str, Choice], tuple[str, ...]]:
    """Fill what a document does not say from its card.

    Where the document names several values that do not agree, the card settles it if it names one of them.

    Args:
        read: The parts as read, by field.
        stated: The card.

    Returns:
        The parts, and for people those in which the document says something else.
    """
    parts, otherwise = dict(read), []
    for part, value in asdict(stated).items():
        choice = read[part]
        if value is None:
            continue
        if choice.value is None:
            if not choice.rivals or any(_is_same(part, rival, value) for rival in choice.rivals):
                known = plain(name_key(str(value))) if part == "unit_name" else value
                parts[part] = Choice(known, _FROM_CARD)
        elif not _is_same(part, choice.value, value):
            otherwise.append(f"{_PART_ZH[part]}：文件为 {choice.value}，来源卡片为 {value}")
    return parts, tuple(otherwise)


def _is_same(part: str, printed: str | int, value: str | int) -> bool:
    """Whether a value, or the beginning of a rival as it is shown, is what the card says."""
    if part == "unit_name":
        return agree(str(printed).partition("（")[0], plain(name_key(str(value))))
    return str(printed).partition("（")[0] == str(value)
