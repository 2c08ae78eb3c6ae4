"""Numbers and terms as pages show them."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from functools import cache, lru_cache
from urllib.parse import quote

from markupsafe import Markup, escape

from pipelines.reference.code_labels import code_lists
from pipelines.statements.catalogue import catalogue

_CENT = Decimal("0.01")
_LINKED_CELLS = 40
"""A sum of more cells links to the report only: addresses have an end."""


@cache
def _words() -> dict[str, dict[str, list[str]]]:
    words = {name: {code: [*both] for code, both in entries.items()} for name, entries in code_lists().items()}
    words["form"] = {form.name: [form.short.zh, form.short.en] for form in catalogue().forms}
    return words


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


def origin(report_key: str, cells: Iterable[str] = (), page: int | None = None, line: int | None = None) -> str:
    """Give the address of a number's origin below the site's root: cells, else the page or line, else the report."""
    cells = list(cells)
    address = f"reports/{quote(report_key, safe='')}.html"
    if 0 < len(cells) <= _LINKED_CELLS:
        return address + "#" + "+".join(f"c-{quote(cell, safe='')}" for cell in cells)
    if page is not None:
        return f"{address}#page-{page}"
    return address if line is None else f"{address}#line-{line}"
