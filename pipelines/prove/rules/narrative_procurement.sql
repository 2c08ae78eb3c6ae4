-- procurement_kinds: 政府采购 = 货物 + 工程 + 服务 as the narrative states them; procurement_small: what goes to smaller
-- enterprises is not more than the whole. Of several statements of a part, the next one after the whole.
-- procurement_awarded: several statements of one name in a section are added up.
with
stated as (
    select report_key, part, path, key, quote, position, row_number() over (partition by report_key, part, path order by position)
        as nth
    from disclosed
    where starts_with(path, '政府采购') and yuan is not null and fact in ('amount', stage, 'budget')
),

pair as (
    select *
    from (values
        ('procurement_kinds', '政府采购', '政府采购/货物'), ('procurement_kinds', '政府采购', '政府采购/工程'),
        ('procurement_kinds', '政府采购', '政府采购/服务'), ('procurement_small', '政府采购/授予中小企业', '政府采购'),
        ('procurement_small', '政府采购/授予小微企业', '政府采购/授予中小企业'),
        ('procurement_small', '政府采购/面向小微企业预留', '政府采购/面向中小企业预留')
    ) as t (rule_id, whole, part)
),

final as (
    select
        p.rule_id, t.report_key, null as form, '' as side, null as subject_code, t.path as subject_name,
        'amount' as measure, t.key as instance, t.key as target, s.key as part, 1 as sign, t.quote as note
    from pair as p
    inner join stated as t on p.whole = t.path and t.nth = 1
    inner join stated as s on p.part = s.path and t.report_key = s.report_key and t.part = s.part
    qualify
        row_number() over (
            partition by p.rule_id, t.key, s.path order by s.position < t.position, abs(s.position - t.position)
        ) = 1
    union all by name
    -- written the other way round: the whole is at least what all kinds awarded to smaller enterprises add up to
    select
        'procurement_awarded' as rule_id, t.report_key, null as form, '' as side, null as subject_code,
        t.path as subject_name, 'amount' as measure, t.key as instance, t.key as target, s.key as part, 1 as sign,
        t.quote as note
    from stated as t
    inner join stated as s
        on t.report_key = s.report_key and t.part = s.part and s.path = '政府采购/中小企业中标或成交'
    where t.path = '政府采购' and t.nth = 1
)

select * from final
