-- An appropriation of the year stands in both balances: 一、一般公共预算财政拨款 of one = that of the other.
with
source as (
    select * from line_cell where side = 'revenue' and segment = 0 and fund is not null and measure in ('amount', 'total')
    qualify row_no = min(row_no) over (partition by report_key, form, fund)
),

final as (
    select
        'balance_appropriation' as rule_id, t.report_key, t.form, t.side, null as subject_code, t.label as subject_name,
        t.measure, t.fund as instance, t.cell_key as target, p.cell_key as part, 1 as sign
    from source as t
    inner join source as p on t.report_key = p.report_key and t.fund = p.fund
    where t.form = 'balance' and p.form = 'appropriation_balance'
)

select * from final
