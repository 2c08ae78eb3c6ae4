-- overall: printed totals of all units, departments counted once
-- grain: one year and stage
with counted as (
    select distinct
        unit_key,
        year_key,
        stage
    from leaf
    where countable and classification = 'functional' and stage in ('budget', 'final')
)

select
    counted.year_key,
    counted.stage,
    count(*) as units,
    cast(sum(printed_total.amount) as decimal(18, 2)) as amount
from counted
inner join mingzhang.printed_total
    on
        counted.unit_key = printed_total.unit_key
        and counted.year_key = printed_total.year_key
        and counted.stage = printed_total.stage
group by counted.year_key, counted.stage
order by counted.year_key, counted.stage
