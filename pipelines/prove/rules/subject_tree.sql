-- subject_total 合计 = Σ类, subject_class 类 = Σ款, subject_section 款 = Σ项: by code prefix, column by column.
-- A subject's parent is the longest printed code it begins with, so a level that is not printed is no fault.
with
coded as (
    select distinct report_key, form, side, code from cell where code is not null and not contains(label, '/')
),

tree as (
    select c.report_key, c.form, c.side, c.code, coalesce(p7.code, p5.code, p3.code, '') as parent
    from coded as c
    left join coded as p3
        on c.report_key = p3.report_key and c.form = p3.form and c.side = p3.side and length(c.code) > 3 and p3.code = left(c.code, 3)
    left join coded as p5
        on c.report_key = p5.report_key and c.form = p5.form and c.side = p5.side and length(c.code) > 5 and p5.code = left(c.code, 5)
    left join coded as p7
        on c.report_key = p7.report_key and c.form = p7.form and c.side = p7.side and length(c.code) > 7 and p7.code = left(c.code, 7)
),

part as (
    select c.*, t.parent
    from cell as c
    inner join tree as t on c.report_key = t.report_key and c.form = t.form and c.side = t.side and c.code = t.code
    where not contains(c.label, '/')  -- a path below the subject is part of its row
),

-- every printed row that has others below it
node as (
    select distinct report_key, form, side, row_no, code, label
    from cell
    where (report_key, form, side, code) in (select (report_key, form, side, parent) from tree)
    union
    select distinct f.report_key, f.form, f.side, f.row_no, '' as code, f.label
    from form_total as f
    inner join coded as c on f.report_key = c.report_key and f.form = c.form and f.side = c.side
),

-- and every column in which it or one of them has an amount
slot as (
    select distinct n.*, c.measure
    from node as n
    inner join cell as c on n.report_key = c.report_key and n.form = c.form and n.side = c.side and n.row_no = c.row_no
    union
    select distinct n.*, p.measure
    from node as n
    inner join part as p on n.report_key = p.report_key and n.form = p.form and n.side = p.side and n.code = p.parent
),

final as (
    select
        case when s.code = '' then 'subject_total' when length(s.code) = 3 then 'subject_class' else 'subject_section' end
            as rule_id,
        s.report_key, s.form, s.side, nullif(s.code, '') as subject_code, s.label as subject_name, s.measure,
        cast(s.row_no as varchar) as instance, t.cell_key as target, p.cell_key as part, 1 as sign
    from slot as s
    left join cell as t
        on s.report_key = t.report_key and s.form = t.form and s.side = t.side and s.row_no = t.row_no and s.measure = t.measure
    left join part as p
        on s.report_key = p.report_key and s.form = p.form and s.side = p.side and s.code = p.parent and s.measure = p.measure
)

select * from final
