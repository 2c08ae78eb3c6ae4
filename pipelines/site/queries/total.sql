-- total: printed totals of a unit over the years, each with the cell that prints it
-- grain: one unit, stage and year
with carried_on as (
    select
        unit_succession.carried_on_by as unit_key,
        printed_total.year_key,
        printed_total.stage,
        printed_total.amount,
        min(printed_total.report_key) as report_key,
        min(printed_total.cell_key) as cell_key
    from mingzhang.printed_total
    inner join mingzhang.unit_succession on printed_total.unit_key = unit_succession.unit_key
    group by all
)

select
    trend.unit_key,
    trend.year_key,
    trend.stage,
    trend.coverage,
    trend.amount,
    trend.change_rate,
    trend.is_restated,
    trend.is_break,
    trend.countable,
    carried_on.report_key,
    case when carried_on.cell_key is null then [] else [carried_on.cell_key] end as cells
from mingzhang.trend_expenditure_by_unit as trend
left join carried_on
    on
        trend.unit_key = carried_on.unit_key
        and trend.year_key = carried_on.year_key
        and trend.stage = carried_on.stage
        and trend.amount = carried_on.amount
