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


def queries(changed: str = "") -> dict[str, str]:
    """Return each check by what it says; a check holds when its query returns no row.

    Args:
        changed: condition on ``report_key`` that says which reports have changed since all checks held. Whole tables
            are then looked at only where others than those reports could break a check: against dimensions.
    """
    found = {}
    for table in tables().values():
        by_report = _has_reports(table.name)
        if table.key and not table.primary_key:
            key = ", ".join(map(quoted, table.key))
            rows = f"from {quoted(table.name)}"
            if changed and by_report:
                rows += f" where ({key}) in (select ({key}) from {quoted(table.name)} where {changed})"
            found[f"{table.name} has one row per {', '.join(table.key)}"] = (
                f"select {key} {rows} group by {key} having count(*) > 1"
            )
        for column, target in table.references.items():
            there, their_column = target.rsplit(".", 1)
            own = changed if by_report and _has_reports(there) else ""
            among, theirs = (f" and {own}", f" where {own}") if own else ("", "")
            found[f"{table.name}.{column} is in {target}"] = (
                f"select distinct {quoted(column)} from {quoted(table.name)} where {quoted(column)} is not null{among}"
                f" and {quoted(column)} not in (select {quoted(their_column)} from {quoted(there)}{theirs})"
            )
    return found | EXPENDITURE_VIEW


def _has_reports(table: str) -> bool:
    """Whether rows of a table belong to reports; what refers to rows of such a table belongs to the same report."""
    return table != "dim_report" and any(column.name == "report_key" for column in tables()[table].columns)
