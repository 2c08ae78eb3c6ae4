"""Whose table it is, and of which year: a table may speak of another body, scope or year than its report."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.core.document import Line
from pipelines.core.folding import key, name_key
from pipelines.identity.captions import Caption, captions_of_grid, captions_of_text
from pipelines.identity.names import agree, is_body, is_government, is_of_a_place, plain, region_at_front, same
from pipelines.identity.report_identity import Identity, full_width
from pipelines.identity.titles import YEAR_ALONE, scope_of
from pipelines.identity.words import YEAR, as_year
from pipelines.layout.table import Table
from pipelines.statements.forms import form_of_title

_SHORTEST = 4
"""Letters of a body's name in a title of a table: shorter ones are words of the title (国库, 专户)."""

_OF_A_PLACE = "省市县区州盟旗镇乡"
"""What a body's name begins with where its place goes without saying."""

_YEAR = re.compile(rf"(?P<year>{YEAR})年度?")
_YEAR_AHEAD = re.compile(rf"^{YEAR}年度?")
_BRACKET = re.compile(r"\(([^()]+)\)$")
_OWN_PART = "（本级）"


@dataclass(frozen=True, slots=True)
class Owner:
    """Of whom and when the numbers of a table are.

    Attributes:
        sub_unit: The unit below the body; empty for the body itself.
        year: The fiscal year its title or caption names; ``None`` where it is the report's.
        refused: Why the numbers are neither the body's nor a unit's below it; they are not read. Empty otherwise.
    """

    sub_unit: str = ""
    year: int | None = None
    refused: str = ""


@dataclass(frozen=True, slots=True)
class _Label:
    """What a table says of itself: a body, a scope, a year."""

    name: str | None
    scope: str | None
    year: int | None


def owners(tables: Sequence[Table], identity: Identity) -> list[Owner]:
    """Tell whose each table is, in the order of the tables.

    A table that names a unit below the body, or the body's own part in a department's report, is that unit's; one that
    names the whole in the report of a part, or a body of another place, is nobody's here. What all tables say alike is
    a label of the report, which `report_identity` has weighed already.
    """
    labels = [_label_of(table) if table.form else _Label(None, None, None) for table in tables]
    bodies = [name for name in (identity.unit_full_name, identity.unit_name, *identity.spellings) if name]
    own = [name_key(name) for name in bodies]
    if not own:
        return [Owner() for _ in tables]
    others = [_other(label.name, own) for label in labels]
    forms = [table.form.name if table.form else "" for table in tables]
    if _is_label_of_all(others, labels, forms):
        others = [None] * len(tables)
    scopes = _scopes(labels, others, forms, identity.scope)
    return [
        _owner(other, scope, label.year, identity, own)
        for other, scope, label in zip(others, scopes, labels, strict=True)
    ]


def _owner(other: str | None, scope: str | None, year: int | None, identity: Identity, own: Sequence[str]) -> Owner:
    if year == identity.fiscal_year or identity.fiscal_year is None:
        year = None
    if other is not None and (_is_elsewhere(other, own[0]) or (identity.scope == "unit" and not _is_part(other, own))):
        return Owner(refused=f"表上所写单位“{full_width(other)}”不是本报告的单位")
    if other is not None:
        return Owner(full_width(other) or "", year)
    if scope == "unit":
        return Owner(f"{identity.unit_full_name}{_OWN_PART}", year)
    if scope == "department":
        return Owner(refused="表为部门汇总，本报告为本级（单位）")
    return Owner(year=year)


def _scopes(
    labels: Sequence[_Label], others: Sequence[str | None], forms: Sequence[str], scope: str
) -> list[str | None]:
    """The scope of each table that is not the report's, where a form is printed for both."""
    said: dict[str, set[str]] = {}
    for label, other, form in zip(labels, others, forms, strict=True):
        if form and other is None:
            said.setdefault(form, set()).add(label.scope or scope)
    return [
        label.scope if form and other is None and len(said[form]) > 1 and label.scope not in (None, scope) else None
        for label, other, form in zip(labels, others, forms, strict=True)
    ]


def _is_label_of_all(others: Sequence[str | None], labels: Sequence[_Label], forms: Sequence[str]) -> bool:
    """Whether one other name stands on all tables that name a body, and on most of them."""
    named = Counter(other for other in others if other)
    is_own = any(label.name and other is None for label, other in zip(labels, others, strict=True))
    return len(named) == 1 and not is_own and 2 * named.total() > sum(map(bool, forms))


def _other(name: str | None, own: Sequence[str]) -> str | None:
    """The body a table names, if it is none of the spellings of the report's own or a body above it."""
    if name is None or _is_above(name, own):
        return None
    if _is_part(name, own):
        return name
    return None if any(same(name, one) or agree(name, one) for one in own) else name


def _is_part(name: str, own: Sequence[str]) -> bool:
    """Whether a name is the body's with that of an organisation below it behind (某局某中心)."""
    return any(name.startswith(one) and len(name) > len(one) and is_body(name[len(one) :]) for one in own)


def _is_above(name: str, own: Sequence[str]) -> bool:
    """Whether the body's name begins with a name: that of the department it belongs to."""
    return any(one.startswith(name) for one in own)


def _is_elsewhere(name: str, own: str) -> bool:
    """Whether two names begin with regions of which neither lies in the other."""
    there, here = region_at_front(name), region_at_front(own)
    if there is None or here is None:
        return False
    one, two = (region.region.code.rstrip("0") for region in (there, here))
    return not (one.startswith(two) or two.startswith(one))


def _label_of(table: Table) -> _Label:
    """What the title and the captions of a table name; the title has the first word."""
    title = name_key(table.title)
    name, scope = _named_in_title(title)
    page = table.captions[0].place.page if table.captions else table.place.page
    above = [line for line in table.above if line.place.page == page]
    lines = [*table.captions, *reversed(above)]
    found = list(_captions(lines, table))
    if name is None and found:
        name, scope = found[0].name, scope or found[0].scope
    return _Label(name, scope, _year_of(title, table.captions))


def _captions(lines: Sequence[Line], table: Table) -> list[Caption]:
    found = [caption for line in lines for caption in captions_of_text(name_key(line.text), line.place)]
    if table.grids:
        found += captions_of_grid(table.grids[0])
    return [c for c in found if not is_of_a_place(c.name) and not is_government(c.name)]


def _named_in_title(title: str) -> tuple[str | None, str | None]:
    """The body that stands before or behind the title of a form, and the scope that a bracket states."""
    title = _YEAR_AHEAD.sub("", title)
    bracket = _BRACKET.search(title)
    behind = plain(bracket[1]) if bracket else ""
    scope = scope_of(bracket[0]) if bracket else None
    if len(behind) >= _SHORTEST and is_body(behind):
        return behind, scope
    for stop in range(len(title) - 1, _SHORTEST - 1, -1):
        before = title[:stop]
        name = plain(before)
        is_apart = len(before) > len(name) and before.startswith(name)  # a year or a bracket stands behind it
        is_placed = is_apart or region_at_front(name) or name[0] in _OF_A_PLACE
        if len(name) >= _SHORTEST and is_body(name) and is_placed and form_of_title(title[stop:]):
            return name, scope_of(_YEAR.sub("", before)) or scope
    return None, scope


def _year_of(title: str, captions: Sequence[Line]) -> int | None:
    """The one year that a title names, or that stands alone on a line of the captions."""
    years = {as_year(found["year"]) for found in _YEAR.finditer(title)}
    if not years:
        alone = (YEAR_ALONE.fullmatch(key(line.text)) for line in captions)
        years = {as_year(found["year"]) for found in alone if found}
    return years.pop() if len(years) == 1 else None
