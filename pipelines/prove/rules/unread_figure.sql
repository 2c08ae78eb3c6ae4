-- unread_figure: every figure of the narrative is a number; a percentage that its amounts tell is left to its own rule.
-- unresolved_subject: every functional subject it names has a
-- code, once per subject.
with
named as (
    select
        *, coalesce(path, '未具名') as subject, row_number() over (partition by report_key, path order by position) as nth
    from disclosed
),

final as (
    select
        'unread_figure' as rule_id, d.report_key, d.path as subject_name, d.fact as measure, d.page, 1 as n,
        if(d.value is null and q.key is null, 'beyond', 'equal') as result,
        if(
            coalesce(e.value_text, '') = '', '情况说明中“' || d.subject || '”的数字空缺：' || d.quote,
            '情况说明中“' || d.subject || '”的“' || e.value_text || '”不成数：' || d.quote
        ) as note
    from named as d
    inner join extracted_disclosure as e on d.key = e.disclosure_key
    left join quotient as q on d.key = q.key and q.numerator is not null and q.denominator <> 0
    union all by name
    select
        'unresolved_subject' as rule_id, report_key, path as subject_name, null as measure, page, 1 as n,
        if(code is null, 'beyond', 'equal') as result,
        '情况说明中的科目“' || subject || '”在本报告各表与分类科目中均无对应编码：' || quote as note
    from named
    where is_subject and nth = 1
)

select * from final
