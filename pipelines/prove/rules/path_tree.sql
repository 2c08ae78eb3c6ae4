-- path_total, path_part: rows named by a path (procurement 大类/专项/经济科目/物品, grouped revenue sources 组/小计):
-- a row = the rows below it, 合计 = the outermost rows. The row above is the nearest one printed before it.
with
path as (
    select *, regexp_replace(label, '/小计$', '') as path
    from cell
    where form in ('procurement', 'revenue', 'three_public', 'operating_cost') and code is null
),

form as (
    select distinct report_key, form from path where contains(label, '/')
),

row as (
    select distinct p.report_key, p.form, p.row_no, p.path
    from path as p
    inner join form as f on p.report_key = f.report_key and p.form = f.form
    where (p.report_key, p.form, p.row_no) not in (select (report_key, form, row_no) from form_total)
),

prefix as (
    select
        report_key, form, row_no, i as depth,
        array_to_string(list_slice(string_split(path, '/'), 1, i), '/') as prefix
    from (select *, unnest(range(1, len(string_split(path, '/')))) as i from row)
),

parent as (
    select p.report_key, p.form, p.row_no, max_by(r.row_no, (p.depth, r.row_no)) as parent_row
    from prefix as p
    inner join row as r on p.report_key = r.report_key and p.form = r.form and p.prefix = r.path and r.row_no < p.row_no
    group by p.report_key, p.form, p.row_no
),

part as (
    select c.*, t.parent_row
    from cell as c
    inner join row as r on c.report_key = r.report_key and c.form = r.form and c.row_no = r.row_no
    left join parent as t on r.report_key = t.report_key and r.form = t.form and r.row_no = t.row_no
),

final as (
    select
        'path_total' as rule_id, t.report_key, t.form, t.side, null as subject_code, t.label as subject_name, t.measure,
        cast(t.row_no as varchar) as instance, t.cell_key as target, p.cell_key as part, 1 as sign
    from form_total as t
    inner join part as p
        on t.report_key = p.report_key and t.form = p.form and t.measure = p.measure and p.parent_row is null
    union all by name
    select
        'path_part' as rule_id, t.report_key, t.form, t.side, null as subject_code, t.label as subject_name, t.measure,
        cast(t.row_no as varchar) as instance, t.cell_key as target, p.cell_key as part, 1 as sign
    from part as t
    inner join part as p
        on t.report_key = p.report_key and t.form = p.form and t.measure = p.measure and p.parent_row = t.row_no
)

select * from final
