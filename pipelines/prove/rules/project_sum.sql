-- project_details 项目 = Σ 明细, project_parts 明细 = Σ 其下各项, project_sources 项目 = Σ 资金来源: within one table of a
-- project. project_examples: details that running text names are not more than the project.
-- project_named: a cost that running text names is that of the line of the project's table with this name, or with the
-- only one that holds it. project_statements: one project's expenditure is the same wherever the report states it.
with
line as (
    select *, regexp_replace(section, ' .*$', '') as form_title, len(string_split(item, '/')) as depth from project
),

whole as (
    select *
    from line
    where kind = 'current' and item = ''
    qualify row_number() over (partition by report_key, form_title, name order by row_no) = 1
),

-- one row per amount
money as (
    select l.*, a.stage, l.key || '#' || a.stage as amount, bool_or(a.stage = 'budget') over (partition by l.key) as has_budget
    from line as l
    cross join (values ('budget'), ('final')) as a (stage)
    where if(a.stage = 'budget', l.budget_amount, l.final_amount) is not null
),

-- one amount of each
single as (
    select * from money where stage = 'budget' or not has_budget
),

cost as (
    select *, regexp_replace(regexp_extract(item, '([^/]+)$', 1), '[、，,（）()\s]', '', 'g') as cost
    from single
    where kind = 'detail' and item <> ''
),

named as (
    select t.report_key, t.project, t.item, t.section, t.amount as target, l.amount as part
    from cost as t
    inner join cost as l on t.report_key = l.report_key and t.name = l.name and contains(l.cost, t.cost)
    where t.is_example and not l.is_example
    qualify
        count(*) over (partition by t.amount) = 1
        or (l.cost = t.cost and row_number() over (partition by t.amount order by l.cost <> t.cost, l.depth desc, l.row_no) = 1)
),

pair as (
    select
        if(m.is_example, 'project_examples', if(m.kind = 'detail', 'project_details', 'project_sources')) as rule_id,
        w.report_key, w.key as whole, w.project, w.section, t.amount as target, m.amount as part, t.stage = m.stage as is_like
    from whole as w
    inner join money as t on w.key = t.key
    inner join money as m on w.report_key = m.report_key and w.form_title = m.form_title and w.name = m.name
    where (m.kind = 'detail' and m.item <> '' and m.depth = 1) or m.kind = 'source_of_funds'
    union all by name
    select
        'project_parts' as rule_id, t.report_key, t.key as whole, t.project || '/' || t.item as project, t.section,
        t.amount as target, p.amount as part, t.stage = p.stage as is_like
    from money as t
    inner join money as p
        on
            t.report_key = p.report_key and t.form_title = p.form_title and t.name = p.name and p.depth = t.depth + 1
            and starts_with(p.item, t.item || '/')
    where t.kind = 'detail' and p.kind = 'detail' and t.item <> ''
),

-- budget with budget and final account with final account, unless the one prints only this and the other only that: then
-- the column was not told
like_with_like as (
    select * from pair
    qualify is_like or not bool_or(is_like) over (partition by rule_id, whole)
),

edge as (
    select 'project_named' as rule_id, report_key, project || '/' || item as project, section, target, part from named
    union all by name
    select rule_id, report_key, project, section, target, part from like_with_like
    union all by name
    select
        'project_statements' as rule_id, o.report_key, o.project, o.section, o.key || '#final' as target,
        w.key || '#final' as part
    from whole as w
    inner join line as o
        on w.report_key = o.report_key and w.name = o.name and w.form_title <> o.form_title
    where
        o.kind = 'current' and o.item = '' and o.final_amount is not null and w.final_amount is not null
        and not w.is_example and w.row_no in (
            select max(row_no) from whole as l where l.report_key = w.report_key and l.name = w.name and not l.is_example
        )
),

final as (
    select
        rule_id, report_key, null as form, '' as side, null as subject_code, project as subject_name, 'amount' as measure,
        target as instance, target, part, 1 as sign, section as note
    from edge
)

select * from final
