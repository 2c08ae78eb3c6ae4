-- heading_unit: a heading names the unit of its table's caption. A column may have its own unit, so this settles nothing
-- about the figures.
with
final as (
    select
        'heading_unit' as rule_id, t.report_key, m.form, m.page, 1 as n, if(m.text is null, 'equal', 'beyond') as result,
        '表头与表上所注单位不一致：“' || m.text || '”' as note
    from (select distinct report_key from published_table where unit_from = 'table') as t
    left join extracted_remark as m on t.report_key = m.report_key and m.kind = 'unit'
)

select * from final
