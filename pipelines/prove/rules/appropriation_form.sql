-- appropriation_class, appropriation_total: the appropriation balance against the three tables of appropriated
-- expenditure. A fund's column = that fund's table; the total (or only) column = the three tables together, where none
-- of them is absent. Tables that show this year's money alone, less by just what the balance carries over, say nothing
-- of its expenditure.
with
spent as (
    select report_key, yuan, half from side_total
    where form = 'appropriation_balance' and side = 'expenditure' and kind = 'first'
),

carried as (
    select report_key, sum(yuan) as yuan, sum(half) as half from line_cell
    where form = 'appropriation_balance' and side = 'revenue' and is_top and regexp_matches(name, '^(上年|年初)')
    group by report_key
    having sum(yuan) > 0
),

in_tables as (
    select t.report_key, sum(t.yuan) as yuan, sum(t.half) as half
    from form_total as t
    inner join appropriation_part as f on t.form = f.form
    where t.measure = 'total'
    group by t.report_key
),

current_only as (
    select s.report_key
    from spent as s
    inner join carried as c on s.report_key = c.report_key
    inner join in_tables as t on s.report_key = t.report_key
    where abs(s.yuan - c.yuan - t.yuan) <= s.half + c.half + t.half
),

printed as (
    select 'appropriation_class' as rule_id, * exclude (fund) from line_cell
    where form = 'appropriation_balance' and side = 'expenditure' and class_code is not null
    union all by name
    select 'appropriation_total' as rule_id, * exclude (fund) from line_cell
    where form = 'appropriation_balance' and side = 'expenditure' and total_no = 0
    union all by name
    select 'appropriation_total' as rule_id, * from spending_total
    where form = 'appropriation_balance' and side <> 'expenditure' and kind = 'first'
),

row as (
    select c.report_key, c.code, c.cell_key, f.fund
    from cell as c
    inner join appropriation_part as f on c.form = f.form
    where c.measure = 'total' and length(c.code) = 3
    union all by name
    select t.report_key, null as code, t.cell_key, f.fund
    from form_total as t
    inner join appropriation_part as f on t.form = f.form
    where t.measure = 'total'
),

final as (
    select
        t.rule_id, t.report_key, t.form, t.side, t.class_code as subject_code, t.label as subject_name, t.measure,
        cast(t.row_no as varchar) as instance, t.cell_key as target,
        if(
            (t.measure in ('total', 'amount') and t.report_key in (select report_key from absent_fund))
            or (t.class_code is not null and t.report_key in (select report_key from unclassed_fund))
            or t.report_key in (select report_key from current_only),
            null, p.cell_key
        ) as part,
        1 as sign
    from printed as t
    inner join row as p
        on
            t.report_key = p.report_key and t.class_code is not distinct from p.code
            and (t.measure in ('total', 'amount') or t.measure = p.fund)
)

select * from final
