-- Current figures of one database for touched units and years, by what they are of; coordinates that do not apply are ''.
create or replace temp table figure_{database} as
with figure as (
    select
        'fact_expenditure' as fact, unit_key, year_key, stage, statement, subject_key, nature as member,
        economic_subject_key, sub_unit_key, fund, project, amount, cell_key, disclosure_key, report_key
    from {database}.fact_expenditure
    where is_current
    union all
    select
        'fact_revenue', unit_key, year_key, stage, 'revenue', subject_key, source,
        null, sub_unit_key, null, null, amount, cell_key, null, report_key
    from {database}.fact_revenue
    where is_current
    union all
    select
        'fact_three_public', unit_key, year_key, stage, 'three_public', null, category,
        null, null, null, null, amount, cell_key, disclosure_key, report_key
    from {database}.fact_three_public
    where is_current
    union all
    select
        'fact_stated', unit_key, year_key, stage, 'stated', null, measure,
        null, null, null, null, amount, null, disclosure_key, report_key
    from {database}.fact_stated
    where is_current
    union all
    select
        'fact_procurement', unit_key, year_key, stage, 'procurement', null, category,
        null, null, null, null, amount, cell_key, disclosure_key, report_key
    from {database}.fact_procurement
    where is_current
    union all
    select
        'fact_project', fact.unit_key, fact.year_key, report.stage, 'project', null, fact.kind || '_' || side,
        null, null, null, concat_ws('/', fact.project, nullif(fact.item, '')),
        if(side = 'budget', fact.budget_amount, fact.final_amount), null, null, report_key
    from {database}.fact_project as fact
    inner join {database}.dim_report as report using (report_key)
    cross join (values ('budget'), ('final')) as sides (side)
    where fact.is_current
)

select
    fact, unit_key, year_key, stage, statement, member,
    coalesce(subject_key, '') as subject_key,
    coalesce(economic_subject_key, '') as economic_subject_key,
    coalesce(sub_unit_key, '') as sub_unit_key,
    coalesce(fund, '') as fund,
    coalesce(project, '') as project,
    sum(amount)::decimal(18, 2) as amount,
    min(cell_key) as cell_key,
    min(disclosure_key) as disclosure_key,
    min(report_key) as report_key
from figure
where amount is not null and (unit_key, year_key, stage) in (from touched_year)
group by all;
