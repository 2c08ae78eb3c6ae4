-- duplicate_indicator: an indicator is scored once below a target of a performance table.
with
grouped as (
    select
        report_key, block, any_value(table_title) as title, coalesce(target_no, '') as target, level1, level2, indicator,
        count(*) as n, max(page) as page
    from indicator
    where not is_total and not is_execution and (score is not null or weight is not null)
    group by report_key, block, coalesce(target_no, ''), level1, level2, indicator
),

final as (
    select
        'duplicate_indicator' as rule_id, report_key, indicator as subject_name, 'score' as measure, cast(n as integer) as n, page,
        if(n > 1, 'beyond', 'equal') as result,
        '绩效表“' || title || '”目标 ' || target || ' 下的指标“' || indicator || '”出现 ' || n || ' 次' as note
    from grouped
)

select * from final
