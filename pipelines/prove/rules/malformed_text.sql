-- percent_sign: a rate has its % where the report prints it elsewhere. missing_count: no number is missing before its
-- counter (不低于条).
with
rated as (
    select
        report_key, table_title, indicator, page, trim(v.text) as text, regexp_matches(v.text, '[%％]') as has_sign
    from indicator
    cross join lateral (values (target_value, false), (if(is_execution, rate, null), true)) as v (text, is_rate)
    where (v.is_rate or regexp_matches(indicator, '[率度](不|达|为|在|大|≥|\d|$)')) and regexp_matches(v.text, '^[≥≤><=\s]*\d+(\.\d+)?\s*[%％]?$')
),

usual as (
    select report_key, count(*) filter (where has_sign) > 2 * count(*) filter (where not has_sign) as has_sign
    from rated
    group by report_key
),

final as (
    select
        'percent_sign' as rule_id, r.report_key, r.indicator as subject_name, 'rate' as measure, '%' as unit,
        if(r.has_sign, null, plain_number(r.text)) as printed, r.page, 1 as n, if(r.has_sign, 'equal', 'beyond') as result,
        '“' || r.table_title || '”中“' || r.indicator || '”的“' || r.text || '”缺百分号，本报告其他处均有' as note
    from rated as r
    inner join usual as u on r.report_key = u.report_key
    where r.has_sign or u.has_sign
    union all by name
    select
        'percent_sign' as rule_id, report_key, path as subject_name, fact as measure, '%' as unit,
        if(regexp_matches(quote, '[%％]|百分'), null, value) as printed, page, 1 as n,
        if(regexp_matches(quote, '[%％]|百分'), 'equal', 'beyond') as result, '百分比缺百分号：“' || quote || '”' as note
    from disclosed
    where fact in ('completion_percent', 'change_percent') and value is not null
    union all by name
    select
        'missing_count' as rule_id, report_key, indicator as subject_name, 'rate' as measure, null as unit, null as printed, page, 1 as n,
        if(regexp_matches(indicator, '不(低|少|高|多|大|小|超)[于过](条|个|次|份|人次|家|户|件|项|天|小时|%)'), 'beyond', 'equal') as result,
        '“' || table_title || '”指标“' || indicator || '”缺数字' as note
    from indicator
    where not is_total and not is_execution
)

select * from final
