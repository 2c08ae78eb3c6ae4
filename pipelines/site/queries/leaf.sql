-- leaf: every row of the two expenditure views with the cell it came from
-- grain: one unit, year, stage, statement, subject and nature
select
    'functional' as classification,
    unit_key,
    year_key,
    stage,
    statement,
    report_key,
    coalesce(subject_code, '') as code,
    coalesce(class_code, '') as class_code,
    nature,
    amount,
    cell_key,
    countable
from mingzhang.expenditure
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
    cell_key,
    countable
from mingzhang.expenditure_economic
