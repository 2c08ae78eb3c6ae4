-- three_public: the three public expenses of a unit
-- grain: one unit, year, stage and category
select
    unit_key,
    year_key,
    stage,
    category,
    amount,
    report_key,
    list_filter([coalesce(cell_key, 'd-' || disclosure_key)], lambda key: key is not null) as cells
from mingzhang.fact_three_public
where is_current and unit_key in (select wanted.key from wanted)
order by unit_key, year_key, stage, category
