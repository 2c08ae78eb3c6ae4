-- narrative_subject: what the narrative states of a functional subject = that row of a table of expenditure; of several
-- tables, the nearest, lines of the balance among them, and of a part of the row (basic, project) what agrees. Where a
-- section states a subject in parts that add up to its row, or the table of general money is absent, only what agrees is
-- settled.
-- narrative_part: a sum named within a subject is not more than the subject.
with
stated as (
    select *
    from disclosed
    where is_subject and code is not null and yuan is not null and fact in ('amount', stage)
),

row as (
    select report_key, form, code, measure in ('basic', 'project') as is_part, cell_key, yuan, half
    from cell
    where measure in ('total', 'amount', 'basic', 'project') and form in (select form from whole_form)
    union all by name
    select report_key, form, class_code as code, true as is_part, cell_key, yuan, half
    from line_cell
    where class_code is not null and measure in ('total', 'amount')
),

candidate as (
    select
        s.*, c.form, c.cell_key, s.yuan - c.yuan as off, c.is_part,
        abs(s.yuan - c.yuan) <= 2 * greatest(s.half, c.half) as agrees
    from stated as s
    inner join row as c on s.report_key = c.report_key and s.code = c.code
    where not c.is_part or abs(s.yuan - c.yuan) <= 2 * greatest(s.half, c.half)
),

nearest as (
    select *
    from candidate
    qualify row_number() over (partition by key order by not agrees, is_part, abs(off), form, cell_key) = 1
),

-- statements, other than of the whole row, that add up to it
split as (
    select n.report_key, n.section, cell_key, n.fact
    from candidate as n
    inner join row as c using (cell_key)
    where not n.is_part and not n.agrees and not c.is_part
    group by n.report_key, n.section, cell_key, n.fact, c.yuan, c.half
    having count(*) > 1 and abs(sum(n.yuan) - c.yuan) <= sum(n.half) + c.half
),

-- so do statements of its parts by nature, some of which agree with a column of their own
divided as (
    select report_key, section, code, fact
    from candidate
    where not is_part and not agrees
    group by report_key, section, code, fact, cell_key
    having count(*) > 1 and abs(sum(yuan) - any_value(yuan - off)) <= sum(half) + any_value(half)
),

open as (
    select key from nearest where report_key in (select report_key from absent_fund where fund = 'general')
    union
    select key from nearest where report_key in (select report_key from unclassed_fund)
    union
    select n.key
    from nearest as n
    inner join split as s
        on
            n.report_key = s.report_key and n.section is not distinct from s.section and n.cell_key = s.cell_key
            and n.fact = s.fact
    union
    select n.key
    from nearest as n
    inner join divided as s
        on n.report_key = s.report_key and n.section is not distinct from s.section and n.code = s.code and n.fact = s.fact
),

final as (
    select
        if(fact = 'amount', 'narrative_part', 'narrative_subject') as rule_id, report_key, form, '' as side,
        code as subject_code, path as subject_name, fact as measure, key as instance, key as target,
        if(agrees or key not in (select key from open), cell_key, null) as part,
        1 as sign, quote as note
    from nearest
)

select * from final
