-- three_public: the three public expenses of a unit
-- grain: one unit, year, stage and category
select
    unit_key,
    year_key,
    stage,
    category,
    amount,
    report_key,
    if(cell_key is null, [], [cell_key]) as cells
from mingzhang.fact_three_public
where is_current
order by unit_key, year_key, stage, category
