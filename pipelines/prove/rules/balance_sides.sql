-- 总计 of the revenue side = 总计 of every other side of the same table.
with
final as (
    select
        'balance_sides' as rule_id, t.report_key, t.form, t.side, null as subject_code, t.label as subject_name, t.measure,
        p.side as instance, t.cell_key as target, p.cell_key as part, 1 as sign
    from side_total as t
    inner join side_total as p on t.report_key = p.report_key and t.form = p.form and t.kind = p.kind
    where t.kind = 'grand' and t.side = 'revenue' and p.side <> 'revenue'
)

select * from final
