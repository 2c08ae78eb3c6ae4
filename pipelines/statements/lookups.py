"""Lists and tables that follow from the declared forms; suites, rules, facts and the dictionary take them from here."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from pipelines.statements.catalogue import Form, catalogue

UNDIVIDED = "undivided"
"""Nature or source of a total printed without parts."""

WHOLES = ("total", "amount")
"""Measures that hold all of a row, whose parts may stand beside them."""


def _names(forms: Iterable[Form]) -> tuple[str, ...]:
    return tuple(f.name for f in forms)


def _distinct(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))


def forms_with(**values: Any) -> tuple[str, ...]:
    """Names of the forms whose attributes have these values: ``forms_with(layout="balance")``."""
    return _names(f for f in catalogue().forms if all(getattr(f, name) == value for name, value in values.items()))


def form_within(source: str, nature: str, axis: str) -> Form | None:
    """The form that a title's limits and the classification of the rows make, where titles differ in one word.

    Project money by economic class is part of the form of all money by class; its measure says so.
    """
    for asked in (nature, "") if (nature, axis) == ("project", "economic") else (nature,):
        point = {"source": source, "nature": asked, "axis": axis}
        said = {key: value for key, value in point.items() if value}
        for form in catalogue().forms:
            if form.limits == said or (form.limits == {"nature": asked, "axis": axis} and asked == "project"):
                return form
    return None


def statements_of(fact_table: str) -> tuple[str, ...]:
    """Names of the statements whose rows become facts of a table, the narrative included."""
    return _names(f for f in catalogue().statements if f.facts == fact_table)


def parts_of(whole: str, fact_table: str) -> tuple[str, ...]:
    """Measures below a sum in any form of a fact table; of the total these are its natures, sources or categories."""
    forms = [f for f in catalogue().forms if f.facts == fact_table and whole in f.sums]
    return _distinct(part for f in forms for part, _, _ in f.parts_of(whole))


def parts_by_whole(form: str) -> dict[str, tuple[str, ...]]:
    """Of each sum of a form the measures below it, at any depth."""
    declared = catalogue().form(form)
    return {whole: tuple(part for part, _, _ in declared.parts_of(whole)) for whole in declared.sums}


@cache
def value_sets() -> dict[str, tuple[str, ...]]:
    """Sets of values by the name under which suites, checks and the rule catalogue ask for them."""
    forms = catalogue().forms
    return {
        "forms": _names(forms),
        "statements": _names(catalogue().statements),
        "balance_forms": forms_with(layout="balance"),
        "procurement_forms": forms_with(layout="procurement"),
        "functional_forms": forms_with(classification="functional"),
        "economic_forms": forms_with(classification="economic"),
        "basic_economic_forms": _names(f for f in forms if f.divides_basic),
        "appropriation_parts": forms_with(part_of="appropriation_expenditure"),
        "expenditure_statements": statements_of("fact_expenditure"),
        "sides": tuple(side.name for side in catalogue().sides),
        "measures": _distinct(m for f in forms for m in f.measure_names),
        "natures": (*parts_of("total", "fact_expenditure"), UNDIVIDED),
        "sources": (*parts_of("total", "fact_revenue"), UNDIVIDED),
        "three_public_categories": ("total", *parts_of("total", "fact_three_public")),
    }


def statement_rows() -> list[dict[str, Any]]:
    """One row per statement, with the columns of ``dim_statement``."""
    return [
        {
            "statement": s.name,
            "name_zh": s.full.zh,
            "name_en": s.full.en,
            "classification": s.classification,
            "fund_scope": s.fund_scope,
            "has_facts": s.facts is not None,
            "may_add_to": catalogue().may_add_to(s),
            "layout": s.layout,
            "covers": s.covers,
            "fact_table": s.facts,
            "part_of": s.part_of,
            "details": s.details,
        }
        for s in catalogue().statements
    ]


def sum_rows() -> list[dict[str, Any]]:
    """One row per form, sum along a row, and measure below it.

    ``unless``: the sums between the two, separated by blanks; where the row prints one, it counts instead.
    ``is_direct``: whether there is none.
    """
    rows = []
    for form in catalogue().forms:
        for whole, declared in form.sums.items():
            for part, sign, between in form.parts_of(whole):
                for prefix in [f"{stage}_" for stage in form.stages] or [""]:
                    rows.append(
                        {
                            "rule_id": declared.rule,
                            "form": form.name,
                            "target": prefix + whole,
                            "part": prefix + part,
                            "sign": sign,
                            "unless": " ".join(prefix + name for name in between),
                            "is_direct": not between,
                        }
                    )
    return rows


def column_rows() -> list[dict[str, Any]]:
    """One row per numbered column (栏) of the ministry's forms."""
    return [
        {"form": form.name, "number": number, "measure": measure}
        for form in catalogue().forms
        for number, measure in enumerate(form.numbered, 1)
    ]


def requirement_rows() -> list[dict[str, Any]]:
    """One row per stage and required form; ``forms``: the form and those that may stand for it, blanks between."""
    return [
        {
            "stage": stage,
            "forms": " ".join((form.name, *required.instead)),
            "since": required.since,
            "empty": "yes" if required.may_be_empty else "no",
            "zh": required.name,
        }
        for form in catalogue().forms
        for stage, required in form.required.items()
    ]
