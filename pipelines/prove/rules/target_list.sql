-- target_list: the whole-unit table lists its targets before it gives the indicators of each; the list is no longer than
-- the targets that have indicators. Long-term and annual targets are listed side by side, so the list is held against the
-- longer of the two. Only a list that surely stands in this table counts: after the table before it, before its own rows.
with
placed as (
    select
        i.report_key, i.block, i.row_no, i.table_title as title, i.page, i.target_no, coalesce(p.source_line, p.page) as place,
        max(coalesce(p.source_line, p.page)) over (
            partition by i.report_key order by i.row_no rows between unbounded preceding and 1 preceding
        ) as above
    from indicator as i
    inner join extracted_performance as p on i.report_key = p.report_key and i.row_no = p.row_no
),

whole as (
    select report_key, block, any_value(title) as title, min(page) as page, min(place) as place,
        arg_min_null(above, row_no) as above
    from placed
    where contains(coalesce(title, ''), '整体')
    group by report_key, block
),

-- the annual targets, or the long-term ones, that have indicators
term as (
    select report_key, block, count(distinct target_no) as targets
    from placed
    where regexp_matches(target_no, '\d')
    group by report_key, block, regexp_replace(target_no, '\d+', '')
),

longest as (
    select report_key, block, cast(max(targets) as integer) as targets from term group by report_key, block
),

listed as (
    select
        w.report_key, w.block, any_value(w.title) as title, any_value(w.page) as page, any_value(l.targets) as targets,
        max(cast(regexp_extract(r.text, '\d+') as integer)) as listed
    from whole as w
    inner join longest as l on w.report_key = l.report_key and w.block = l.block
    inner join extracted_remark as r
        on w.report_key = r.report_key and r.kind = 'target' and coalesce(r.source_line, r.page) <= w.place
    where w.above is null or coalesce(r.source_line, r.page) > w.above
    group by w.report_key, w.block
),

final as (
    select
        'target_list' as rule_id, report_key, title as subject_name, 'count' as measure, '个' as unit, listed as printed,
        if(listed > targets, targets, listed) as expected, greatest(listed - targets, 0) as difference, 0 as tolerance,
        targets as n, page, if(listed > targets, 'beyond', 'equal') as result,
        '“' || title || '”列出 ' || listed || ' 个目标，列有指标的至多 ' || targets || ' 个' as note
    from listed
)

select * from final
