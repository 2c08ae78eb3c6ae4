-- The blocks by economic class and by usage show the same expenditure as the block by function: its first total,
-- or its lines where that block prints no total of its own.
with
part as (
    select report_key, form, cell_key from side_total where kind = 'first' and side = 'expenditure'
    union all
    select l.report_key, l.form, l.cell_key
    from line_cell as l
    where
        l.side = 'expenditure' and l.is_top and l.measure in ('amount', 'total')
        and (l.report_key, l.form) not in (select (report_key, form) from side_total where side = 'expenditure')
),

final as (
    select
        'balance_blocks' as rule_id, t.report_key, t.form, t.side, null as subject_code, t.label as subject_name, t.measure,
        '' as instance, t.cell_key as target, p.cell_key as part, 1 as sign
    from side_total as t
    inner join part as p on t.report_key = p.report_key and t.form = p.form
    where t.kind = 'first' and t.side in ('economic', 'usage')
)

select * from final
