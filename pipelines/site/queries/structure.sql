-- structure: shares of the expenditure of wanted units, and of the units that lead a class of that class, each with the
-- printed sum or the cells that add up to it
-- grain: one unit, year, stage, breakdown and member
with shown as (
    select structure.*
    from mingzhang.expenditure_structure as structure
    where structure.unit_key in (select wanted.key from wanted)
    union all
    select structure.*
    from mingzhang.expenditure_structure as structure
    inner join leader
        on
            structure.unit_key = leader.unit_key
            and structure.breakdown = split_part(leader.subject, '-', 1) || '_class'
            and structure.member = split_part(leader.subject, '-', 2)
    where leader.unit_key not in (select wanted.key from wanted)
),

shown_leaf as (
    select leaf.*
    from leaf
    where leaf.unit_key in (select wanted.key from wanted)
    union all
    select leaf.*
    from leaf
    inner join leader
        on leaf.unit_key = leader.unit_key and leaf.classification || '-' || leaf.class_code = leader.subject
    where leader.unit_key not in (select wanted.key from wanted)
),

-- cells that print a sum: a class as a whole, or a nature in the total row
printed as (
    select
        report_key,
        form,
        case when is_total then 'nature' else 'class' end as breakdown,
        case when is_total then measure else subject_code end as member,
        amount,
        min(cell_key) as cell_key
    from mingzhang.published_cell
    where
        amount is not null
        and (is_total or (length(subject_code) = 3 and measure in ('total', 'amount')))
        and report_key in (select shown_leaf.report_key from shown_leaf)
    group by all
),

member_leaf as (
    select
        unit_key,
        year_key,
        stage,
        statement,
        report_key,
        anchor,
        classification || '_class' as breakdown,
        class_code as member
    from shown_leaf
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
    from shown_leaf
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

-- the cell that prints the sum
summed as (
    select
        structure.*,
        source.report_key as source_key,
        printed.cell_key as printed_key
    from shown as structure
    left join source using (unit_key, year_key, stage, breakdown, member)
    left join printed
        on
            source.report_key = printed.report_key
            and source.statement = printed.form
            and structure.member = printed.member
            and structure.amount = printed.amount
            and printed.breakdown = case structure.breakdown when 'nature' then 'nature' else 'class' end
),

-- else the cells that add up to it
linked as (
    select
        summed.unit_key,
        summed.year_key,
        summed.stage,
        summed.breakdown,
        summed.member,
        list(member_leaf.anchor order by member_leaf.anchor) as cells
    from summed
    inner join member_leaf
        on
            summed.unit_key = member_leaf.unit_key
            and summed.year_key = member_leaf.year_key
            and summed.stage = member_leaf.stage
            and summed.breakdown = member_leaf.breakdown
            and summed.member = member_leaf.member
            and summed.source_key = member_leaf.report_key
    where summed.printed_key is null and member_leaf.anchor is not null
    group by summed.unit_key, summed.year_key, summed.stage, summed.breakdown, summed.member
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
    summed.unit_key,
    summed.year_key,
    summed.stage,
    summed.breakdown,
    summed.member,
    summed.member_name,
    summed.coverage,
    summed.amount,
    summed.share,
    summed.share_of,
    summed.base_amount,
    coalesce(reform.is_break, false) as is_break,
    max(summed.amount) over (partition by summed.unit_key, summed.breakdown, summed.member) as member_total,
    coalesce(summed.source_key, total_of_nature.report_key) as report_key,
    case
        when summed.printed_key is not null then [summed.printed_key]
        when linked.cells is not null then linked.cells
        when total_of_nature.cell_key is not null then [total_of_nature.cell_key]
        else []
    end as cells
from summed
left join reform using (unit_key, year_key, stage, breakdown, member)
left join linked using (unit_key, year_key, stage, breakdown, member)
left join total_of_nature using (unit_key, year_key, stage, breakdown, member, amount)
