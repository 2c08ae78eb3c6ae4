-- 合计 of the expenditure table = 本年支出合计 of the balance. A budget's may include what it carries forward: then 总计.
with
final as (
    select
        'balance_expenditure' as rule_id, t.report_key, t.form, t.side, null as subject_code, t.label as subject_name,
        t.measure, cast(t.row_no as varchar) as instance, t.cell_key as target, p.cell_key as part, 1 as sign
    from form_total as t
    inner join spending_total as p on t.report_key = p.report_key and p.form = 'balance'
    where
        t.form in ('expenditure', 'expenditure_total') and t.measure = 'total'
        and (p.kind = 'first' or t.stage = 'budget')
    qualify row_number() over (partition by t.cell_key order by abs(t.yuan - p.yuan), p.kind, p.cell_key) = 1
)

select * from final
