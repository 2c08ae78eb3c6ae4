"""What must hold in a built database, as queries that return the offending rows."""

from __future__ import annotations

from pipelines.storage.tables import quoted, tables

EXPENDITURE_VIEW = {
    # The statements that may stand together are the parts of one whole.
    "expenditure takes one source per unit, year and stage": """
        select unit_key, year_key, stage from expenditure join dim_statement using (statement) where not derived
        group by unit_key, year_key, stage
        having count(distinct coalesce('parts of ' || part_of, statement)) > 1
    """,
    "expenditure has one row per unit, year, stage, statement, subject and nature": """
        select unit_key, year_key, stage, statement, subject_key, nature from expenditure
        group by all having count(*) > 1
    """,
    "expenditure says what its statements say": """
        with statement_sum as (
            select unit_key, year_key, stage, statement, sum(amount) as amount
            from expenditure where not derived group by all
        )
        select statement_sum.* from statement_sum
        left join (
            select unit_key, year_key, stage, statement, sum(amount) as amount
            from fact_expenditure where is_current group by all
        ) as fact_sum using (unit_key, year_key, stage, statement)
        where statement_sum.amount is distinct from fact_sum.amount
    """,
    "meta has one row": "select count(*) from meta having count(*) <> 1",
    "a superseded report has no current fact": """
        select distinct report_key from fact_expenditure join dim_report using (report_key)
        where is_current and status = 'superseded'
    """,
    "no view shows money as a floating-point number": """
        select table_name, column_name from duckdb_columns()
        where data_type in ('DOUBLE', 'FLOAT') and (column_name like '%amount%' or column_name = 'difference')
    """,
}


def queries() -> dict[str, str]:
    """Return each check by what it says; a check holds when its query returns no row."""
    found = {}
    for table in tables().values():
        if table.key and not table.primary_key:
            key = ", ".join(map(quoted, table.key))
            found[f"{table.name} has one row per {', '.join(table.key)}"] = (
                f"select {key} from {quoted(table.name)} group by {key} having count(*) > 1"
            )
        for column, target in table.references.items():
            there, their_column = target.rsplit(".", 1)
            found[f"{table.name}.{column} is in {target}"] = (
                f"select distinct {quoted(column)} from {quoted(table.name)} where {quoted(column)} is not null"
                f" and {quoted(column)} not in (select {quoted(their_column)} from {quoted(there)})"
            )
    return found | EXPENDITURE_VIEW
