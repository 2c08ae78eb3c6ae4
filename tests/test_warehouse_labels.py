"""The words of coded values: every value of a coded column has them, in both languages."""

from __future__ import annotations

import ast
from pathlib import Path

import duckdb
import pytest

from pipelines.reference.code_labels import code_lists, english_of_measure, list_of
from pipelines.statements.lookups import value_sets
from pipelines.storage.tables import quoted
from pipelines.warehouse.labels import coded_column, lists

pytestmark = pytest.mark.xdist_group("end_to_end")


def test_lists_hold_the_values_that_checks_allow() -> None:
    sets, found = value_sets(), lists()
    assert set(sets["sources"]) <= set(found["source"])
    assert set(sets["natures"]) <= set(found["nature"])
    assert set(sets["three_public_categories"]) == set(found["category"])
    assert set(sets["sides"]) == set(found["side"])
    assert set(sets["measures"]) == set(found["measure"])


def test_measures_are_put_together() -> None:
    assert english_of_measure("prior_budget_vehicle_running") == "budget of the year before: vehicles run"
    with pytest.raises(KeyError):
        english_of_measure("nothing")


def test_columns_name_lists_that_are_there() -> None:
    assert set(coded_column()["code_list"]) <= set(lists())
    assert list_of("fact_staff", "kind") == "staff_kind" and list_of("expenditure", "amount") is None
    assert all(zh and en for codes in code_lists().values() for zh, en in codes.values())


def test_reasons_that_readers_give_have_words() -> None:
    given = {
        call.args[0].value
        for file in Path("pipelines").rglob("*.py")
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call)
        and getattr(call.func, "id", "") in {"UnreadableError", "ReadingFailure"}
        and isinstance(call.args[0], ast.Constant)
    }
    assert len(given) > 30
    assert given <= code_lists()["reason_code"].keys()


@pytest.mark.parametrize("warehouse", ["samples", "reports"])
def test_every_coded_value_has_its_words(warehouse: str, request: pytest.FixtureRequest) -> None:
    folder: Path = request.getfixturevalue(warehouse)
    with duckdb.connect(str(folder / "mingzhang.duckdb"), read_only=True) as connection:
        for table, column, codes in connection.execute("from coded_column").fetchall():
            type_ = connection.execute(f'select any_value(typeof("{column}")) from {quoted(table)}').fetchone()
            value = f'unnest("{column}")' if type_ and str(type_[0]).endswith("[]") else f'"{column}"'
            unknown = connection.execute(
                f"select distinct code from (select {value} as code from {quoted(table)}) where code <> ''"
                " and code not in (select code from code_label where code_list = ?)",
                [codes],
            ).fetchall()
            assert unknown == [], f"{table}.{column} ({codes})"


def test_findings_lead_to_their_cells(samples: Path) -> None:
    with duckdb.connect(str(samples / "mingzhang.duckdb"), read_only=True) as connection:
        off = connection.execute(
            """
            select finding_key from quality.finding
            left join (select finding_key, count(*) as n from quality.finding_cell group by all) using (finding_key)
            where coalesce(n, 0) <> len(list_distinct(cell_keys))
            """
        ).fetchall()
        assert off == []
        found = connection.execute(
            "select count(*) from quality.finding_cell join published_cell using (cell_key)"
        ).fetchone()
        assert found is not None and found[0] > 0
