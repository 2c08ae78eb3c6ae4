-- execution: budget against final account where a year has both, each side with its cells
-- grain: one unit, year, source of the budget and subject code
with compared as (
    select *
    from mingzhang.budget_execution
    qualify
        count(budget_amount) over (partition by unit_key, year_key, budget_from) > 0
        and count(final_amount) over (partition by unit_key, year_key, budget_from) > 0
),

side as (
    select
        compared.unit_key,
        compared.year_key,
        compared.budget_from,
        coalesce(compared.subject_code, '') as code,
        leaf.stage = 'final' as is_final,
        min(leaf.report_key) as report_key,
        list(leaf.cell_key order by leaf.cell_key) filter (leaf.cell_key is not null) as cells
    from compared
    inner join leaf
        on
            compared.unit_key = leaf.unit_key
            and compared.year_key = leaf.year_key
            and leaf.classification = 'functional'
            and leaf.stage in (compared.budget_from, 'final')
            and starts_with(leaf.code, coalesce(compared.subject_code, ''))
            and (compared.subject_code is not null or leaf.code = '')
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
