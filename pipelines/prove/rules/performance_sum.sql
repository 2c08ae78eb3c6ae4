-- Points and money of performance tables. performance_weight: no score above its weight. performance_total: 总分 = Σ
-- 得分, unless a score is blank; of a table printed twice, the copy that agrees. performance_budget: nothing is spent
-- beyond the adjusted budget, where an evaluation scores it.
-- performance_projects: the money under evaluation = what the evaluated projects spent (or had), where their number fits.
-- performance_goals: the money of the projects under goals = what their table prints for each, where their number fits.
with
row as (
    select *, report_key || '#row#' || row_no as key from indicator
),

score as (
    select * from row where not is_total and score is not null
),

total as (
    select t.*, sum(s.score) as points, bool_or(s.is_execution) as has_execution
    from row as t
    inner join score as s on t.report_key = s.report_key and t.block = s.block
    where t.is_total and t.score is not null
    group by all
),

uneven as (
    select report_key, block from row group by report_key, block having bool_or(is_blank and not is_total)
),

settled as (
    select *
    from total
    qualify score = points or not bool_or(score = points) over (partition by report_key, table_title)
),

unit as (
    select distinct report_key, name, max_by(key, row_no) as key
    from project
    where
        kind = 'current' and item = '' and not is_example and not starts_with(project, '（') and final_amount is not null
    group by report_key, name
),

evaluated as (
    select d.key, d.report_key, d.path, d.quote
    from disclosed as d
    inner join disclosed as n
        on d.report_key = n.report_key and d.part = n.part and d.path = n.path and n.fact = 'performance_projects'
    inner join (select report_key, count(*) as projects from unit group by report_key) as u
        on d.report_key = u.report_key and n.value = u.projects
    where d.fact = 'amount' and d.yuan is not null and d.stage = 'final' and contains(d.path, '项目支出')
),

-- tables of goals, each with the money of its projects
goal as (
    select report_key, section, count(*) as projects
    from project
    where kind = 'current' and item = '' and budget_amount is not null and not is_example and contains(section, '绩效')
    group by report_key, section
),

under_goals as (
    select
        d.key, d.report_key, d.path, g.section,
        -- both sides are named: the sentence, and how many rows of which table
        d.quote || '”与 ' || g.projects || ' 个项目的“' || g.section as said
    from disclosed as d
    inner join disclosed as n
        on d.report_key = n.report_key and d.part = n.part and d.path = n.path and n.fact = 'performance_projects'
    inner join goal as g on d.report_key = g.report_key and n.value = g.projects
    where d.fact in ('amount', 'budget') and d.yuan is not null and d.path = '绩效目标管理项目'
    qualify count(*) over (partition by d.key) = 1
),

edge as (
    select
        'performance_weight' as rule_id, report_key, coalesce(indicator, level1) as label, table_title, key || '#score' as target,
        key || '#weight' as part
    from row
    where score is not null and weight is not null and not is_total
    union all by name
    select
        'performance_total' as rule_id, t.report_key, '总分' as label, t.table_title, t.key || '#score' as target,
        -- a table of which a row was not read, or with a blank score, cannot be added up
        if(
            t.score = t.points or (t.has_execution and (t.report_key, t.block) not in (select (report_key, block) from uneven)),
            s.key || '#score', null
        ) as part
    from settled as t
    inner join score as s on t.report_key = s.report_key and t.block = s.block
    union all by name
    select
        'performance_budget' as rule_id, report_key, indicator as label, table_title, key || '#budget' as target,
        key || '#spent' as part
    from row
    where
        is_execution and budget is not null and spent is not null
        and (score is not null or coalesce(rate, '') <> '')
    union all by name
    select
        'performance_projects' as rule_id, e.report_key, e.path as label, e.quote as table_title, e.key as target,
        u.key || '#final' as part
    from evaluated as e
    inner join unit as u on e.report_key = u.report_key
    union all by name
    select
        'performance_goals' as rule_id, g.report_key, g.path as label, g.said as table_title, g.key as target,
        p.key || '#budget' as part
    from under_goals as g
    inner join project as p on g.report_key = p.report_key and g.section = p.section
    where p.kind = 'current' and p.item = '' and p.budget_amount is not null
),

final as (
    select
        rule_id, report_key, null as form, '' as side, null as subject_code, label as subject_name,
        case rule_id when 'performance_budget' then 'budget' when 'performance_projects' then 'amount' when 'performance_goals' then 'amount' else 'score' end as measure,
        target as instance, target, part, 1 as sign, table_title as note
    from edge
)

select * from final
