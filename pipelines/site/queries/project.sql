-- project: what a unit's projects cost, the largest of the latest year first
-- grain: one unit, year, stage and project
select
    unit_key,
    year_key,
    stage,
    project,
    amount,
    budget_amount,
    execution_rate,
    share,
    printed_total,
    derived,
    report_key,
    case when report_key not in (select attached.report_key from attached) then page end as page,
    source_line
from mingzhang.project_year
where unit_key in (select wanted.key from wanted)
order by unit_key, year_key desc, stage, derived, amount desc, project
