-- score_blank: an indicator that states what was achieved has a score, where its table scores others.
with
scored as (
    select report_key, block from indicator where not is_total and not is_execution group by report_key, block having count(score) > 0
),

final as (
    select
        'score_blank' as rule_id, i.report_key, i.indicator as subject_name, 'score' as measure, i.page, 1 as n,
        if(i.is_blank, 'beyond', 'equal') as result, '绩效表“' || i.table_title || '”指标“' || i.indicator || '”没有得分' as note
    from indicator as i
    inner join scored as s on i.report_key = s.report_key and i.block = s.block
    where not i.is_total and not i.is_execution and coalesce(i.actual_value, '') <> ''
)

select * from final
