-- A line = the lines printed below it as its parts (一、 = 1. + 2. + …, 年初结转和结余 = its funds). 其中 lines are not
-- exhaustive and are left out.
with
final as (
    select
        'line_part' as rule_id, t.report_key, t.form, t.side, null as subject_code, t.label as subject_name, t.measure,
        cast(t.row_no as varchar) as instance, t.cell_key as target, p.cell_key as part, 1 as sign
    from line_cell as p
    inner join line_cell as t
        on
            p.report_key = t.report_key and p.form = t.form and p.side = t.side and p.parent_row = t.row_no
            and p.measure = t.measure
    where not p.is_of_which
)

select * from final
