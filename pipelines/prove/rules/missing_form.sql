-- missing_form: a report that prints statutory tables prints all that its stage requires (as forms declare), or says
-- that there is nothing to show. A title without a table is a table without numbers: nothing tells more of it. Hardly
-- a unit is without revenue and expenditure, so tables of these (`empty`: no) without numbers are missing as well.
-- empty_form: another table without numbers says so too.
with
printed as (
    select report_key, form, coalesce(sum(cell_count), 0) as cells, min(page) as page
    from published_table
    where form is not null
    group by report_key, form
    union all by name
    select report_key, form, 0 as cells, page
    from extracted_remark
    where kind = 'title'
),

stating as (
    select distinct report_key, form from extracted_remark where kind = 'no_data' and form is not null
),

checked as (
    select r.report_key, f.forms, f.zh, f.empty = 'yes' as may_be_empty, string_split(f.forms, ' ') as wanted
    from report_reading as r
    inner join required_form as f on r.stage = f.stage and r.fiscal_year >= f.since
    where
        r.status = 'loaded'
        and r.report_key in (select report_key from published_table group by report_key having count(distinct form) >= 3)
),

held as (
    select
        c.report_key, c.forms, c.zh, c.may_be_empty, min(p.page) as page, count(p.form) > 0 as is_there, coalesce(sum(p.cells), 0) > 0 as has_cells,
        count(s.form) > 0 as is_stated
    from checked as c
    left join printed as p on c.report_key = p.report_key and list_contains(c.wanted, p.form)
    left join stating as s on c.report_key = s.report_key and list_contains(c.wanted, s.form)
    group by all
),

final as (
    select
        'missing_form' as rule_id, report_key, split_part(forms, ' ', 1) as form, zh as subject_name, page, 1 as n,
        if(has_cells or (is_there and may_be_empty) or is_stated, 'equal', 'beyond') as result,
        if(is_there, '“' || zh || '”没有读到数字', '没有公开“' || zh || '”，也没有说明无此项收支') as note
    from held
    union all by name
    select
        'empty_form' as rule_id, report_key, split_part(forms, ' ', 1) as form, zh as subject_name, page, 1 as n,
        if(has_cells or is_stated, 'equal', 'beyond') as result, '“' || zh || '”没有数字，也没有说明为空表' as note
    from held
    where is_there and (has_cells or may_be_empty)
)

select * from final
