-- budget_execution: 预算执行：年初预算与决算，在双方都印出的最细科目上比较 | Initial budget against final account at the finest subject both print
-- grain: one unit, year, source of the budget and subject code
-- columns:
--   unit_key: 单位键 | Unit
--   unit_name: 单位名称 | Name of the unit
--   year_key: 财政年度 | Fiscal year
--   subject_code: 科目编码（较细一方已归并），未分科目为空 | Code compared at, the finer side rolled up; null for 未分科目
--   subject_name: 科目名称 | Name of the subject
--   level: 比较级次：1 类，2 款，3 项 | Level compared at: 1 class, 2 section, 3 item
--   budget_amount: 年初预算，未印为空 | Initial budget, null where not printed | unit: yuan
--   final_amount: 决算，未印为空 | Final account, null where not printed | unit: yuan
--   difference: 决算减年初预算，缺一方为空 | Final minus budget, null where a side is missing | unit: yuan
--   execution_rate: 决算与年初预算之比 | Final as a part of the budget
--   budget_from: 年初预算取自：budget 部门预算，initial_budget 决算所载年初预算，都没有为空 | Where the budget is from
--   budget_coverage: 年初预算资金范围 | What money the budget covers
--   final_coverage: 决算资金范围 | What money the final account covers
with side as (
    select
        unit_key,
        year_key,
        stage,
        coalesce(subject_code, '') as code,
        min(coverage) as coverage,
        sum(amount) as amount
    from expenditure
    where stage in ('budget', 'initial_budget', 'final')
    group by unit_key, year_key, stage, coalesce(subject_code, '')
),

-- the published budget and what the final account says it was are compared apart
comparison as (
    select
        unit_key,
        year_key,
        unnest(coalesce(list(distinct stage order by stage) filter (where stage <> 'final'), ['none'])) as budget_from
    from side
    group by unit_key, year_key
),

both_sides as (
    select
        comparison.unit_key,
        comparison.year_key,
        comparison.budget_from,
        case when side.stage = 'final' then 'final' else 'budget' end as book,
        side.code,
        side.coverage,
        side.amount
    from comparison
    inner join side
        on
            comparison.unit_key = side.unit_key
            and comparison.year_key = side.year_key
            and side.stage in (comparison.budget_from, 'final')
),

rolled as (
    select
        own.unit_key,
        own.year_key,
        own.budget_from,
        own.book,
        own.coverage,
        own.amount,
        -- leaves of one book never contain each other, so at most one code of the other book contains this one
        coalesce(wider.code, own.code) as code
    from both_sides as own
    left join both_sides as wider
        on
            own.unit_key = wider.unit_key
            and own.year_key = wider.year_key
            and own.budget_from = wider.budget_from
            and own.book <> wider.book
            and wider.code <> ''
            and length(wider.code) < length(own.code)
            and starts_with(own.code, wider.code)
),

added as (
    select
        unit_key,
        year_key,
        budget_from,
        book,
        code,
        min(coverage) as coverage,
        cast(sum(amount) as decimal(18, 2)) as amount
    from rolled
    group by unit_key, year_key, budget_from, book, code
),

budget as (
    select * from added
    where book = 'budget'
),

final as (
    select * from added
    where book = 'final'
),

compared as (
    select
        coalesce(budget.unit_key, final.unit_key) as unit_key,
        coalesce(budget.year_key, final.year_key) as year_key,
        coalesce(budget.code, final.code) as code,
        budget.amount as budget_amount,
        final.amount as final_amount,
        coalesce(budget.budget_from, final.budget_from) as budget_from,
        budget.coverage as budget_coverage,
        final.coverage as final_coverage
    from budget
    full join final
        on
            budget.unit_key = final.unit_key
            and budget.year_key = final.year_key
            and budget.budget_from = final.budget_from
            and budget.code = final.code
),

subject_name as (
    select
        code,
        arg_max(name, coalesce(valid_from, 0)) as name
    from dim_subject
    where classification = 'functional'
    group by code
)

select
    compared.unit_key,
    dim_unit.unit_name,
    compared.year_key,
    nullif(compared.code, '') as subject_code,
    coalesce(subject_name.name, '未分科目') as subject_name,
    case length(compared.code) when 3 then 1 when 5 then 2 when 7 then 3 end as level,
    compared.budget_amount,
    compared.final_amount,
    cast(compared.final_amount - compared.budget_amount as decimal(18, 2)) as difference,
    try_cast(compared.final_amount / nullif(compared.budget_amount, 0) as decimal(18, 6)) as execution_rate,
    nullif(compared.budget_from, 'none') as budget_from,
    compared.budget_coverage,
    compared.final_coverage
from compared
inner join dim_unit on compared.unit_key = dim_unit.unit_key
left join subject_name on compared.code = subject_name.code
