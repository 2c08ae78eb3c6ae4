-- target_project: where each target of the whole-unit table stands for one project, as most of its indicators are those of
-- a project's table of its own, no project of the evaluation lacks a target. Where the targets stand for less than most
-- projects, or the report evaluates several units, nothing is settled.
with
stated as (
    select distinct
        report_key, coalesce(table_title, '') as title, contains(coalesce(table_title, ''), '整体') as is_whole,
        coalesce(target_no, '') as target, indicator
    from indicator
    -- no document may hold up others
    where row_no <= 2000 and not is_total and not is_execution and indicator is not null
),

asked as (
    select *, count(*) over (partition by report_key, target) as asked
    from stated
    where is_whole and target <> ''
    qualify min(title) over (partition by report_key) = max(title) over (partition by report_key)
),

project_table as (
    select distinct report_key, title, indicator from stated where not is_whole
),

shared as (
    select a.report_key, a.target, p.title, count(*) as shared, any_value(a.asked) as asked
    from asked as a
    inner join project_table as p on a.report_key = p.report_key and a.indicator = p.indicator
    group by a.report_key, a.target, p.title
    qualify row_number() over (partition by a.report_key, a.target order by shared desc, p.title) = 1
),

meant as (
    select report_key, count(*) as targets, count(distinct title) as meant, list(title) as titles
    from shared
    where 2 * shared > asked
    group by report_key
),

whole as (
    select a.report_key, any_value(a.title) as title, count(distinct a.target) as targets from asked as a group by a.report_key
),

counted as (
    select
        w.report_key, w.title, w.targets, m.titles, count(distinct p.title) as projects,
        string_agg(distinct p.title, '、' order by p.title) filter (where not list_contains(m.titles, p.title)) as missing
    from whole as w
    inner join meant as m on w.report_key = m.report_key and w.targets = m.targets and w.targets = m.meant
    inner join project_table as p on w.report_key = p.report_key
    group by w.report_key, w.title, w.targets, m.titles
),

final as (
    select
        c.report_key, 'target_project' as rule_id, c.title as subject_name, 'count' as measure, '个' as unit,
        c.targets as printed, c.projects as expected, c.targets - c.projects as difference, 0 as tolerance,
        cast(c.projects as integer) as n, i.page,
        if(c.targets = c.projects, 'equal', 'beyond') as result,
        '“' || c.title || '”的 ' || c.targets || ' 个目标各为一个项目，而自评的项目有 ' || c.projects || ' 个；没有目标的是“'
        || c.missing || '”' as note
    from counted as c
    inner join (select report_key, table_title, min(page) as page from indicator group by all) as i
        on c.report_key = i.report_key and c.title = i.table_title
    where 2 * c.targets > c.projects
)

select * from final
