-- narrative_nature: where the economic table prints neither 人员经费合计 nor 公用经费合计, what the narrative states of
-- them is the sum of the classes: 301 and 303, or all others. Of two economic tables, the nearer one.
with
class as (
    select report_key, form, if(code in (select class_code from personnel_class), '人员经费', '公用经费') as path, cell_key, yuan, half
    from cell
    where
        form in (select form from basic_form) and measure in ('amount', 'total') and length(code) = 3
        and (report_key, form) not in (
            select (report_key, form) from named_cell
            where line in ('personnel', 'public') or (line = 'total' and measure in ('personnel', 'public'))
        )
),

summed as (
    select report_key, form, path, sum(yuan) as yuan, sum(half) as half from class group by report_key, form, path
),

candidate as (
    select
        d.key, d.report_key, d.section, d.path, d.fact, d.quote, s.form, abs(d.yuan - s.yuan) as off,
        abs(d.yuan - s.yuan) <= d.half + s.half as agrees
    from disclosed as d
    inner join summed as s on d.report_key = s.report_key and d.path = s.path
    where d.yuan is not null and d.fact in ('amount', d.stage) and contains(coalesce(d.section, ''), '基本支出')
    qualify row_number() over (partition by d.key order by off, s.form) = 1
),

settled as (
    select *
    from candidate
    qualify agrees or not bool_or(agrees) over (partition by report_key, section, path)
),

final as (
    select
        'narrative_nature' as rule_id, t.report_key, t.form, '' as side, null as subject_code, t.path as subject_name,
        t.fact as measure, t.key as instance, t.key as target, c.cell_key as part, 1 as sign, t.quote as note
    from settled as t
    inner join class as c on t.report_key = c.report_key and t.form = c.form and t.path = c.path
)

select * from final
