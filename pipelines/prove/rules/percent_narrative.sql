-- Percentages of the narrative: completion_percent = final / budget, change_percent = change / (amount - change). The
-- figures are those of the same subject in the same section that stand nearest. A second change of one amount has
-- another base, which is not told; so has a decrease or an increase that leaves less than nothing as base. Where no budget
-- is stated, it is what the final account departs from; nothing spent and a percentage all the same can only be of no
-- budget. A percentage that is no number is compared as blank.
with
money as (
    select * from disclosed where yuan is not null
),

base as (
    select p.key, p.position, p.report_key, p.section, p.path, p.code, p.fact, p.value, p.places, p.quote, p.page, p.stage
    from disclosed as p
    where p.fact in ('completion_percent', 'change_percent') and p.unit = '%'
),

final_of as (
    select b.key, b.fact, b.position, m.key as amount_key, m.yuan, m.half, abs(m.position - b.position) as distance
    from base as b
    inner join money as m on b.report_key = m.report_key and b.section is not distinct from m.section and b.path = m.path
    where m.fact in ('final', 'amount', 'budget', b.stage)
    qualify row_number() over (
        partition by b.key order by m.fact <> b.stage, m.fact <> 'amount', abs(m.position - b.position), m.position
    ) = 1
),

budget_of as (
    select b.key, m.yuan, m.half
    from base as b
    inner join money as m on b.report_key = m.report_key and b.section is not distinct from m.section and b.path = m.path
    where m.fact in ('initial_budget', 'adjusted_budget') or (m.fact = 'budget' and b.stage = 'final')
    qualify row_number() over (partition by b.key order by abs(m.position - b.position), m.position) = 1
),

deviation_of as (
    select b.key, m.yuan
    from base as b
    inner join money as m on b.report_key = m.report_key and b.section is not distinct from m.section and b.path = m.path
    where m.fact = 'deviation_amount'
    qualify row_number() over (partition by b.key order by abs(m.position - b.position), m.position) = 1
),

change_of as (
    select b.key, m.yuan, m.half
    from base as b
    inner join money as m on b.report_key = m.report_key and b.section is not distinct from m.section and b.path = m.path
    where m.fact = 'change_amount'
    qualify row_number() over (partition by b.key order by abs(m.position - b.position), m.position) = 1
),

first_change as (
    select f.amount_key, c.yuan
    from final_of as f
    inner join change_of as c on f.key = c.key
    where f.fact = 'change_percent'
    qualify row_number() over (partition by f.amount_key order by f.distance, f.position) = 1
),

final as (
    select
        b.fact as rule_id, b.key, b.report_key, b.code as subject_code, b.path as subject_name, b.fact as measure, b.value as printed,
        if(b.value is null, 2, b.places) as places, b.page, b.quote as note,
        if(b.fact = 'change_percent', if(c.yuan = o.yuan, c.yuan, null), f.yuan) as numerator,
        if(b.fact = 'change_percent', c.half, f.half) as numerator_half,
        if(
            b.fact = 'change_percent', if(f.yuan - c.yuan < - f.half - c.half, null, f.yuan - c.yuan), coalesce(g.yuan, f.yuan - d.yuan, if(f.yuan = 0 and b.value <> 0, 0, null))
        ) as denominator,
        if(b.fact = 'change_percent', f.half + c.half, coalesce(g.half, f.half)) as denominator_half,
        100 as scale
    from base as b
    left join final_of as f on b.key = f.key
    left join budget_of as g on b.key = g.key
    left join deviation_of as d on b.key = d.key
    left join change_of as c on b.key = c.key
    left join first_change as o on f.amount_key = o.amount_key
)

select * from final
