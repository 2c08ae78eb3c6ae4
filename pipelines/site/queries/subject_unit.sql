-- subject_unit: what the 200 units that spend most on a class spend on it, the largest first
-- grain: one classification, class, unit, year and stage
with spent as (
    select
        unit_key,
        year_key,
        stage,
        amount,
        share,
        is_break,
        report_key,
        cells,
        replace(breakdown, '_class', '') || '-' || member as subject,
        member_total
    from structure
    where
        breakdown <> 'nature'
        and stage in ('budget', 'final')
        and regexp_full_match(member, '[0-9]{3}')
),

ranked as (
    select
        *,
        dense_rank() over (partition by subject order by member_total desc, unit_key) as rank_no,
        count(distinct unit_key) over (partition by subject) as unit_count
    from spent
)

select
    ranked.*,
    dim_unit.unit_name
from ranked
inner join mingzhang.dim_unit on ranked.unit_key = dim_unit.unit_key
where ranked.rank_no <= 200
order by ranked.subject, ranked.rank_no, ranked.year_key, ranked.stage
