-- A total line = the total before it + the lines between that are no part of another line:
-- 本年收入合计 = 一、 + 二、 + …; 总计 = 本年收入合计 + 年初结转和结余 + …. A total printed above its parts is their sum.
-- Where a line cannot be placed, nothing is compared.
with
part as (
    select report_key, form, side, if(is_led, 0, segment) as total_no, measure, cell_key, is_unclear
    from line_cell
    where is_top or is_unclear
    union all by name
    select report_key, form, side, total_no + 1 as total_no, measure, cell_key, false as is_unclear
    from line_cell
    where is_total
),

unclear as (
    select distinct report_key, form, side, total_no, measure from part where is_unclear
),

final as (
    select
        'line_total' as rule_id, t.report_key, t.form, t.side, null as subject_code, t.label as subject_name, t.measure,
        cast(t.row_no as varchar) as instance, t.cell_key as target, if(u.measure is null, p.cell_key, null) as part,
        1 as sign
    from line_cell as t
    left join unclear as u
        on
            t.report_key = u.report_key and t.form = u.form and t.side = u.side and t.total_no = u.total_no
            and t.measure = u.measure
    left join part as p
        on
            t.report_key = p.report_key and t.form = p.form and t.side = p.side and t.total_no = p.total_no
            and t.measure = p.measure
    where t.is_total
)

select * from final
