"""What the views of measures say, over small cases: reforms, scorecard, projects, execution, sources."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from model_frames import cell, report, star, stated

from pipelines.warehouse.load import load

Query = Callable[[str], list[tuple[Any, ...]]]
Ask = Callable[..., Query]


@pytest.fixture
def ask(tmp_path: Path) -> Iterator[Ask]:
    """Load some reports and ask."""
    opened = []

    def loaded(*reports: dict[str, Any]) -> Query:
        database = tmp_path / "mingzhang.duckdb"
        load(star(reports), database, extractor_version="test")
        connection = duckdb.connect(str(database), read_only=True)
        opened.append(connection)
        return lambda sql: connection.execute(sql).fetchall()

    yield loaded
    for connection in opened:
        connection.close()


def economic(amounts: dict[str, int]) -> list[dict[str, Any]]:
    return [cell("basic_economic", code, "amount", amount) for code, amount in amounts.items()]


def said(fact: str, path: str, value: int | str, unit: str = "万元") -> dict[str, Any]:
    figure = stated(fact, None, value, path=path, is_subject=False)
    return figure if unit == "万元" else figure | {"unit": unit, "amount": None, "quote": f"{path}{value}{unit}"}


def test_amounts_that_a_reform_moved_are_marked(ask: Ask) -> None:
    before = report(economic({"30101": 10, "30311": 4, "30399": 1}), fiscal_year=2017)
    after = report(economic({"30101": 11, "30113": 5, "30399": 1}), fiscal_year=2018)
    query = ask(before, after)
    columns = "year_key, amount::int, printed_amount::int, is_restated, is_break"
    assert query(f"select {columns} from trend_expenditure_by_class where class_code = '301' order by 1") == [
        (2017, 140000, 100000, True, False),
        (2018, 160000, 160000, False, True),
    ]
    assert query(
        f"select {columns}, printed_codes from trend_expenditure_by_subject where subject_code = '30113' order by 1"
    ) == [(2017, 40000, None, True, False, "30311"), (2018, 50000, 50000, False, True, "30113")]
    assert query("select is_restated from trend_expenditure_by_subject where subject_code = '30399'") == [(False,)] * 2
