-- structure: shares of a unit's expenditure, each with the printed sum or the cells that add up to it
-- grain: one unit, year, stage, breakdown and member
with member_leaf as (
    select
        unit_key,
        year_key,
        stage,
        statement,
        report_key,
        anchor,
        classification || '_class' as breakdown,
        class_code as member
    from leaf
    union all
    select
        unit_key,
        year_key,
        stage,
        statement,
        report_key,
        anchor,
        'nature' as breakdown,
        nature as member
    from leaf
    where classification = 'functional'
),

-- a link leads to one report, nearly always the only one
source as (
    select
        unit_key,
        year_key,
        stage,
        breakdown,
        member,
        min(report_key) as report_key,
        min(statement) as statement
    from member_leaf
    group by all
),

linked as (
    select
        source.*,
        list(member_leaf.anchor order by member_leaf.anchor) as cells
    from source
    inner join member_leaf using (unit_key, year_key, stage, breakdown, member, report_key)
    where member_leaf.anchor is not null
    group by all
),

-- a class that a reform took subjects from, or gave some: its amounts before and after are not the same thing
reform as (
    select
        unit_key,
        year_key,
        stage,
        classification || '_class' as breakdown,
        class_code as member,
        bool_or(is_break) as is_break
    from mingzhang.trend_expenditure_by_class
    group by all
),

-- natures that only the table of totals prints
total_of_nature as (
    select
        unit_key,
        year_key,
        stage,
        'nature' as breakdown,
        nature as member,
        amount,
        min(report_key) as report_key,
        min(cell_key) as cell_key
    from mingzhang.fact_expenditure
    where is_current and statement = 'expenditure_total'
    group by all
)

select
    structure.unit_key,
    structure.year_key,
    structure.stage,
    structure.breakdown,
    structure.member,
    structure.member_name,
    structure.coverage,
    structure.amount,
    structure.share,
    structure.share_of,
    structure.base_amount,
    coalesce(reform.is_break, false) as is_break,
    max(structure.amount) over (
        partition by structure.unit_key, structure.breakdown, structure.member
    ) as member_total,
    coalesce(source.report_key, total_of_nature.report_key) as report_key,
    case
        when printed.cell_key is not null then [printed.cell_key]
        when linked.cells is not null then linked.cells
        when total_of_nature.cell_key is not null then [total_of_nature.cell_key]
        else []
    end as cells
from mingzhang.expenditure_structure as structure
left join source using (unit_key, year_key, stage, breakdown, member)
left join reform using (unit_key, year_key, stage, breakdown, member)
left join linked using (unit_key, year_key, stage, breakdown, member)
left join total_of_nature using (unit_key, year_key, stage, breakdown, member, amount)
left join printed
    on
        source.report_key = printed.report_key
        and source.statement = printed.form
        and structure.member = printed.member
        and structure.amount = printed.amount
        and printed.breakdown = case structure.breakdown when 'nature' then 'nature' else 'class' end
