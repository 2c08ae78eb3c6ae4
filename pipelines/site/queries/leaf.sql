-- leaf: every row of the two expenditure views with the cell, or the clause, that it came from
-- grain: one unit, year, stage, statement, subject and nature
with stated as (
    select
        report_key,
        subject_key,
        stage,
        nature,
        min(disclosure_key) as disclosure_key
    from mingzhang.fact_expenditure
    where statement = 'narrative' and disclosure_key is not null
    group by all
)

select
    'functional' as classification,
    spent.unit_key,
    spent.year_key,
    spent.stage,
    spent.statement,
    spent.report_key,
    coalesce(spent.subject_code, '') as code,
    coalesce(spent.class_code, '') as class_code,
    spent.nature,
    spent.amount,
    coalesce(spent.cell_key, 'd-' || stated.disclosure_key) as anchor,
    spent.countable
from mingzhang.expenditure as spent
left join stated
    on
        spent.statement = 'narrative'
        and spent.report_key = stated.report_key
        and spent.subject_key = stated.subject_key
        and spent.stage = stated.stage
        and spent.nature = stated.nature
union all
select
    'economic' as classification,
    unit_key,
    year_key,
    stage,
    statement,
    report_key,
    coalesce(subject_code, '') as code,
    coalesce(class_code, '') as class_code,
    nature,
    amount,
    cell_key as anchor,
    countable
from mingzhang.expenditure_economic
