"""Table ``code_label``, the words of every coded value, and ``coded_column``, which columns hold them."""

from __future__ import annotations

import polars as pl

from pipelines.prove.catalogue import catalogue as rules
from pipelines.reference.code_labels import code_lists, english_of_measure, list_of
from pipelines.statements.catalogue import catalogue
from pipelines.statements.lookups import value_sets
from pipelines.storage.tables import conform, tables
from pipelines.warehouse.views import views


def lists() -> dict[str, dict[str, tuple[str, str]]]:
    """Return every list of codes: the declared ones, forms, statements, measures of cells and rules."""
    forms, said = catalogue(), code_lists()
    return {
        **said,
        # natures, sources and categories in one column
        "member": said["nature"] | said["source"] | said["category"] | {"operating": ("经营", "operating")},
        "form": {form.name: (form.full.zh, form.full.en) for form in forms.forms},
        "statement": {form.name: (form.full.zh, form.full.en) for form in forms.statements},
        "measure": {m: (forms.words_of_measure(m), english_of_measure(m)) for m in value_sets()["measures"]},
        "rule": {rule: (zh, en) for rule, zh, en in rules().select("rule_id", "zh", "en").iter_rows()},
    }


def code_label() -> pl.DataFrame:
    """Return table ``code_label``: one row per list and code."""
    rows = [
        {"code_list": name, "code": code, "position": place, "zh": zh, "en": en}
        for name, codes in sorted(lists().items())
        for place, (code, (zh, en)) in enumerate(codes.items(), 1)
    ]
    return conform(pl.DataFrame(rows), "code_label")


def coded_column() -> pl.DataFrame:
    """Return table ``coded_column``: one row per column of a table or view whose values are codes."""
    columns = [(t.name, c.name) for t in tables().values() for c in t.columns]
    columns += [(view.name, column) for view in views().values() for column in view.columns]
    rows = [
        {"table_name": table, "column_name": column, "code_list": name}
        for table, column in columns
        if (name := list_of(table, column)) is not None
    ]
    return conform(pl.DataFrame(rows).sort("table_name", "column_name"), "coded_column")
