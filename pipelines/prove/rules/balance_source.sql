-- A source of revenue in the balance (四、上级补助收入) = that column's 合计 in the revenue table; the appropriation lines
-- together = the column of appropriations.
with
named as (
    select * from (values
        ('上级补助', 'superior_subsidy'), ('事业收入', 'institutional'), ('事业单位经营', 'operating'), ('经营收入', 'operating'),
        ('附属单位', 'affiliate_remittance'), ('其他收入', 'other'), ('财政专户', 'special_account'),
        ('一般公共预算', 'appropriation'), ('公共预算', 'appropriation'), ('政府性基金', 'appropriation'),
        ('国有资本经营', 'appropriation'), ('财政拨款', 'appropriation')
    ) as t (starts_with, measure)
),

final as (
    select
        'balance_source' as rule_id, t.report_key, t.form, t.side, null as subject_code, t.label as subject_name,
        t.measure, cast(t.row_no as varchar) as instance, t.cell_key as target, p.cell_key as part, 1 as sign
    from form_total as t
    inner join named as n on t.measure = n.measure
    inner join line_cell as p
        on t.report_key = p.report_key and p.form = 'balance' and p.side = 'revenue' and starts_with(p.name, n.starts_with)
    where t.form = 'revenue' and p.segment = 0 and p.is_top
)

select * from final
