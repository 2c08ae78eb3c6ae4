-- source_card: what the source card says of body, year, stage and scope is what the report says; where they differ the
-- report counts. One row per report whose card says something.
with
final as (
    select
        'source_card' as rule_id, report_key, 1 as n, if(stated_otherwise is null, 'equal', 'beyond') as result,
        '来源卡片与报告不一致，以报告为准：' || stated_otherwise as note
    from report_reading
    where status in ('loaded', 'empty') and stated is not null
)

select * from final
