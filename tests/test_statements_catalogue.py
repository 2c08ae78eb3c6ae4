"""One file per form: what it declares is complete, and everything that lists forms follows from it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.model.dim_statement import dim_statement
from pipelines.prove.catalogue import catalogue as rules
from pipelines.prove.expectations import SuiteError, read_suite
from pipelines.site import text
from pipelines.statements import catalogue as declared
from pipelines.statements.catalogue import catalogue, load
from pipelines.statements.forms import form_of_title
from pipelines.statements.lookups import column_rows, parts_of, requirement_rows, sum_rows, value_sets
from pipelines.storage.tables import tables

CATEGORIES = [
    *("total", "three_public", "abroad", "vehicle", "vehicle_purchase", "vehicle_running", "reception"),
    *("meeting", "training"),
]
CONTRACT = {
    "balance": "amount total general fund state_capital",
    "revenue": "total appropriation superior_subsidy institutional operating affiliate_remittance other general fund"
    " state_capital special_account carried_over current_year amount",
    "expenditure": "total basic project remitted_to_superior operating subsidy_to_affiliates",
    "expenditure_total": "total basic project remitted_to_superior operating subsidy_to_affiliates reserve"
    " carry_forward",
    "appropriation_balance": "amount total general fund state_capital",
    "appropriation_expenditure": "total basic project personnel public",
    "general_expenditure": "total basic project personnel public",
    "appropriation_basic_economic": "amount total personnel public",
    "basic_economic": "amount total personnel public",
    "fund": "opening revenue total basic project closing",
    "state_capital": "opening revenue total basic project closing",
    "three_public": " ".join(f"budget_{category} final_{category}" for category in CATEGORIES),
    "operating_cost": "amount total personnel public",
    "procurement": "amount",
}
"""Forms and measures that analysts' SQL relies on; ones added since come beside them."""

TRIED = [
    *("three_public", "procurement", "operating_cost", "fund", "state_capital"),
    *("basic_economic", "appropriation_basic_economic", "general_expenditure"),
    *("appropriation_balance", "appropriation_expenditure", "balance", "revenue", "expenditure"),
]
"""Forms in the order in which titles are tried; ones added since come in between."""

ADDED = """
name: {zh: 一般公共预算支出表（经济科目）, en: General public budget by economic subject}
short: {zh: 一般公共预算支出经济分类表, en: general budget by economic class}
classification: economic
fund_scope: general
covers: all
facts: fact_expenditure
trial: 55
title: .*一般公共预算.*经济分类.*情况表
layout: subject
headings: expenditure
sums:
  total: {rule: row_natures, parts: [basic, project]}
required:
  budget: {since: 2024, name: 一般公共预算支出经济分类情况表}
"""


@pytest.mark.parametrize("form", CONTRACT)
def test_the_contract_s_forms_and_measures_are_declared(form: str) -> None:
    assert set(CONTRACT[form].split()) <= set(catalogue().form(form).measure_names)


def test_the_contract_s_statements_natures_sources_and_categories() -> None:
    sets = value_sets()
    natures = (
        "basic project remitted_to_superior operating subsidy_to_affiliates personnel public reserve carry_forward"
    )
    assert set(sets["natures"]) >= {*natures.split(), "undivided"}
    assert set(sets["sources"]) >= {*CONTRACT["revenue"].split(), "undivided"} - {"total", "amount"}
    assert {f"budget_{name}" for name in sets["three_public_categories"]} <= set(sets["measures"])
    barred = {"balance", "appropriation_balance", "three_public", "procurement", "revenue"}
    assert set(sets["expenditure_statements"]) >= {*CONTRACT, "narrative"} - barred
    assert not barred & set(sets["expenditure_statements"])
    assert set(sets["sides"]) >= {"revenue", "expenditure", "economic", "usage"}


def test_titles_are_tried_from_the_most_specific_form_on() -> None:
    tried = [form.name for form in catalogue().forms if form.title is not None]
    assert [name for name in tried if name in TRIED] == TRIED


@pytest.mark.parametrize("form", catalogue().statements, ids=lambda form: form.name)
def test_every_declaration_is_complete(form: declared.Form) -> None:
    assert re.fullmatch(r"[a-z_]+", form.name)
    for words in (form.full, form.short):
        assert re.search(r"[一-鿿]", words.zh)
        assert re.fullmatch(r"[\w ,]+", words.en)
    assert all(catalogue().words_of_measure(measure) for measure in form.measure_names)
    assert (form.title is None) == (form.layout in ("totals", "prose"))
    assert form.facts is None or form.facts in tables()
    assert (form.facts == "fact_expenditure") == (form.covers is not None)
    assert {sum_.rule for sum_ in form.sums.values()} <= set(rules()["rule_id"])
    for columns, measures in form.order.items():
        assert columns == len(measures)


def test_statements_add_up_mutually() -> None:
    for form in catalogue().statements:
        for other in catalogue().may_add_to(form):
            assert form.name in catalogue().may_add_to(catalogue().form(other))
    assert catalogue().may_add_to(catalogue().form("fund")) == ["general_expenditure", "state_capital"]


def test_a_sum_reaches_to_the_finest_parts_and_says_what_they_give_way_to() -> None:
    rows = {(row["rule_id"], row["form"], row["part"]): row for row in sum_rows()}
    assert rows["row_natures", "expenditure", "personnel"]["unless"] == "basic"
    assert rows["row_sources", "revenue", "fund"]["unless"] == "current_year appropriation"
    vehicle = rows["three_public_total", "three_public", "final_vehicle_running"]
    assert vehicle["unless"] == "final_three_public final_vehicle"
    assert rows["row_closing", "fund", "total"]["sign"] == -1
    assert not rows["row_closing", "fund", "project"]["is_direct"]
    assert set(parts_of("basic", "fact_expenditure")) == {"personnel", "public"}


def test_formulas_count_the_columns_of_the_ministry_s_tables() -> None:
    numbered = {(row["form"], row["number"]): row["measure"] for row in column_rows()}
    assert numbered["fund", 6] == "closing"
    assert numbered["state_capital", 3] == "project"
    assert numbered["three_public", 12] == "final_reception"


def test_forms_are_required_by_stage_and_year() -> None:
    required = {(row["stage"], row["forms"]): row for row in requirement_rows()}
    assert required["final", "state_capital"]["since"] == 2020
    assert ("budget", "state_capital") not in required
    assert required["final", "general_expenditure appropriation_expenditure"]["empty"] == "no"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("colour: red", "unknown keys"),
        ("part_of: nothing", "not declared: nothing"),
        ("without_subjects: nothing", "not declared: nothing"),
        ("sums: {total: {rule: row_natures, parts: [basics]}}", "not declared: basics"),
        ("trial: 80", "title needs trial"),
        ("fund_scope: some", "not declared: some"),
        ("covers: most", "not declared: most"),
        ("order: {1: [nothing]}", "not declared: nothing"),
        ("title: 表\ntrial: 80", "stands twice"),
    ],
)
def test_a_typing_error_is_refused(tmp_path: Path, key: str, value: str) -> None:
    folder = shutil.copytree(declared.FOLDER, tmp_path / "statements")
    file = folder / "department" / "narrative.yml"
    name, *_ = key.partition(":")
    kept = [line for line in file.read_text(encoding="utf-8").splitlines() if not line.startswith(f"{name}:")]
    file.write_text("\n".join([*kept, key]), encoding="utf-8")
    with pytest.raises(ValueError, match=value):
        load(folder)


def _forget() -> None:
    for remembered in (catalogue, value_sets, read_suite, rules, tables, text._words, text.words):
        remembered.cache_clear()


@pytest.fixture
def added(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A form more than there is, in a file of a folder of its own."""
    folder = shutil.copytree(declared.FOLDER, tmp_path / "statements")
    (folder / "elsewhere").mkdir()
    (folder / "elsewhere" / "general_by_class.yml").write_text(ADDED, encoding="utf-8")
    monkeypatch.setattr(declared, "FOLDER", folder)
    _forget()
    yield "general_by_class"
    monkeypatch.undo()
    _forget()


def test_a_file_more_is_a_form_more(added: str) -> None:
    found = form_of_title("一般公共预算支出经济分类情况表")
    assert found is not None
    assert (found.name, found.kind) == (added, "elsewhere")
    assert added in dim_statement()["statement"]
    for suite, expectation in (
        ("extracted_cell", "form_in_vocabulary"),
        ("published_table", "form_in_vocabulary"),
        ("dim_statement", "all_forms"),
    ):
        sets = {e.id: e.arguments.get("value_set") for e in read_suite(suite).expectations}
        assert added in sets[expectation]
    assert any(f"'{added}'" in check for check in tables()["fact_expenditure"].checks)
    forms = dict(rules().select("rule_id", "forms").iter_rows())
    assert added in forms["subject_total"].split()
    assert added in forms["row_natures"].split()
    assert added not in forms["subject_section"].split()
    assert text.label("form", added) == "一般公共预算支出经济分类表"
    assert any(row["forms"] == added for row in requirement_rows())


def test_a_suite_that_asks_for_an_unknown_set_says_so(tmp_path: Path) -> None:
    (tmp_path / "cells.yml").write_text(
        "asset: cells\nnotes: 测试 / test\nexpectations:\n"
        "  - {id: form, expect: column_values_to_be_in_set, column: form, value_set: {from: shapes},"
        " severity: fault, notes: 表}\n",
        encoding="utf-8",
    )
    with pytest.raises(SuiteError, match="form asks for the unknown set 'shapes'"):
        read_suite("cells", tmp_path)


def test_a_suite_may_add_values_to_a_set() -> None:
    sides = next(e for e in read_suite("extracted_cell").expectations if e.id == "side_in_vocabulary")
    assert sides.arguments["value_set"] == ["", *value_sets()["sides"]]


ONLY_FORMS = [
    *("expenditure_total", "appropriation_expenditure", "general_expenditure"),
    *("appropriation_basic_economic", "basic_economic", "appropriation_balance"),
]
"""Names that mean nothing but a form."""


def test_no_code_and_no_suite_lists_forms() -> None:
    root = Path(__file__).parents[1]
    files = [*root.glob("pipelines/**/*.py"), *root.glob("pipelines/**/*.yml"), *root.glob("expectations/*.yml")]
    name = re.compile(rf"\b(?:{'|'.join(ONLY_FORMS)})\b")
    listing = {
        file.relative_to(root).as_posix(): found
        for file in files
        if file.parent.parent != declared.FOLDER
        and len(found := set(name.findall(file.read_text(encoding="utf-8")))) > 1
    }
    assert listing == {}
