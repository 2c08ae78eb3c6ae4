-- performance_points: the scores of a performance table without a total add up to 100 at most.
with
scored as (
    select
        report_key, block, any_value(table_title) as title, min(page) as page, cast(count(score) as integer) as n,
        sum(score) as points
    from indicator
    group by report_key, block
    having count(score) > 0 and not bool_or(is_total)
),

final as (
    select
        'performance_points' as rule_id, report_key, title as subject_name, 'score' as measure, '分' as unit,
        points as printed, if(points > 100, 100, points) as expected, n, page,
        if(points > 100, 'beyond', 'equal') as result,
        '绩效表“' || title || '”没有总分，各项得分合计 ' || points || ' 分，超过 100 分' as note
    from scored
)

select * from final
