-- execution: budget against final account where a year has both, each side with its cells
-- grain: one unit, year, source of the budget and subject code
with compared as (
    select *
    from mingzhang.budget_execution
    where unit_key in (select wanted.key from wanted)
    qualify
        count(budget_amount) over (partition by unit_key, year_key, budget_from) > 0
        and count(final_amount) over (partition by unit_key, year_key, budget_from) > 0
),

-- a final account compared with a general budget stands in the statement of that money
origin as (
    select
        unit_key,
        year_key,
        stage,
        code,
        report_key,
        anchor,
        true as is_leaf,
        statement in ('general_expenditure', 'narrative') as is_general
    from leaf
    where classification = 'functional'
    union all
    select
        fact.unit_key,
        fact.year_key,
        fact.stage,
        dim_subject.code,
        fact.report_key,
        fact.cell_key as anchor,
        false as is_leaf,
        true as is_general
    from mingzhang.fact_expenditure as fact
    inner join mingzhang.dim_subject on fact.subject_key = dim_subject.subject_key
    where fact.is_current and fact.stage = 'final' and fact.statement = 'general_expenditure'
),

side as (
    select
        compared.unit_key,
        compared.year_key,
        compared.budget_from,
        coalesce(compared.subject_code, '') as code,
        origin.stage = 'final' as is_final,
        min(origin.report_key) as report_key,
        list(distinct origin.anchor order by origin.anchor) filter (origin.anchor is not null) as cells
    from compared
    inner join origin
        on
            compared.unit_key = origin.unit_key
            and compared.year_key = origin.year_key
            and origin.stage in (compared.budget_from, 'final')
            and starts_with(origin.code, coalesce(compared.subject_code, ''))
            and (compared.subject_code is not null or origin.code = '')
            and if(origin.stage = 'final' and compared.final_coverage = 'general', origin.is_general, origin.is_leaf)
    group by all
)

select
    compared.unit_key,
    compared.year_key,
    compared.budget_from,
    compared.subject_code,
    compared.subject_name,
    compared.budget_amount,
    compared.final_amount,
    compared.difference,
    compared.execution_rate,
    compared.budget_coverage,
    compared.final_coverage,
    budget.report_key as budget_report_key,
    coalesce(budget.cells, []) as budget_cells,
    final.report_key as final_report_key,
    coalesce(final.cells, []) as final_cells
from compared
left join side as budget
    on
        compared.unit_key = budget.unit_key
        and compared.year_key = budget.year_key
        and compared.budget_from = budget.budget_from
        and coalesce(compared.subject_code, '') = budget.code
        and not budget.is_final
left join side as final
    on
        compared.unit_key = final.unit_key
        and compared.year_key = final.year_key
        and compared.budget_from = final.budget_from
        and coalesce(compared.subject_code, '') = final.code
        and final.is_final
order by
    compared.unit_key,
    compared.year_key,
    compared.budget_from,
    greatest(compared.budget_amount, compared.final_amount) desc,
    compared.subject_code
