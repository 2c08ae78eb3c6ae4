-- subject_unit: what each unit spends on a class, the largest first
-- grain: one classification, class, unit, year and stage
with structure as (
    select
        *,
        replace(breakdown, '_class', '') || '-' || member as subject
    from structure
    where
        breakdown <> 'nature'
        and stage in ('budget', 'final')
        and regexp_full_match(member, '[0-9]{3}')
),

ranked as (
    select
        *,
        max(amount) over (partition by subject, unit_key) as largest
    from structure
)

select
    ranked.*,
    dim_unit.unit_name
from ranked
inner join mingzhang.dim_unit on ranked.unit_key = dim_unit.unit_key
order by ranked.subject, ranked.largest desc, ranked.unit_key, ranked.year_key, ranked.stage
