"""The words of coded values, as ``code_labels.yml`` has them."""

from __future__ import annotations

from functools import cache
from typing import Any

from pipelines.core.data_files import declared

_PARTS = ("measure", "measure_prefix", "coded")
"""Entries that are no list of words in both languages."""


@cache
def _document() -> dict[str, Any]:
    return declared(__file__, "code_labels.yml")


def code_lists() -> dict[str, dict[str, tuple[str, str]]]:
    """Return each list of codes with the Chinese and English words of each code, in order."""
    return {
        name: {code: (zh, en) for code, (zh, en) in entries.items()}
        for name, entries in _document().items()
        if name not in _PARTS
    }


def english_of_measure(measure: str) -> str:
    """Return the English words of a measure of a cell, put together from its prefixes and its name.

    Raises:
        KeyError: no words are declared for it.
    """
    names, prefixes = _document()["measure"], _document()["measure_prefix"]
    if measure in names:
        return str(names[measure])
    fits = [p for p in prefixes if measure.startswith(f"{p}_")]
    prefix = max(fits, key=len, default=None)
    if prefix is None:
        raise KeyError(measure)
    return f"{prefixes[prefix]}: {english_of_measure(measure.removeprefix(f'{prefix}_'))}"


def list_of(table: str, column: str) -> str | None:
    """Return the list that a column's values are codes of; ``None`` where they are none."""
    coded = _document()["coded"]
    return coded.get(f"{table}.{column}", coded.get(column)) or None
