-- unread_number: every number and heading of a recognised table was understood.
with
final as (
    select
        'unread_number' as rule_id, report_key, form, title as subject_name, page, 1 as n,
        if(unread is null, 'equal', 'beyond') as result,
        '表“' || coalesce(title, form) || '”中有未能读懂的数字或表头，未入库：'
        || left(replace(unread, chr(10), '；'), 200) as note
    from published_table
    where form is not null
)

select * from final
