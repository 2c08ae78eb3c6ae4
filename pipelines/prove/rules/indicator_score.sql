-- indicator_score: what the whole-unit table repeats of a project's table is scored the same there: an indicator of a
-- target whose indicators are exactly those of one other table, with the same target and actual value. The scales agree
-- where both print the same weight; where neither prints one, only if the scores of the whole-unit table pass 100, so that
-- each of its targets was scored like a table of its own, and execution weighs the same in both.
with
row as (
    select *, report_key || '#row#' || row_no || '#score' as key from indicator
),

printed as (
    select
        report_key, block, any_value(table_title) as title, contains(coalesce(any_value(table_title), ''), '整体') as is_whole,
        sum(score) filter (where not is_total and not is_execution) as points,
        max(weight) filter (where is_execution) as execution
    from row
    group by report_key, block
),

target as (
    select report_key, block, coalesce(target_no, '') as target, list_sort(list(distinct indicator)) as names
    from row
    where not is_total and not is_execution and indicator is not null
    group by report_key, block, coalesce(target_no, '')
),

-- of a table printed twice, the first copy
first_copy as (
    select p.*, t.target, t.names
    from target as t
    inner join printed as p on t.report_key = p.report_key and t.block = p.block
    qualify row_number() over (partition by p.report_key, p.title, t.target order by p.block) = 1
),

-- sets of indicators that no second target of the unit and no second project has
alone as (
    select * from first_copy
    qualify count(*) over (partition by report_key, is_whole, names) = 1
),

pair as (
    select
        w.report_key, w.block, w.target, p.block as other_block, p.target as other_target, p.title,
        w.points > 100 and w.execution is not distinct from p.execution as is_like
    from alone as w
    inner join alone as p on w.report_key = p.report_key and w.names = p.names
    where w.is_whole and not p.is_whole
),

once as (
    select * from row
    where score is not null and not is_total and not is_execution
    qualify count(*) over (partition by report_key, block, coalesce(target_no, ''), indicator) = 1
),

final as (
    select
        'indicator_score' as rule_id, p.report_key, null as form, '' as side, null as subject_code, w.indicator as subject_name,
        'score' as measure, w.key as instance, w.key as target, o.key as part, 1 as sign, p.title as note
    from pair as p
    inner join once as w on p.report_key = w.report_key and p.block = w.block and p.target = coalesce(w.target_no, '')
    inner join once as o
        on
            p.report_key = o.report_key and p.other_block = o.block and p.other_target = coalesce(o.target_no, '')
            and w.indicator = o.indicator
    where
        w.target_value is not distinct from o.target_value and w.actual_value is not distinct from o.actual_value
        and (w.weight = o.weight or (p.is_like and w.weight is null and o.weight is null))
)

select * from final
