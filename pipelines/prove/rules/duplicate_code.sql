-- duplicate_code: a code names one project.
with
coded as (
    select
        report_key, split_part(text, ' ', 1) as code, nullif(trim(substr(text, strpos(text || ' ', ' '))), '') as name, page
    from extracted_remark
    where kind = 'project_code'
),

final as (
    select
        'duplicate_code' as rule_id, report_key, code as subject_name, cast(count(distinct name) as integer) as n, max(page) as page,
        if(count(distinct name) > 1, 'beyond', 'equal') as result,
        '项目编码 ' || code || ' 用于 ' || count(distinct name) || ' 个项目：' || string_agg(distinct name, '、' order by name) as note
    from coded
    group by report_key, code
)

select * from final
