-- unit_total: a total of the body = the same of its units; project_total: of its projects; fund_total: what a row prints
-- of all money = the same by fund. Everything else is fixed: form, side, subject, measure, and the two other axes.
-- Which rows are the parts is settled by the columns that close: units may be printed below the department that they
-- belong to, projects once per unit and once in all. A set of parts is compared where more columns close than do not,
-- zeros aside; otherwise the parts are not all there, or some stand in others, and nothing is compared.
with
whole as (
    select * from point
    where code is null and sub_unit is null and project is null and regexp_full_match(label, '(本年)?(收入|支出)?(合计|总计):?')
    qualify row_number() over (partition by report_key, form, side, measure, fund order by row_no, cell_key) = 1
),

total_row as (
    select w.report_key, w.form, w.side, p.row_key
    from whole as w
    inner join point as p
        on
            w.report_key = p.report_key and w.form = p.form and w.side = p.side and w.measure = p.measure
            and w.fund is not distinct from p.fund and p.sub_unit is not null and p.project is null
    group by all
    having count(*) filter (where w.yuan = p.yuan and w.yuan <> 0) * 2 > count(*) filter (where w.yuan <> 0)
),

part as (
    select 'unit_total' as rule_id, 1 as rank, * from point
    where sub_unit is not null and project is null and code is null and regexp_full_match(label, '(合计|总计):?')
    union all by name
    select 'unit_total' as rule_id, 2 as rank, * from point
    where
        sub_unit is not null and project is null and code is null and regexp_full_match(label, '(合计|总计):?')
        and (report_key, form, side, row_key) not in (select (report_key, form, side, row_key) from total_row)
    union all by name
    select 'project_total' as rule_id, if(sub_unit is null, 1, 2) as rank, * from point
    where project is not null
    union all by name
    select 'project_total' as rule_id, 3 as rank, * from point
    where project is not null
),

summed as (
    select
        p.rule_id, p.rank, w.report_key, w.form, w.side, w.cell_key as target, any_value(w.yuan) as yuan,
        abs(any_value(w.yuan) - sum(p.yuan)) <= any_value(w.half) + sum(p.half) as closes
    from whole as w
    inner join part as p
        on
            w.report_key = p.report_key and w.form = p.form and w.side = p.side and w.measure = p.measure
            and w.fund is not distinct from p.fund
    group by all
),

settled as (
    select rule_id, rank, report_key, form, side
    from summed
    where yuan <> 0
    group by rule_id, rank, report_key, form, side
    having count(*) filter (where closes) > count(*) filter (where not closes)
    qualify
        row_number() over (
            partition by rule_id, report_key, form, side
            order by count(*) filter (where closes) desc, rank
        ) = 1
),

-- a fund is named like the revenue it comes from, and gives way to the one that contains it as there
nested as (
    select distinct part, string_split(unless, ' ') as unless
    from measure_part
    where form = 'revenue' and rule_id = 'row_sources' and target = 'total'
),

fund_pair as (
    select t.report_key, t.form, t.side, t.measure, t.cell_key as target, p.cell_key as part, t.yuan, t.half, p.yuan as part_yuan, p.half as part_half
    from point as t
    inner join point as p
        on
            t.report_key = p.report_key and t.form = p.form and t.side = p.side and t.measure = p.measure
            and t.row_key = p.row_key and t.fund is null and p.fund is not null
            and not contains(coalesce(p.heading, ''), '其中')  -- of which: not exhaustive
    left join nested as n on p.fund = n.part
    where
        not exists (
            select 1 from point as o
            where
                o.report_key = p.report_key and o.form = p.form and o.side = p.side and o.measure = p.measure
                and o.row_key = p.row_key and list_contains(n.unless, o.fund)
                -- money carried over under a heading of its own stands beside the rest of it (row_sum)
                and not (o.fund = 'carried_over' and starts_with(coalesce(split_part(p.heading, '/', -1), ''), '上年'))
        )
),

fund_summed as (
    select report_key, form, side, measure, target, any_value(yuan) as yuan, count(*) as n,
        abs(any_value(yuan) - sum(part_yuan)) <= any_value(half) + sum(part_half) as closes
    from fund_pair
    group by all
),

fund_settled as (
    select report_key, form, side, measure
    from fund_summed
    where yuan <> 0
    group by all
    having count(*) filter (where closes) > count(*) filter (where not closes)
),

final as (
    select
        s.rule_id, w.report_key, w.form, w.side, null as subject_code, w.label as subject_name, w.measure,
        concat_ws('|', w.row_key, w.fund) as instance, w.cell_key as target, p.cell_key as part, 1 as sign
    from settled as s
    inner join whole as w on s.report_key = w.report_key and s.form = w.form and s.side = w.side
    inner join part as p
        on
            s.rule_id = p.rule_id and s.rank = p.rank and w.report_key = p.report_key and w.form = p.form
            and w.side = p.side and w.measure = p.measure and w.fund is not distinct from p.fund
    union all by name
    select
        'fund_total' as rule_id, f.report_key, f.form, f.side, t.code as subject_code, t.label as subject_name, f.measure,
        t.row_key as instance, f.target, f.part, 1 as sign
    from fund_pair as f
    inner join fund_settled as s
        on f.report_key = s.report_key and f.form = s.form and f.side = s.side and f.measure = s.measure
    inner join point as t on f.target = t.cell_key
)

select * from final
