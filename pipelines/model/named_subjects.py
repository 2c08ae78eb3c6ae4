"""Subjects of tables that print no codes: by the path of names, down the levels of the classification."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache

import polars as pl

from pipelines.core.folding import key
from pipelines.model.names import classification
from pipelines.reference.lookup import economic_subjects, functional_subjects

_STATEMENT = ["report_key", "form", "sub_unit"]
_CLASS, _SECTION, _ITEM = 3, 5, 7
"""Digits of a code by level."""


def with_codes_by_name(cells: pl.DataFrame) -> pl.DataFrame:
    """Fill ``subject_code`` where a statement prints names alone and every one of them has its place.

    Names repeat on two levels (其他教育支出), so a name is looked for below the section above it, then below its class.
    A statement of which one name is unknown stays without codes: its total is a fact, its rows are not.

    Args:
        cells: Rows of ``published_cell``.
    """
    nameless = (pl.col("subject_code").is_null()).all().over("report_key", "form")
    named = cells.filter(nameless, ~pl.col("is_total")).with_columns(kind=classification(pl.col("form")))
    rows = (
        named.filter(pl.col("kind").is_not_null(), pl.col("subject_name").is_not_null())
        .select(*_STATEMENT, "kind", "row_no", "subject_name")
        .unique()
        .sort("report_key", "form", "row_no")
    )
    found = []
    for (report, form, unit, kind), group in rows.group_by([*_STATEMENT, "kind"], maintain_order=True):
        codes = codes_of(group["subject_name"].to_list(), known_names(str(kind)))
        if all(codes):
            found += [(report, form, unit, no, code) for no, code in zip(group["row_no"], codes, strict=True)]
    if not found:
        return cells
    resolved = pl.DataFrame(
        found,
        schema={**dict.fromkeys(_STATEMENT, pl.String), "row_no": cells.schema["row_no"], "by_name": pl.String()},
        orient="row",
    )
    return (
        cells.join(resolved, on=[*_STATEMENT, "row_no"], how="left", nulls_equal=True)
        .with_columns(subject_code=pl.coalesce("subject_code", "by_name"))
        .drop("by_name")
    )


def codes_of(names: Sequence[str], known: Mapping[str, tuple[str, ...]]) -> list[str | None]:
    """The code of each name of a table, read downwards.

    Args:
        names: In printed order, totals left out.
        known: Codes by the key of a name.
    """
    codes: list[str | None] = []
    above = ""
    for name in names:
        code = _next(known.get(key(name), ()), above)
        codes.append(code)
        above = code or above
    return codes


def _next(codes: Iterable[str], above: str) -> str | None:
    """The code that goes on from the one above: an item of its section, a section of its class, else a class."""
    section, group = above[:_SECTION], above[:_CLASS]
    wanted = (
        lambda c: len(c) == _ITEM and len(section) == _SECTION and c[:_SECTION] == section and c != above,
        lambda c: len(c) == _SECTION and bool(group) and c[:_CLASS] == group and c != section,
        lambda c: len(c) == _CLASS,
        lambda c: len(c) == _ITEM and bool(group) and c[:_CLASS] == group,
    )
    for fits in wanted:
        choice = [c for c in codes if fits(c)]
        if choice:
            return min(choice)
    return None


@cache
def known_names(kind: str) -> Mapping[str, tuple[str, ...]]:
    """Codes of a classification (``functional``, ``economic``) by the key of a name."""
    subjects = economic_subjects() if kind == "economic" else functional_subjects()
    codes: dict[str, set[str]] = {}
    for code, name, aliases in subjects.select("code", "name", "aliases").iter_rows():
        for spelling in (name, *(aliases or "").split("|")):
            if spelling:
                codes.setdefault(key(spelling), set()).add(code)
    return {name: tuple(sorted(found)) for name, found in codes.items()}
