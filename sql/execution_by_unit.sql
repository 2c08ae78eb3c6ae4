-- execution_by_unit: 单位预算执行率：同一资金范围的预算与决算，旁列公布的完成率 | Execution of a unit's budget, comparable funds
-- grain: one unit, year, source of the budget and range of funds
-- stored: it compares every unit
-- follows: relatives
-- warnings: departments_contain_units, one_budget_at_a_time
-- columns:
--   unit_key: 单位键 | Unit
--   unit_name: 单位名称 | Name of the unit
--   region: 区划名称 | Name of its region
--   region_level: 区划级别 | Level of its region
--   year_key: 财政年度 | Fiscal year
--   budget_from: 预算取自：budget 部门预算，initial_budget 年初预算、adjusted_budget 全年预算（决算所载） | Where the budget is from
--   coverage: 资金范围，预算与决算相同：all 全部，appropriation 财政拨款，general 一般公共预算 | What money both cover
--   is_widest: 是否该单位该预算可比的最宽资金范围 | Whether it is the widest range of funds that both cover
--   budget_amount: 预算 | Budget | unit: yuan
--   budget_amount_wan: 预算 | Budget | unit: 10,000 yuan
--   final_amount: 决算 | Final account | unit: yuan
--   final_amount_wan: 决算 | Final account | unit: 10,000 yuan
--   execution_rate: 决算为预算的几倍（1 为恰好完成） | Final as a part of the budget, 1 where it is just executed
--   published_rate: 公布的完成率，未公布为空 | Rate as the report states it, null where it states none
--   budget_key: 预算的来源单元格或叙述 | Cell or sentence of the budget
--   final_key: 决算的来源单元格或叙述 | Cell or sentence of the final account
--   published_key: 公布完成率的叙述 | Sentence that states the rate
--   is_derived: 预算是否由各科目年初预算相加 | Whether the budget is the sum of the initial budgets of subjects
--   countable: 跨单位相加时是否计入 | Whether it counts when units are added up
with total as (
    select
        unit_key,
        year_key,
        stage,
        case when measure = 'expenditure_general' then 'general' else coverage end as coverage,
        amount,
        coalesce(cell_key, disclosure_key) as source_key,
        false as is_derived,
        countable,
        -- a total of all funds that is stated goes before one that covers less
        if(measure = 'expenditure', 1, 2) as place
    from unit_year_measure
    where measure in ('expenditure', 'expenditure_general') and amount is not null
    union all
    select
        unit_key,
        year_key,
        stage,
        max(coverage) as coverage,
        cast(sum(amount) as decimal(18, 2)) as amount,
        null as source_key,
        true as is_derived,
        bool_and(countable) as countable,
        3 as place
    from expenditure
    where stage = 'initial_budget' and statement = 'narrative'
    group by unit_key, year_key, stage
),

once as (
    select *
    from total
    where coverage in ('all', 'appropriation', 'general')
    qualify row_number() over (partition by unit_key, year_key, stage, coverage order by place) = 1
),

rate as (
    select
        unit_key,
        year_key,
        case measure
            when 'execution_rate' then 'all'
            when 'execution_rate_appropriation' then 'appropriation'
            else 'general'
        end as coverage,
        cast(value * 0.01 as decimal(18, 6)) as published_rate,
        disclosure_key as published_key
    from unit_year_measure
    where measure in ('execution_rate', 'execution_rate_appropriation', 'execution_rate_general')
)

select
    budget.unit_key,
    dim_unit.unit_name,
    region_name(dim_unit.province, dim_unit.city, dim_unit.county) as region,
    dim_unit.region_level,
    budget.year_key,
    budget.stage as budget_from,
    budget.coverage,
    row_number() over (
        partition by budget.unit_key, budget.year_key, budget.stage order by budget.coverage
    ) = 1 as is_widest,
    budget.amount as budget_amount,
    wan(budget.amount) as budget_amount_wan,
    final.amount as final_amount,
    wan(final.amount) as final_amount_wan,
    ratio(final.amount, budget.amount) as execution_rate,
    if(budget.stage = 'budget', null, rate.published_rate) as published_rate,
    budget.source_key as budget_key,
    final.source_key as final_key,
    if(budget.stage = 'budget', null, rate.published_key) as published_key,
    budget.is_derived,
    coalesce(budget.countable, true) and coalesce(final.countable, true) as countable
from once as budget
inner join once as final
    on
        budget.unit_key = final.unit_key
        and budget.year_key = final.year_key
        and budget.coverage = final.coverage
        and final.stage = 'final'
inner join dim_unit on budget.unit_key = dim_unit.unit_key
left join rate
    on
        budget.unit_key = rate.unit_key
        and budget.year_key = rate.year_key
        and budget.coverage = rate.coverage
where budget.stage <> 'final'
