-- A functional line of the balance = the row of that class in the expenditure table; in budgets that have only the
-- table of appropriated expenditure, that one where nothing but appropriations is spent. Lines meet codes by name.
with
source as (
    select report_key, code, cell_key, 1 as priority from cell where form = 'expenditure' and measure = 'total'
    union all by name
    select report_key, code, cell_key, 2 as priority
    from cell
    where
        form = 'appropriation_expenditure' and measure = 'total'
        and report_key in (select report_key from all_appropriated)
),

nearest as (
    select * from source where code is not null qualify priority = min(priority) over (partition by report_key)
),

final as (
    select
        'balance_class' as rule_id, t.report_key, t.form, t.side, t.class_code as subject_code, t.label as subject_name,
        t.measure, cast(t.row_no as varchar) as instance, t.cell_key as target, p.cell_key as part, 1 as sign
    from line_cell as t
    inner join nearest as p on t.report_key = p.report_key and t.class_code = p.code
    where t.form = 'balance' and t.measure in ('amount', 'total')
)

select * from final
