-- procurement_projects: what the narrative states of procurement, in all and by kind, = the purchases listed in the tables
-- of its projects. The rest may be procurement outside projects, so this settles nothing. A purchase is goods or works by
-- its name, else services.
with
purchase as (
    select
        report_key, key || '#budget' as key,
        case
            when regexp_matches(item, '工程|施工|修缮|装修') then '政府采购/工程'
            when regexp_matches(item, '设备|家具|用具|车辆|用品|物资|货物|图书|材料') then '政府采购/货物'
            else '政府采购/服务'
        end as kind
    from project
    where kind = 'procurement' and budget_amount is not null
),

stated as (
    select *
    from disclosed
    where
        path in ('政府采购', '政府采购/货物', '政府采购/工程', '政府采购/服务') and yuan <> 0 and stage = 'budget'
        and fact in ('amount', 'budget')
    qualify row_number() over (partition by report_key, path order by position) = 1
),

final as (
    select
        'procurement_projects' as rule_id, d.report_key, null as form, '' as side, null as subject_code, d.path as subject_name,
        'amount' as measure, d.key as instance, d.key as target, p.key as part, 1 as sign, d.quote as note
    from stated as d
    inner join purchase as p on d.report_key = p.report_key and (d.path = '政府采购' or d.path = p.kind)
)

select * from final
