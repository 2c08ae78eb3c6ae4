-- Units, years and stages that have a fact of a touched report in one of the two databases.
insert into touched_year
select distinct unit_key, year_key, stage
from (
    select 'fact_expenditure' as table_name, report_key, unit_key, year_key, stage from {database}.fact_expenditure
    union all
    select 'fact_revenue', report_key, unit_key, year_key, stage from {database}.fact_revenue
    union all
    select 'fact_three_public', report_key, unit_key, year_key, stage from {database}.fact_three_public
    union all
    select 'fact_stated', report_key, unit_key, year_key, stage from {database}.fact_stated
    union all
    select 'fact_procurement', report_key, unit_key, year_key, stage from {database}.fact_procurement
    union all
    select 'fact_project', fact.report_key, fact.unit_key, fact.year_key, report.stage
    from {database}.fact_project as fact
    inner join {database}.dim_report as report using (report_key)
)
where (table_name, report_key) in (from touched);
