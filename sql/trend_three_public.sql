-- trend_three_public: “三公”经费趋势 | Travel abroad, vehicles and receptions over the years
-- grain: one unit, stage, category and year
-- columns:
--   unit_key: 单位键（承继后的单位） | Unit, the one that carries on after a succession
--   unit_name: 单位名称 | Name of the unit
--   stage: 阶段 | Stage
--   category: 类别 | Category
--   year_key: 财政年度 | Fiscal year
--   amount: 金额 | Amount | unit: yuan
--   amount_wan: 金额 | Amount | unit: 10,000 yuan
--   is_leaf: 是否末级（仅末级可相加） | Only leaf categories are additive
--   previous_amount: 上年金额，未印为空 | Amount of the year before, null where not printed | unit: yuan
--   change_amount: 比上年增减 | Change on the year before | unit: yuan
with carried_on as (
    select
        coalesce(dim_unit.succeeded_by, dim_unit.unit_key) as unit_key,
        fact_three_public.stage,
        fact_three_public.category,
        fact_three_public.year_key,
        cast(sum(fact_three_public.amount) as decimal(18, 2)) as amount,
        bool_and(fact_three_public.is_leaf) as is_leaf
    from fact_three_public
    inner join dim_unit on fact_three_public.unit_key = dim_unit.unit_key
    where fact_three_public.is_current
    group by
        coalesce(dim_unit.succeeded_by, dim_unit.unit_key),
        fact_three_public.stage,
        fact_three_public.category,
        fact_three_public.year_key
),

compared as (
    select
        this_year.*,
        year_before.amount as previous_amount
    from carried_on as this_year
    left join carried_on as year_before
        on
            this_year.unit_key = year_before.unit_key
            and this_year.stage = year_before.stage
            and this_year.category = year_before.category
            and this_year.year_key = year_before.year_key + 1
)

select
    compared.unit_key,
    dim_unit.unit_name,
    compared.stage,
    compared.category,
    compared.year_key,
    compared.amount,
    cast(compared.amount * 0.0001 as decimal(20, 6)) as amount_wan,
    compared.is_leaf,
    compared.previous_amount,
    cast(compared.amount - compared.previous_amount as decimal(18, 2)) as change_amount
from compared
inner join dim_unit on compared.unit_key = dim_unit.unit_key
