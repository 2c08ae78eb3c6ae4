"""``docs/data-dictionary.md`` and the headers of ``sql/`` say what is there."""

from collections.abc import Iterator

import duckdb
import pytest

from pipelines.storage import tables as metadata
from pipelines.warehouse import dictionary, views


def test_the_dictionary_is_up_to_date() -> None:
    said = dictionary.FILE.read_text(encoding="utf-8")
    assert said == dictionary.dictionary(), "run: python -m pipelines.warehouse.dictionary"


@pytest.fixture(scope="module")
def empty() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        for statement in (*metadata.ddl(), *views.ddl()):
            connection.execute(statement)
        yield connection


@pytest.mark.parametrize("name", sorted(path.stem for path in views.FOLDER.glob("*.sql")))
def test_the_header_names_the_columns(empty: duckdb.DuckDBPyConnection, name: str) -> None:
    described = empty.execute(f"describe {name}").fetchall()
    assert list(views.views()[name].columns) == [column for column, *_ in described]


def test_the_contract_s_views_are_there() -> None:
    assert views.views().keys() >= {
        "expenditure",
        "expenditure_economic",
        "trend_expenditure_by_unit",
        "trend_expenditure_by_subject",
        "trend_three_public",
        "budget_execution",
        "expenditure_structure",
        "unit_profile",
        "statement_total",
        "quality_by_report",
    }


def test_a_header_that_names_another_view(tmp_path) -> None:  # type: ignore[no-untyped-def]
    file = tmp_path / "one.sql"
    file.write_text("-- two: 二 | Two\n-- grain: a row\n-- columns:\n--   x: 数 | A number\nselect 1 as x\n")
    with pytest.raises(ValueError, match="header"):
        views.parse(file)
