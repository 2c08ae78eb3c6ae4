"""Documents that are no department's report: governments' budgets, collections, pages of a web site."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from pipelines.core.document import Document, Grid
from pipelines.core.folding import name_key
from pipelines.identity.evidence import Evidence, is_opening
from pipelines.identity.pieces import LONGEST, Piece
from pipelines.identity.words import words

REASON_CODE = "not_a_department_report"

_TOP = 24  # pieces from the top in which a document says what it is
_BROKEN_OVER = 4  # pieces over which its title may be broken
_SEVERAL = 3  # different headings of a kind that tell although a title names a body
_HEADING_ROWS = 3  # rows of a grid that may hold its heading
_DEPARTMENT = re.compile("部门|单位")


@dataclass(frozen=True, slots=True)
class Kind:
    """What a document is instead of a department's report.

    Attributes:
        code: Key of ``not_a_department_report`` in ``words.yml``.
        shown: The words of the document that say so.
    """

    code: str
    shown: str

    @property
    def message(self) -> str:
        """What it is, in Chinese and English."""
        data = words()["not_a_department_report"][self.code]
        return (
            f"这不是部门（单位）的预算或决算，而是{data['zh']}：“{self.shown}”；"
            f"not a department's report but {data['en']}"
        )


@cache
def _patterns(code: str, part: str) -> list[re.Pattern[str]]:
    return [re.compile(pattern) for pattern in words()["not_a_department_report"][code][part]]


def kind_of(document: Document, evidence: Evidence, table_titles: Sequence[str]) -> Kind | None:
    """Tell what a document is when it is no department's report; None for those that are or may be one."""
    own = next((t for t in evidence.titles if is_opening(t) and t.name), None)
    for code in ("government_budget", "collection"):
        stated = _stated(evidence.opening[:_TOP], code)
        if stated and (own is None or stated[0] < own.piece):
            return Kind(code, stated[1])
    government = next((t for t in evidence.titles if is_opening(t) and t.government), None)
    if government and (own is None or government.piece < own.piece):
        return Kind("government_budget", government.text)
    if own is None and not evidence.captions:
        headings = _headings("government_budget", [*table_titles, *_short_texts(document)])
        if len(headings) >= _SEVERAL or (headings and not evidence.namings):
            return Kind("government_budget", headings[0])
    if not evidence.namings and not any(isinstance(b, Grid) for b in document.blocks):
        page = _headings("portal_page", _short_texts(document))
        if len(page) >= _SEVERAL:
            return Kind("portal_page", "、".join(page[:_SEVERAL]))
    return None


def _stated(top: Sequence[Piece], code: str) -> tuple[int, str] | None:
    """The first title among pieces that says a document is of a kind, whole, with the number of its last piece."""
    for last in range(len(top)):
        widest: str | None = None
        for first in range(last, max(-1, last - _BROKEN_OVER), -1):
            parts = top[first : last + 1]
            if any(p.spoken for p in parts) or (first < last and any(p.numbered for p in parts)):
                break
            text = "".join(p.text for p in parts)
            if len(text) > LONGEST or re.search("[。;；]", text):
                break
            for pattern in _patterns(code, "opening"):
                found = pattern.search(text)
                is_departments = code == "government_budget" and found and _DEPARTMENT.search(found[0])
                if found and not top[first].numbered and not is_departments:
                    widest = text
        if widest:
            return last, widest
    return None


def _headings(code: str, texts: Sequence[str]) -> list[str]:
    """One text for each different heading of a kind."""
    seen: dict[str, str] = {}
    for text in texts:
        for pattern in _patterns(code, "table"):
            if pattern.pattern not in seen and (found := pattern.search(text)):
                seen[pattern.pattern] = text if len(text) <= LONGEST else found[0]
    return list(seen.values())


def _short_texts(document: Document) -> list[str]:
    """Lines that may be headings, and the first cells of grids."""
    return list(_of_blocks(document))


def _of_blocks(document: Document) -> Iterator[str]:
    for block in document.blocks:
        if isinstance(block, Grid):
            yield from (name_key(cell.text) for cell in block.cells if cell.row < _HEADING_ROWS)
        else:
            text = name_key(block.text)
            if len(text) <= LONGEST and not re.search("[。;；]", text):
                yield text
