-- performance: indicators of a unit, as printed
-- grain: one indicator row of a report
select
    unit_key,
    year_key,
    table_title,
    goal,
    level1,
    level2,
    indicator,
    target_value,
    actual_value,
    score,
    weight,
    report_key,
    case when report_key not in (select attached.report_key from attached) then page end as page,
    source_line
from mingzhang.fact_performance
where is_current and unit_key in (select wanted.key from wanted)
order by unit_key, year_key desc, report_key, row_no
