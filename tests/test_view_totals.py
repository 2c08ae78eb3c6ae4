"""Every view against the totals the reports print: each query returns what does not add up."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from pipelines.warehouse.views import views

pytestmark = pytest.mark.xdist_group("end_to_end")

# One amount per unit, year and stage against the widest printed total, where both cover the same money.
AGAINST_PRINTED = """
    with added as ({})
    select added.*, printed.amount, tolerance
    from added join printed_total as printed using (unit_key, year_key, stage)
    left join (
        select unit_key, year_key, stage, max(tolerance) as tolerance from statement_total where is_current group by all
    ) using (unit_key, year_key, stage)
    where printed.coverage = 'all' and abs(added.added - printed.amount) > tolerance
"""

# One amount per report and statement against the total printed in it.
AGAINST_STATEMENT = """
    with added as ({})
    select * from added join statement_total using (unit_key, year_key, stage, statement)
    where is_current and published_amount is not null and abs(added - published_amount) > tolerance
"""

THREE_PUBLIC = """
    with added as ({})
    select * from added join fact_three_public as whole using (unit_key, year_key, stage)
    where whole.is_current and whole.category = 'three_public' and abs(added - whole.amount) > 400
"""

OFFENDERS = {
    "expenditure": [
        AGAINST_PRINTED.format("select unit_key, year_key, stage, sum(amount) as added from expenditure group by all"),
    ],
    "expenditure_economic": [
        AGAINST_STATEMENT.format(
            "select unit_key, year_key, stage, statement, sum(amount) as added from expenditure_economic group by all"
        ),
    ],
    "trend_expenditure_by_unit": [
        "select * from trend_expenditure_by_unit join printed_total using (unit_key, year_key, stage)"
        " where trend_expenditure_by_unit.amount <> printed_total.amount",
    ],
    "trend_expenditure_by_subject": [
        AGAINST_PRINTED.format(
            "select unit_key, year_key, stage, sum(amount) as added from trend_expenditure_by_subject"
            " where classification = 'functional' group by all"
        ),
        "select unit_key, year_key, stage, sum(amount) from trend_expenditure_by_subject"
        " where classification = 'economic' group by all except"
        " select unit_key, year_key, stage, sum(amount) from expenditure_economic group by all",
    ],
    "trend_expenditure_by_class": [
        AGAINST_PRINTED.format(
            "select unit_key, year_key, stage, sum(amount) as added from trend_expenditure_by_class"
            " where classification = 'functional' group by all"
        ),
        "select unit_key, year_key, stage, sum(amount) from trend_expenditure_by_class"
        " where classification = 'economic' group by all except"
        " select unit_key, year_key, stage, sum(amount) from expenditure_economic group by all",
    ],
    "trend_three_public": [
        THREE_PUBLIC.format(
            "select unit_key, year_key, stage, sum(amount) as added from trend_three_public"
            " where is_leaf and topic = 'three_public' group by all"
        ),
    ],
    "budget_execution": [
        AGAINST_PRINTED.format(
            "select unit_key, year_key, 'final' as stage, sum(final_amount) as added from budget_execution"
            " where final_coverage is not null group by unit_key, year_key, budget_from"
            " having bool_or(final_coverage = 'all')"
        ),
        AGAINST_PRINTED.format(
            "select unit_key, year_key, 'budget' as stage, sum(budget_amount) as added from budget_execution"
            " where budget_from = 'budget' and budget_coverage is not null group by all"
        ),
        AGAINST_STATEMENT.format(
            "select unit_key, year_key, 'final' as stage, 'general_expenditure' as statement,"
            " sum(final_amount) as added from budget_execution where final_coverage = 'general' group by all"
        ),
    ],
    "expenditure_structure": [
        AGAINST_PRINTED.format(
            "select unit_key, year_key, stage, sum(amount) as added from expenditure_structure"
            " where breakdown <> 'economic_class' group by unit_key, year_key, stage, breakdown"
        ),
        "select unit_key, year_key, stage, breakdown, sum(share) from expenditure_structure where is_complete"
        " group by all having abs(sum(share) - 1) > 0.00001",
        "select * from expenditure_structure where (share is null) = is_complete",
    ],
    "unit_profile": [
        "select unit_profile.* from unit_profile left join printed_total on unit_profile.unit_key"
        " = printed_total.unit_key and stage = 'final' and year_key = latest_final_year"
        " where latest_final_amount is distinct from amount",
        "select unit_profile.* from unit_profile left join printed_total on unit_profile.unit_key"
        " = printed_total.unit_key and stage = 'budget' and year_key = latest_budget_year"
        " where latest_budget_amount is distinct from amount",
    ],
    "peer_comparison": [
        "select peers, sum(amount) from peer_comparison where measure = 'expenditure' group by peers except"
        " select unnest(['region', 'namesake']), sum(amount) from printed_total",
        "select * from peer_comparison where rank > peer_count or (share is null) <> (peer_count = 1)",
    ],
    "largest_movers": [
        "select m.* from largest_movers as m"
        " left join trend_expenditure_by_subject as now using (classification, unit_key, stage, subject_key, year_key)"
        " left join trend_expenditure_by_subject as ago on ago.unit_key = m.unit_key and ago.stage = m.stage"
        " and ago.subject_key = m.subject_key and ago.classification = m.classification"
        " and ago.year_key = m.year_key - 1"
        " where m.change_amount is distinct from now.amount - ago.amount",
    ],
    "tidy_amount": [
        "select * from tidy_amount as t join printed_total using (unit_key, year_key, stage)"
        " where topic = 'total' and t.amount <> printed_total.amount",
        AGAINST_PRINTED.format(
            "select unit_key, year_key, stage, sum(amount) as added from tidy_amount"
            " where topic = 'expenditure' group by all"
        ),
        AGAINST_STATEMENT.format(
            "select unit_key, year_key, stage, statement, sum(amount) as added from tidy_amount"
            " where topic in ('economic', 'revenue') group by all"
        ),
        THREE_PUBLIC.format(
            "select unit_key, year_key, stage, sum(amount) as added from tidy_amount"
            " where topic = 'three_public' group by all"
        ),
    ],
    "statement_total": [
        "select sum(fact_amount) from statement_total except"
        " select (select sum(amount) from fact_expenditure) + (select sum(amount) from fact_revenue)",
    ],
    "printed_total": [
        "select * from printed_total join published_cell using (cell_key)"
        " where printed_total.amount <> published_cell.amount",
    ],
    "quality_by_report": [
        "select sum(cell_count) from quality_by_report except select count(*) from published_cell",
    ],
    "unit_countable": [
        "select * from unit_countable as own join dim_unit using (unit_key) join unit_countable as above"
        " on above.unit_key = parent_unit_key and above.figures = own.figures and above.year_key = own.year_key"
        " and above.stage = own.stage where scope = 'unit' and own.countable and above.countable",
    ],
    "data_dictionary": [
        "select table_name, column_name from data_dictionary where zh = '' or en = '' or table_zh = ''",
        "select table_name, position from data_dictionary group by all having count(*) > 1",
    ],
    "unit_year_measure": [
        # what is printed or stated, and nothing else
        "select m.* from unit_year_measure as m left join published_cell as c on m.cell_key = c.cell_key"
        " left join fact_disclosure as d on m.disclosure_key = d.disclosure_key"
        " where not m.is_derived and m.value is distinct from coalesce(c.amount, d.amount, d.value)"
        # money of a table that is printed by fund alone is its sum
        " and (c.fund is null and c.sub_unit is null)",
        "select * from unit_year_measure join printed_total using (unit_key, year_key, stage)"
        " where measure = 'expenditure' and unit_year_measure.amount <> printed_total.amount",
        "select unit_key, year_key, stage, measure from unit_year_measure group by all having count(*) > 1",
    ],
    "unit_year": [
        "select * from unit_year as u join fact_three_public as t using (unit_key, year_key, stage)"
        " where t.is_current and category = 'three_public' and u.three_public_amount is distinct from t.amount",
        "select * from unit_year as u join unit_year_measure as m using (unit_key, year_key, stage)"
        " where measure = 'project' and u.project_amount is distinct from m.amount",
    ],
    "execution_by_unit": [
        "select * from execution_by_unit"
        " where abs(execution_rate * budget_amount - final_amount) > 0.00001 * final_amount"
        " or abs(published_rate - execution_rate) > 0.01",
    ],
    "project_year": [
        "select unit_key, year_key, stage from project_year where printed_total is not null group by all"
        " having abs(sum(amount) - max(printed_total)) > 50 * (count(*) + 1)",
    ],
    "revenue_structure": [
        AGAINST_STATEMENT.format(
            "select unit_key, year_key, stage, 'revenue' as statement, sum(amount) as added"
            " from revenue_structure group by all"
        ),
    ],
    "report_revision": [
        "select * from report_revision where before_amount is not distinct from after_amount",
        "select distinct report_key from report_revision except"
        " select report_key from report_form where replaced_by_report_key is not null",
    ],
    "report_coverage": [
        "select unit_key, year_key, stage from dim_report where status = 'loaded' except"
        " select unit_key, year_key, stage from report_coverage where has_report",
    ],
    "unit_succession": [
        "select unit_key from dim_unit except select unit_key from unit_succession",
        "select * from unit_succession join dim_unit on carried_on_by = dim_unit.unit_key where succeeded_by <> ''",
    ],
    "subject_succession": [
        "select subject_key from dim_subject except select subject_key from subject_succession",
    ],
}


MAY_BE_EMPTY = {"report_revision", "execution_by_unit", "project_year"}
"""Views of what few reports hold: corrections, two sides of a budget, projects by name."""


@pytest.fixture(scope="module", params=["samples", "reports"])
def warehouse(request: pytest.FixtureRequest) -> Iterator[duckdb.DuckDBPyConnection]:
    folder: Path = request.getfixturevalue(request.param)
    with duckdb.connect(str(folder / "mingzhang.duckdb"), read_only=True) as connection:
        yield connection


def test_every_view_is_here() -> None:
    assert OFFENDERS.keys() == views().keys()


@pytest.mark.parametrize("view", sorted(OFFENDERS))
def test_it_adds_up_to_what_is_printed(warehouse: duckdb.DuckDBPyConnection, view: str) -> None:
    for query in OFFENDERS[view]:
        assert warehouse.execute(query).fetchall() == [], query
    [count] = warehouse.execute(f"select count(*) from {view}").fetchone() or [0]
    assert count > 0 or view in MAY_BE_EMPTY


def test_money_stands_in_yuan_and_in_10_000_yuan(warehouse: duckdb.DuckDBPyConnection) -> None:
    for view in views().values():
        for column in view.columns:
            if column.endswith("amount"):
                [off] = warehouse.execute(
                    f"select count(*) from {view.name} where {column}_wan is distinct from {column} / 10000"
                ).fetchone() or [1]
                assert off == 0, (view.name, column)
