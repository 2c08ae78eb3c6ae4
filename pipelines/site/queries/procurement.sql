-- procurement: what a unit buys, by kind, and what of it goes to small enterprises
-- grain: one unit, year, stage and category
select
    unit_key,
    year_key,
    stage,
    category,
    is_kind,
    amount,
    report_key,
    list_filter([coalesce(cell_key, 'd-' || disclosure_key)], lambda key: key is not null) as cells
from mingzhang.fact_procurement
where is_current and unit_key in (select wanted.key from wanted)
order by unit_key, year_key, stage, category
