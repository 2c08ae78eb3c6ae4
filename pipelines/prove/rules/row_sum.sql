-- Sums along a row, as the forms declare them (`measure_part`): the target column is the sum of its part columns, to any
-- depth or (`depth`: one) the next level only.
-- A part gives way to the columns in `unless` where the same row prints one of them; money carried over whose heading
-- says 上年 itself (上年实户资金余额 beside 上年结转) is no part of what stands under the other and does not. A rule with `needs` runs only in
-- forms that print one of those columns (`parts`: one of its parts in any form); `blank` says whether a blank target is a fault (always, elsewhere: where the
-- form prints that column in another row, never).
with
-- a report that prints a measure of the three public expenses in several rows (units) has no one row of them
several_rows as (
    select report_key
    from cell
    where form = 'three_public'
    group by report_key, measure
    having count(*) > 1
),

-- rows of units and projects too: whatever a row is of, its columns add up
along as (
    select
        * exclude (row_no),
        -- the three public expenses one below the other are one row all the same: it is their measures that add up
        if(
            form = 'three_public' and report_key not in (select report_key from several_rows), '|', concat(row_no, '|')
        ) as row_no
    from cell
    union all by name
    select * exclude (row_no, row_key, project, sub_unit, fund, gov_economic_code), row_key as row_no
    from point
    where fund is null and (sub_unit is not null or project is not null)
),

row as (
    select report_key, form, side, row_no, any_value(code) as code, any_value(label) as label, list(measure) as measures
    from along
    group by report_key, form, side, row_no
),

form_measure as (
    select report_key, form, list_distinct(list(measure)) as measures from along group by report_key, form
),

rule as (
    select
        p.rule_id, p.form, p.target, p.part, p.sign, r.blank, string_split(p.unless, ' ') as unless,
        if(r.needs = 'parts', list(p.part) over (partition by p.rule_id), string_split(r.needs, ' ')) as needs
    from measure_part as p
    inner join row_sum as r on p.rule_id = r.rule_id
    where r.depth = 'any' or p.is_direct
),

-- one row per sum that a printed row could show
instance as (
    select distinct
        r.report_key, r.form, r.side, r.row_no, r.code, r.label, u.rule_id, u.target, u.blank, m.measures
    from row as r
    inner join rule as u on r.form = u.form
    inner join form_measure as m on r.report_key = m.report_key and r.form = m.form
    where
        (u.needs = [''] or list_has_any(m.measures, u.needs))
        and (list_contains(r.measures, u.target) or list_contains(r.measures, u.part))
),

part as (
    select r.report_key, r.form, r.side, r.row_no, u.rule_id, u.target, u.sign, c.cell_key
    from row as r
    inner join rule as u on r.form = u.form
    inner join along as c
        on
            r.report_key = c.report_key and r.form = c.form and r.side = c.side and r.row_no = c.row_no
            and u.part = c.measure
    where
        not list_has_any(r.measures, u.unless)
        or (u.unless = ['carried_over'] and starts_with(split_part(c.heading, '/', -1), '上年'))
),

final as (
    select
        i.rule_id, i.report_key, i.form, i.side, i.code as subject_code, i.label as subject_name, i.target as measure,
        cast(i.row_no as varchar) as instance, t.cell_key as target, p.cell_key as part, coalesce(p.sign, 1) as sign
    from instance as i
    left join along as t
        on
            i.report_key = t.report_key and i.form = t.form and i.side = t.side and i.row_no = t.row_no
            and i.target = t.measure
    left join part as p
        on
            i.report_key = p.report_key and i.form = p.form and i.side = p.side and i.row_no = p.row_no
            and i.rule_id = p.rule_id and i.target = p.target
    where
        t.cell_key is not null
        or i.blank = 'always'
        or (i.blank = 'elsewhere' and list_contains(i.measures, i.target))
)

select * from final
