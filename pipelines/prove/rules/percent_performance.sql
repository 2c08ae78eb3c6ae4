-- execution_rate: 执行率 = 执行数 / 预算数. execution_score: the points for it = weight x rate, at most the weight; blank
-- where the table scores everything else.
with
row as (
    select * from indicator where is_execution and budget is not null and spent is not null
),

final as (
    select
        'execution_rate' as rule_id, report_key, indicator as subject_name, 'rate' as measure, '%' as unit, plain_number(rate) as printed,
        length(regexp_extract(rate, '\.(\d+)', 1)) as places, page, table_title as note,
        spent as numerator, 0 as numerator_half, budget as denominator, 0 as denominator_half, 100 as scale
    from row
    where plain_number(rate) is not null
    union all by name
    select
        'execution_score' as rule_id, report_key, indicator as subject_name, 'score' as measure, '分' as unit, score as printed,
        case when score is null then 2 when score = floor(score) then 0 when score * 10 = floor(score * 10) then 1 else 2 end as places, page,
        table_title as note, least(spent, budget) as numerator, 0 as numerator_half, budget as denominator,
        0 as denominator_half, weight as scale
    from row
    where
        weight is not null
        and (score is not null or (report_key, block) in (select (report_key, block) from indicator where score is not null))
)

select * from final
