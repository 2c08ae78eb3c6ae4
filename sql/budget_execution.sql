-- budget_execution: 预算执行：年初预算与决算，在双方都印出的最细科目上比较 | Initial budget against final account at the finest subject both print
-- grain: one unit, year, source of the budget and subject code
-- stored: it compares every subject of every unit
-- follows: relatives
-- warnings: departments_contain_units, one_budget_at_a_time
-- columns:
--   unit_key: 单位键 | Unit
--   unit_name: 单位名称 | Name of the unit
--   region: 区划名称 | Name of its region
--   region_level: 区划级别 | Level of its region
--   year_key: 财政年度 | Fiscal year
--   subject_code: 科目编码（较细一方已归并），未分科目为空 | Code compared at, the finer side rolled up; null for 未分科目
--   subject_name: 科目名称 | Name of the subject
--   level: 比较级次：1 类，2 款，3 项 | Level compared at: 1 class, 2 section, 3 item
--   budget_amount: 年初预算，未印为空 | Initial budget, null where not printed | unit: yuan
--   budget_amount_wan: 年初预算 | Initial budget | unit: 10,000 yuan
--   final_amount: 决算，未印为空 | Final account, null where not printed | unit: yuan
--   final_amount_wan: 决算 | Final account | unit: 10,000 yuan
--   difference: 决算减年初预算，缺一方为空 | Final minus budget, null where a side is missing | unit: yuan
--   execution_rate: 决算与年初预算之比，资金范围不同则为空 | Final as a part of the budget; null where the two cover different money
--   budget_from: 年初预算取自：budget 部门预算，initial_budget 决算所载年初预算，都没有为空 | Where the budget is from
--   budget_coverage: 年初预算资金范围 | What money the budget covers
--   final_coverage: 决算资金范围，优先与预算相同；其他资金另列 | What money the final covers, the budget's if printed; other money apart
--   countable: 跨单位相加时是否计入 | Whether it counts when units are added up
with printed as (
    select
        unit_key,
        year_key,
        stage,
        coverage,
        coalesce(subject_code, '') as code,
        amount,
        derived
    from expenditure
    where stage in ('budget', 'initial_budget', 'final')
),

-- what money the rows of a unit cover; the derived rest covers all and says nothing about the others
covered as (
    select
        unit_key,
        year_key,
        stage,
        coalesce(max(coverage) filter (where not derived), 'all') as coverage
    from printed
    group by unit_key, year_key, stage
),

-- a budget of the general public budget is compared with the statement of the same money
general_final as (
    select
        fact_expenditure.unit_key,
        fact_expenditure.year_key,
        'general' as coverage,
        dim_subject.code,
        fact_expenditure.amount
    from fact_expenditure
    inner join dim_subject on fact_expenditure.subject_key = dim_subject.subject_key
    where
        fact_expenditure.is_current
        and fact_expenditure.stage = 'final'
        and fact_expenditure.statement = 'general_expenditure'
        and dim_subject.code is not null
),

general_unit as (
    select distinct
        unit_key,
        year_key
    from general_final
),

-- the published budget and what the final account says it was are compared apart
comparison as (
    select
        unit_key,
        year_key,
        stage as budget_from
    from covered
    where stage <> 'final'
    union all
    select
        unit_key,
        year_key,
        'none' as budget_from
    from covered
    group by unit_key, year_key
    having bool_and(stage = 'final')
),

pairing as (
    select
        comparison.*,
        coalesce(
            budget.coverage = 'general' and final.coverage <> 'general' and general_unit.unit_key is not null, false
        ) as takes_general
    from comparison
    left join covered as budget
        on
            comparison.unit_key = budget.unit_key
            and comparison.year_key = budget.year_key
            and comparison.budget_from = budget.stage
    left join covered as final
        on
            comparison.unit_key = final.unit_key
            and comparison.year_key = final.year_key
            and final.stage = 'final'
    left join general_unit
        on comparison.unit_key = general_unit.unit_key and comparison.year_key = general_unit.year_key
),

side as (
    select
        pairing.unit_key,
        pairing.year_key,
        pairing.budget_from,
        case when printed.stage = 'final' then 'final' else 'budget' end as book,
        printed.code,
        printed.coverage,
        printed.amount
    from pairing
    inner join printed
        on
            pairing.unit_key = printed.unit_key
            and pairing.year_key = printed.year_key
            and (pairing.budget_from = printed.stage or (not pairing.takes_general and printed.stage = 'final'))
            -- the rest that no row says covers all money
            and not (pairing.takes_general and printed.derived)
    union all
    select
        pairing.unit_key,
        pairing.year_key,
        pairing.budget_from,
        'final' as book,
        general_final.code,
        general_final.coverage,
        general_final.amount
    from pairing
    inner join general_final
        on
            pairing.unit_key = general_final.unit_key
            and pairing.year_key = general_final.year_key
            and pairing.takes_general
),

both_sides as (
    select
        unit_key,
        year_key,
        budget_from,
        book,
        code,
        max(coverage) as coverage,
        sum(amount) as amount
    from side
    group by unit_key, year_key, budget_from, book, code
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
        max(coverage) as coverage,
        cast(sum(amount) as decimal(18, 2)) as amount
    from rolled
    group by unit_key, year_key, budget_from, book, code
),

budget as (
    select * from added
    where book = 'budget'
),

-- what only other money pays for, such as the government funds, has no such budget; it is no part of the rows above
other_money as (
    select
        pairing.unit_key,
        pairing.year_key,
        pairing.budget_from,
        printed.code,
        max(printed.coverage) as coverage,
        cast(sum(printed.amount) as decimal(18, 2)) as amount
    from pairing
    inner join printed
        on
            pairing.unit_key = printed.unit_key
            and pairing.year_key = printed.year_key
            and pairing.takes_general
            and printed.stage = 'final'
            and not printed.derived
    anti join general_final
        on
            printed.unit_key = general_final.unit_key
            and printed.year_key = general_final.year_key
            and (starts_with(printed.code, general_final.code) or starts_with(general_final.code, printed.code))
    group by pairing.unit_key, pairing.year_key, pairing.budget_from, printed.code
),

final as (
    select
        unit_key,
        year_key,
        budget_from,
        code,
        coverage,
        amount
    from added
    where book = 'final'
    union all
    select
        unit_key,
        year_key,
        budget_from,
        code,
        coverage,
        amount
    from other_money
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

countable_unit as (
    select
        unit_key,
        year_key,
        bool_and(countable) as countable
    from unit_countable
    where figures = 'expenditure' and stage in ('budget', 'initial_budget', 'final')
    group by unit_key, year_key
),

subject_name as (
    select
        code,
        max_by(name, coalesce(valid_from, 0)) as name
    from dim_subject
    where classification = 'functional'
    group by code
)

select
    compared.unit_key,
    dim_unit.unit_name,
    region_name(dim_unit.province, dim_unit.city, dim_unit.county) as region,
    dim_unit.region_level,
    compared.year_key,
    nullif(compared.code, '') as subject_code,
    coalesce(subject_name.name, '未分科目') as subject_name,
    case length(compared.code) when 3 then 1 when 5 then 2 when 7 then 3 end as level,
    compared.budget_amount,
    wan(compared.budget_amount) as budget_amount_wan,
    compared.final_amount,
    wan(compared.final_amount) as final_amount_wan,
    cast(compared.final_amount - compared.budget_amount as decimal(18, 2)) as difference,
    case
        when compared.budget_coverage = compared.final_coverage
            then ratio(compared.final_amount, compared.budget_amount)
    end as execution_rate,
    nullif(compared.budget_from, 'none') as budget_from,
    compared.budget_coverage,
    compared.final_coverage,
    countable_unit.countable
from compared
inner join dim_unit on compared.unit_key = dim_unit.unit_key
left join subject_name on compared.code = subject_name.code
left join countable_unit on compared.unit_key = countable_unit.unit_key and compared.year_key = countable_unit.year_key
