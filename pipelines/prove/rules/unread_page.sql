-- unread_page: what stands outside of the recognised tables was read: no page is a picture, no attachment is left.
with
final as (
    select
        'unread_page' as rule_id, report_key, title as subject_name, page, 1 as n,
        if(unread is null, 'equal', 'beyond') as result,
        '报告中有未能读入的内容：' || left(replace(unread, chr(10), '；'), 200) as note
    from published_table
    where form is null
)

select * from final
