-- staff: posts, people in service and retired, as the text states them
-- grain: one unit, kind, group, year and stage
select
    unit_key,
    kind,
    "group",
    is_total,
    is_derived,
    year_key,
    stage,
    persons,
    report_key,
    list_filter(['d-' || disclosure_key], lambda key: key is not null) as cells
from mingzhang.fact_staff
where is_current and unit_key in (select wanted.key from wanted)
order by unit_key, kind, is_total desc, "group", year_key, stage
