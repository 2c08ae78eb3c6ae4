-- Column by column: 总计 of a fund's expenditure = that fund's revenue of the year + its opening balance.
with
source as (
    select *, segment > 0 or is_carry as is_opening
    from line_cell
    where form = 'appropriation_balance' and side = 'revenue'
),

opening as (
    select report_key, bool_or(yuan <> 0) as is_open from source where is_opening and is_top group by report_key
),

detail as (
    select distinct s.report_key
    from source as s
    left join source as above on s.report_key = above.report_key and s.parent_row = above.row_no
    where s.fund is not null and coalesce(above.is_opening, s.segment > 0)
),

grand as (
    select * from line_cell
    where form = 'appropriation_balance' and side = 'expenditure' and is_total
    qualify total_no = max(total_no) over (partition by report_key) and total_no > 0
),

final as (
    select
        'appropriation_funds' as rule_id, t.report_key, t.form, t.side, null as subject_code, t.label as subject_name,
        t.measure, '' as instance, t.cell_key as target,
        -- an opening balance that is not divided by fund settles nothing
        if(coalesce(o.is_open, false) and d.report_key is null, null, p.cell_key) as part, 1 as sign
    from grand as t
    left join opening as o on t.report_key = o.report_key
    left join detail as d on t.report_key = d.report_key
    left join line_cell as p
        on t.report_key = p.report_key and t.form = p.form and p.side = 'revenue' and t.measure = p.fund
    where t.measure in ('general', 'fund', 'state_capital')
)

select * from final
