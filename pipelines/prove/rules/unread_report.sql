-- unread_report: the report could be read; one that was not has one finding, and no rule says anything else of it.
with
final as (
    select
        'unread_report' as rule_id, report_key, 1 as n, if(status = 'quarantined', 'beyond', 'equal') as result,
        '整份报告未能读取，其他规则均未检查：' || coalesce(reason, reason_code) as note
    from report_reading
)

select * from final
