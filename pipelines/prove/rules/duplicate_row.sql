-- One code stands once in a form (with each code printed beside it). Grain here: one row per code and form, `cell_keys` of every row but the first.
with
row as (
    select
        report_key, form, code, beside, row_no, any_value(label) as label, min(page) as page, list(cell_key order by measure) as cell_keys
    from cell
    where code is not null
    group by report_key, form, code, beside, row_no
),

final as (
    select
        'duplicate_row' as rule_id, report_key, form, code as subject_code, min_by(label, row_no) as subject_name,
        cast(count(*) as integer) as n, max_by(page, row_no) as page,
        list_sort(list_distinct(list(page) filter (where page is not null))) as pages,
        flatten(list(cell_keys order by row_no)) as cell_keys, if(count(*) > 1, 'beyond', 'equal') as result
    from row
    group by report_key, form, code, beside
)

select * from final
