-- 合计 of the revenue table = 本年收入合计 of the balance; one of a budget, or with a column of what was carried over, may
-- include that: then 总计.
-- A one-column table with the balance's own lines has its totals compared in order.
with
printed as (
    select *, null as kind from form_total where form = 'revenue' and measure in ('total', 'amount')
    union all by name
    select * from side_total where form = 'revenue'
),

carrying as (
    select distinct report_key from cell where form = 'revenue' and measure in ('current_year', 'carried_over')
),

final as (
    select
        'balance_revenue' as rule_id, t.report_key, t.form, t.side, null as subject_code, t.label as subject_name,
        t.measure, concat(t.row_no, t.kind) as instance, t.cell_key as target, p.cell_key as part, 1 as sign
    from printed as t
    inner join side_total as p on t.report_key = p.report_key and p.form = 'balance' and p.side = 'revenue'
    where
        if(
            t.kind is null,
            p.kind = 'first' or t.stage = 'budget' or t.report_key in (select report_key from carrying),
            t.kind = p.kind
        )
    qualify row_number() over (partition by t.cell_key, t.kind order by abs(t.yuan - p.yuan), p.kind, p.cell_key) = 1
)

select * from final
