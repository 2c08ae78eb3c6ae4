"""What the views say of the 14 hand-checked reports."""

from collections.abc import Iterator
from decimal import Decimal

import duckdb
import pytest
from model_frames import star, truth_reports

from pipelines.warehouse.load import load


@pytest.fixture(scope="module")
def truth(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse of the 14 hand-checked reports."""
    database = tmp_path_factory.mktemp("truth") / "mingzhang.duckdb"
    load(star(truth_reports()), database, extractor_version="test")
    with duckdb.connect(str(database), read_only=True) as connection:
        yield connection


def test_truth_statements_are_within_tolerance(truth: duckdb.DuckDBPyConnection) -> None:
    got = truth.execute(
        "select is_within_tolerance, count(*) from statement_total where published_amount is not null group by 1"
    )
    assert dict(got.fetchall()) == {True: 67}
    without = truth.execute("select count(*) from statement_total where published_amount is null").fetchone()
    assert without == (1,)  # 公用经费合计 of one report is blank


def test_truth_expenditure_adds_up_to_the_printed_total(truth: duckdb.DuckDBPyConnection) -> None:
    got = truth.execute(
        """
        select p.unit_key, p.year_key, p.stage, p.amount, sum(e.amount), max(t.tolerance)
        from printed_total p left join expenditure e using (unit_key, year_key, stage)
        left join statement_total t on e.report_key = t.report_key and e.statement = t.statement
        group by all
        """
    ).fetchall()
    assert len(got) == 12
    for *_, printed, added, tolerance in got:
        assert added is not None and abs(printed - added) <= tolerance
    assert truth.execute("select count(*) from expenditure where derived").fetchone() == (0,)


def test_truth_trends_of_three_years(truth: duckdb.DuckDBPyConnection) -> None:
    got = truth.execute(
        "select year_key, amount_wan from trend_expenditure_by_unit where unit_name = '江苏省高级人民法院' order by 1"
    ).fetchall()
    assert got == [(2017, Decimal("28849.38")), (2018, Decimal("33172.15")), (2019, Decimal("37188.34"))]
    funds = truth.execute(
        """
        select year_key, amount_wan from trend_expenditure_by_subject
        where unit_name = '江苏省人大常委会办公厅' and subject_code = '30113' order by 1
        """
    ).fetchall()
    assert funds == [(2017, Decimal("494.22")), (2018, Decimal("572.56")), (2019, Decimal("752.90"))]
