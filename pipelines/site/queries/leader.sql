-- leader: the 200 units that spend most on a class, the largest first
-- grain: one classification, class and unit
with spent as (
    select
        unit_key,
        replace(breakdown, '_class', '') || '-' || member as subject,
        max(amount) as member_total
    from mingzhang.expenditure_structure
    where breakdown <> 'nature' and regexp_full_match(member, '[0-9]{3}')
    group by all
    having bool_or(stage in ('budget', 'final'))
)

select
    subject,
    unit_key,
    row_number() over (partition by subject order by member_total desc, unit_key) as rank_no,
    count(*) over (partition by subject) as unit_count
from spent
qualify rank_no <= 200
