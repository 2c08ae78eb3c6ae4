-- narrative_items: the total of a section = the items stated below it, where they are all of its table's subjects.
-- narrative_initial: the same for the budget; subjects that had a budget and no expenditure may go unmentioned, so a
-- total above its items settles nothing.
with
total as (
    select
        t.report_key, t.key, t.section, t.path, t.position, t.quote,
        if(t.fact = 'amount', t.stage, t.fact) as fact, t.stage
    from disclosed as t
    where
        t.path in ('一般公共预算财政拨款支出', '财政拨款支出') and t.yuan is not null
        and t.fact in ('amount', 'final', 'budget', 'initial_budget', 'adjusted_budget')
    qualify row_number() over (
        partition by t.report_key, t.section, if(t.fact = 'amount', t.stage, t.fact)
        order by t.fact = 'amount', t.position
    ) = 1
),

stated as (
    select t.key as total, t.fact, t.report_key, d.key, d.path, d.code, d.position
    from total as t
    inner join disclosed as d
        on
            t.report_key = d.report_key and t.fact = d.fact
            and (d.section = t.section or starts_with(d.section, t.section || '/'))
    where d.is_subject and d.yuan is not null
    qualify row_number() over (partition by t.key, d.path order by d.position) = 1
),

item as (
    select s.*
    from stated as s
    left join stated as above on s.total = above.total and starts_with(s.path, above.path || '/')
    where above.key is null
),

-- the subjects that the section must speak of
form as (
    select t.key as total, t.report_key, t.fact, t.stage, t.section, c.code
    from total as t
    inner join cell as c on t.report_key = c.report_key
    where
        c.form = if(t.path = '财政拨款支出', 'appropriation_expenditure', 'general_expenditure')
        and c.measure = 'total' and c.yuan <> 0 and c.code is not null
    union
    select t.key as total, t.report_key, t.fact, t.stage, t.section, c.code
    from total as t
    inner join cell as c on t.report_key = c.report_key
    where
        t.path = '财政拨款支出' and c.form = 'general_expenditure' and c.measure = 'total' and c.yuan <> 0
        and c.code is not null
        and t.report_key not in (select report_key from cell where form = 'appropriation_expenditure')
),

leaf as (
    select f.*
    from form as f
    left join form as below on f.total = below.total and starts_with(below.code, f.code) and below.code <> f.code
    where below.code is null
),

unsaid as (
    select distinct l.total
    from leaf as l
    left join item as i on l.total = i.total and starts_with(l.code, i.code)
    where i.key is null
),

complete as (
    select distinct total from leaf where total not in (select total from unsaid)
),

final as (
    select
        if(t.fact = t.stage, 'narrative_items', 'narrative_initial') as rule_id, t.report_key, null as form, '' as side,
        null as subject_code, t.path as subject_name, t.fact as measure, t.key as instance, t.key as target,
        if(c.total is null, null, i.key) as part, 1 as sign, t.quote as note
    from total as t
    inner join item as i on t.key = i.total
    left join complete as c on t.key = c.total
)

select * from final
