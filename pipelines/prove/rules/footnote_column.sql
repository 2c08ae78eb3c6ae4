-- footnote_column: a printed formula over columns holds in the rows of its table; the declared forms say which column is
-- which in the ministry's tables. Single rows that break it are the business of the sums along a row; where most rows do,
-- the formula is wrong. printed and expected are column numbers. A table with other columns is not compared.
with
stranger as (
    select distinct report_key, form
    from cell
    where
        form in (select form from column_formula)
        and (form, measure) not in (select (form, measure) from column_formula)
),

term as (
    select t.report_key, t.formula, t.form, t.text, t.page, t.sign, t.target, p.measure as part
    from formula_term as t
    inner join column_formula as p on t.form = p.form and t.number = p.number
    where t.axis = '栏' and (t.report_key, t.form) not in (select (report_key, form) from stranger)
),

summed as (
    select
        f.report_key, f.formula, f.form, f.text, f.page, f.target, c.row_no, sum(f.sign * c.yuan) as expected, sum(c.half) as half
    from term as f
    inner join cell as c on f.report_key = c.report_key and f.form = c.form and f.part = c.measure
    group by all
),

-- every column of the table, and in how many rows it is what the formula says
column_rows as (
    select
        s.report_key, s.formula, s.form, s.text, s.page, s.target, a.number, count(*) as n,
        count(*) filter (where abs(c.yuan - s.expected) <= c.half + s.half) as agreeing,
        flatten(list([c.cell_key] order by s.row_no)) as cell_keys
    from summed as s
    inner join column_formula as a on s.form = a.form
    inner join cell as c
        on s.report_key = c.report_key and s.form = c.form and s.row_no = c.row_no and a.measure = c.measure
    group by all
),

other as (
    select report_key, formula, min(number) as number
    from column_rows
    where number <> target and n = agreeing and n > 1
    group by report_key, formula
),

final as (
    select
        'footnote_column' as rule_id, r.report_key, r.form, cast(r.target as varchar) as subject_name, null as measure,
        cast(if(2 * r.agreeing >= r.n, null, r.target) as decimal(24, 8)) as printed,
        cast(if(2 * r.agreeing >= r.n, null, o.number) as decimal(24, 8)) as expected,
        cast(r.n as integer) as n, r.page, r.cell_keys, if(2 * r.agreeing >= r.n, 'equal', 'beyond') as result,
        '表注公式“' || r.text || '”与本表不符：' || r.n || ' 行中只有 ' || r.agreeing || ' 行成立'
        || coalesce('，应为第 ' || o.number || ' 栏', '') as note
    from column_rows as r
    left join other as o on r.report_key = o.report_key and r.formula = o.formula
    where r.number = r.target
)

select * from final
