-- initial_part: the initial budget of a project is not more than that of all expenditure stated in the same report.
with
whole as (
    select report_key, key
    from disclosed
    where fact = 'initial_budget' and path = '一般公共预算财政拨款支出' and yuan is not null
    qualify row_number() over (partition by report_key order by position) = 1
),

final as (
    select
        'initial_part' as rule_id, d.report_key, null as form, '' as side, null as subject_code, d.path as subject_name,
        d.fact as measure, d.key as instance, d.key as target, w.key as part, 1 as sign, d.quote as note
    from disclosed as d
    inner join whole as w on d.report_key = w.report_key
    where
        d.fact = 'initial_budget' and not d.is_subject and d.yuan is not null
        and d.path not in (select name from narrative_figure)
)

select * from final
