-- overall: printed totals of all units, departments counted once
-- grain: one year and stage
select
    year_key,
    stage,
    count(*) as units,
    cast(sum(amount) as decimal(18, 2)) as amount
from total
where countable and stage in ('budget', 'final')
group by year_key, stage
order by year_key, stage
