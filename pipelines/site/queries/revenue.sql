-- revenue: where a unit's money of the year comes from
-- grain: one unit, year, stage and source
select
    revenue.unit_key,
    revenue.year_key,
    revenue.stage,
    revenue.source,
    revenue.amount,
    revenue.share,
    revenue.base_amount,
    cell.report_key,
    list_filter([revenue.cell_key], lambda key: key is not null) as cells,
    max(revenue.amount) over (partition by revenue.unit_key, revenue.source) as source_total
from mingzhang.revenue_structure as revenue
left join mingzhang.published_cell as cell on revenue.cell_key = cell.cell_key
where revenue.unit_key in (select wanted.key from wanted)
order by revenue.unit_key, source_total desc, revenue.source, revenue.year_key, revenue.stage
