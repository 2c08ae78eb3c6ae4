-- A one-column revenue table repeats the lines of the balance. A line of the balance that it leaves blank although it
-- prints the lines below is a fault.
with
balance as (
    select * from line_cell where form = 'balance' and side = 'revenue' and not is_total
),

revenue as (
    select * from line_cell where form = 'revenue' and not is_total
),

-- lines of the balance of which a part is printed in the revenue table
begun as (
    select distinct b.report_key, b.parent_row
    from balance as b
    inner join revenue as r on b.report_key = r.report_key and b.label = r.label
),

final as (
    select
        'balance_revenue_line' as rule_id, b.report_key, 'revenue' as form, '' as side, null as subject_code,
        b.label as subject_name, b.measure, cast(b.row_no as varchar) as instance, r.cell_key as target,
        b.cell_key as part, 1 as sign
    from balance as b
    left join revenue as r on b.report_key = r.report_key and b.label = r.label and b.measure = r.measure
    left join begun as g on b.report_key = g.report_key and b.row_no = g.parent_row
    where r.cell_key is not null or g.report_key is not null
)

select * from final
