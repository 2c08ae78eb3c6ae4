"""Numbers and terms as pages show them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from functools import cache, lru_cache
from typing import Any
from urllib.parse import quote
from zlib import crc32

from markupsafe import Markup, escape

from pipelines.core.data_files import declared
from pipelines.statements.catalogue import catalogue

_CENT = Decimal("0.01")
_LINKED_CELLS = 40
"""A sum of more cells links to the report only: addresses have an end."""


STATED = "d-"
"""Before the key of a figure that a report's text states; other keys are those of cells, which are hexadecimal."""


@cache
def _colours() -> dict[str, Any]:
    return declared(__file__, "colours.yml")


def colour(kind: str, member: str | None) -> str:
    """Give the colour of a member of a breakdown, the same on every page; that of the rest for none."""
    if member is None:
        return str(_colours()["rest"])
    others = _colours()["others"]
    return str(_colours()[kind].get(member) or others[crc32(member.encode()) % len(others)])


@cache
def _words() -> dict[str, dict[str, list[str]]]:
    from pipelines.warehouse.labels import lists  # reads the rules, and Dagster imports this module only to look at it

    words = {name: {code: [*both] for code, both in entries.items()} for name, entries in lists().items()}
    words["form"] = {form.name: [form.short.zh, form.short.en] for form in catalogue().forms}
    return words


def all_words() -> str:
    """Give the words of every coded value, as what pages are made of."""
    return json.dumps(_words(), ensure_ascii=False)


def all_of(kind: str) -> list[tuple[str, str, str]]:
    """Give every value of a kind with its words in Chinese and English."""
    return [(code, chinese, english) for code, (chinese, english) in _words()[kind].items()]


def term(kind: str, value: str | None) -> tuple[str, str]:
    """Give a value of the warehouse in Chinese and English; an unknown one is its own name."""
    chinese, english = _words()[kind].get(value or "", [value or "—", ""])
    return chinese, english


@lru_cache(1024)
def words(kind: str, value: str | None) -> Markup:
    """Give a value of the warehouse as pages show it: in Chinese, and in English beside it."""
    chinese, english = term(kind, value)
    return escape(chinese) + (Markup(' <span class="en" lang="en">{}</span>').format(english) if english else "")


def label(kind: str, value: str | None) -> str:
    """Give a value of the warehouse in Chinese."""
    return term(kind, value)[0]


def order(kind: str, value: str) -> int:
    """Give the place of a value among those of its kind; unknown ones come last."""
    return [*_words()[kind], value].index(value)


def in_wan(yuan: Decimal | None) -> Decimal | None:
    """Turn yuan into 10,000 yuan, two places."""
    return None if yuan is None else (yuan / 10_000).quantize(_CENT, ROUND_HALF_UP)


def wan(yuan: Decimal | None) -> str:
    """Write yuan as 10,000 yuan with two places and separators; nothing as a dash."""
    return "—" if yuan is None else f"{in_wan(yuan):,f}"


def yuan(amount: Decimal | None) -> str:
    """Write yuan in full."""
    return "" if amount is None else f"{amount:,.2f} 元"


def percent(rate: Decimal | None, signed: bool = False) -> str:
    """Write a rate (0.05) as a percentage with one place; nothing as a dash."""
    if rate is None:
        return "—"
    value = (rate * 100).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return f"{value:+,f}%" if signed else f"{value:,f}%"


def number(value: int) -> str:
    """Write a count with separators."""
    return f"{value:,d}"


def plain(value: Decimal) -> str:
    """Write a printed value without the zeros that its column adds."""
    return f"{value.normalize():,f}"


def anchor(key: str) -> str:
    """Give the name on its report's page of a cell, by its key, or of a stated figure: ``d-`` and its key."""
    return quote(key, safe="") if key.startswith(STATED) else f"c-{quote(key, safe='')}"


def origin(report_key: str, cells: Iterable[str] = (), page: int | None = None, line: int | None = None) -> str:
    """Give the address of a number's origin below the site's root: cells, else the page or line, else the report.

    Args:
        report_key: The report.
        cells: Keys of cells; ``d-`` before those of figures that the text states.
        page: Page it stands on.
        line: Line of a source without pages.
    """
    cells = list(cells)
    address = f"reports/{quote(report_key, safe='')}.html"
    if 0 < len(cells) <= _LINKED_CELLS:
        return address + "#" + "+".join(map(anchor, cells))
    if page is not None:
        return f"{address}#page-{page}"
    return address if line is None else f"{address}#line-{line}"
