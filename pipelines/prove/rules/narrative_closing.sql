-- narrative_closing: where one passage states all four, closing = opening + revenue - expenditure; not where it speaks of
-- other money that came in or went out (使用非财政拨款结余, 结余分配).
with
stated as (
    select
        *,
        case
            when path = '年初结转和结余' then 'opening'
            when path in ('本年收入', '收入合计') then 'revenue'
            when path in ('本年支出', '支出合计') then 'expenditure'
            when path = '年末结转和结余' then 'closing'
        end as role
    from disclosed
    where yuan is not null and fact in ('amount', stage)
),

other as (
    select distinct report_key, section from stated where regexp_matches(path, '非财政拨款结余|结余分配') and yuan <> 0
),

near as (
    select c.key, c.report_key, c.section, c.path, c.quote, p.key as part, p.role
    from stated as c
    inner join stated as p
        on
            c.report_key = p.report_key and c.section is not distinct from p.section and p.role <> 'closing'
            and p.position between c.position - 6 and c.position - 1
    where c.role = 'closing'
    qualify row_number() over (partition by c.key, p.role order by p.position desc) = 1
),

final as (
    select
        'narrative_closing' as rule_id, report_key, null as form, '' as side, null as subject_code, path as subject_name,
        'amount' as measure, key as instance, key as target, part, if(role = 'expenditure', -1, 1) as sign, quote as note
    from near
    where (report_key, coalesce(section, '')) not in (select (report_key, coalesce(section, '')) from other)
    qualify count(*) over (partition by key) = 3
)

select * from final
