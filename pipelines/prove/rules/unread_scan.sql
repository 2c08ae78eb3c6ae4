-- unread_scan: the numbers of scanned pages were recognised for sure: an identity that holds covers them, or the
-- recogniser has hardly a doubt. One row per report; `pipelines.prove.recognised` adds the identities that do not hold.
with
doubtful as (
    select report_key, min(page) as page, cast(count(*) as integer) as n
    from extracted_cell
    where
        regexp_matches(method, '; ocr \d') and contains(method, 'unproven')
        and cast(regexp_extract(method, '; ocr (\d\.\d+)', 1) as decimal(4, 2)) < 0.90
    group by report_key
),

final as (
    select
        'unread_scan' as rule_id, r.report_key, d.page, coalesce(d.n, 0) as n,
        if(d.n is null, 'equal', 'beyond') as result,
        '扫描页上有 ' || coalesce(d.n, 0) || ' 个数字辨认不可靠，又无勾稽关系可证，未计入事实' as note
    from report_reading as r
    left join doubtful as d on r.report_key = d.report_key
    where r.recognised_pages is not null
)

select * from final
