-- Grain: one row per number that a sum may compare: cells, money of the narrative, projects, points of performance
-- tables. `half`: what rounding may have cost it; points are as printed. Only cells have keys that a finding shows.
create or replace temp table operand as
with
final as (
    select cell_key as key, yuan, half, unit, unit_per_yuan, page, true as is_cell from point
    union all by name
    select key, yuan, half, unit, unit_per_yuan, page, false as is_cell from disclosed where yuan is not null
    union all by name
    select
        key || '#' || a.stage as key, if(a.stage = 'budget', budget_amount, final_amount) as yuan, half, '元' as unit,
        1.00000000 as unit_per_yuan, page, false as is_cell
    from project
    cross join (values ('budget'), ('final')) as a (stage)
    where if(a.stage = 'budget', budget_amount, final_amount) is not null
    union all by name
    select
        report_key || '#row#' || row_no || '#' || c.name as key,
        case c.name when 'score' then score when 'weight' then weight when 'budget' then budget else spent end as yuan,
        0 as half, if(c.name in ('score', 'weight'), '分', '') as unit, 1.00000000 as unit_per_yuan, page, false as is_cell
    from indicator
    cross join (values ('score'), ('weight'), ('budget'), ('spent')) as c (name)
)

select
    key, cast(yuan as decimal(18, 2)) as yuan, cast(half as decimal(24, 9)) as half, unit,
    cast(unit_per_yuan as decimal(28, 8)) as unit_per_yuan, page, is_cell
from final
where yuan is not null
