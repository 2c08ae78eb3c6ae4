-- template_text: no words of the ministry's template are left in. One row per place, one for a report without any.
with
final as (
    select
        'template_text' as rule_id, r.report_key, m.page, 1 as n, if(m.text is null, 'equal', 'beyond') as result,
        '模板文字未删改：“' || m.text || '”' as note
    from report_reading as r
    left join extracted_remark as m on r.report_key = m.report_key and m.kind = 'template'
    where r.status = 'loaded' and (m.text is not null or r.report_key in (select report_key from disclosed))
)

select * from final
