-- The fund table's 合计 against the appropriation balance: revenue = its line 政府性基金预算财政拨款; opening and closing =
-- its lines 年初 and 年末财政拨款结转和结余 of that fund.
with
line as (
    select report_key, cell_key, if(segment = 0, 'revenue', 'opening') as measure
    from line_cell
    where form = 'appropriation_balance' and side = 'revenue' and fund = 'fund' and not is_of_which
    union all by name
    select report_key, cell_key, 'closing' as measure
    from line_cell
    where
        form = 'appropriation_balance' and side = 'expenditure' and measure = 'fund' and segment > 0 and is_top
        and starts_with(name, '年末')
),

final as (
    select
        'fund_balance' as rule_id, t.report_key, t.form, t.side, null as subject_code, t.label as subject_name, t.measure,
        cast(t.row_no as varchar) as instance, t.cell_key as target, p.cell_key as part, 1 as sign
    from form_total as t
    inner join line as p on t.report_key = p.report_key and t.measure = p.measure
    where t.form = 'fund'
)

select * from final
