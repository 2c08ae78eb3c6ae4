-- trend_expenditure_by_unit: 单位支出趋势（按印出的合计），承继单位接续 | Expenditure of a unit over the years, by the printed total
-- grain: one unit, stage and year
-- columns:
--   unit_key: 单位键（承继后的单位） | Unit, the one that carries on after a succession
--   unit_name: 单位名称 | Name of the unit
--   scope: 口径 | department or unit
--   stage: 阶段 | Stage
--   year_key: 财政年度 | Fiscal year
--   coverage: 资金范围 | What money it covers
--   total_from: 合计取自哪张报表 | Statement that prints the total
--   amount: 支出合计 | Total expenditure | unit: yuan
--   amount_wan: 支出合计 | Total expenditure | unit: 10,000 yuan
--   previous_amount: 上年同口径支出合计 | Total of the year before, where it covers the same money | unit: yuan
--   change_amount: 比上年增减 | Change on the year before | unit: yuan
--   change_rate: 比上年增减率 | Change as a part of the year before
with carried_on as (
    select
        coalesce(dim_unit.succeeded_by, dim_unit.unit_key) as unit_key,
        printed_total.stage,
        printed_total.year_key,
        min(printed_total.coverage) as coverage,
        min(printed_total.total_from) as total_from,
        cast(sum(printed_total.amount) as decimal(18, 2)) as amount
    from printed_total
    inner join dim_unit on printed_total.unit_key = dim_unit.unit_key
    group by coalesce(dim_unit.succeeded_by, dim_unit.unit_key), printed_total.stage, printed_total.year_key
),

compared as (
    select
        this_year.*,
        year_before.amount as previous_amount,
        cast(this_year.amount - year_before.amount as decimal(18, 2)) as change_amount
    from carried_on as this_year
    left join carried_on as year_before
        on
            this_year.unit_key = year_before.unit_key
            and this_year.stage = year_before.stage
            and this_year.coverage = year_before.coverage
            and this_year.year_key = year_before.year_key + 1
)

select
    compared.unit_key,
    dim_unit.unit_name,
    dim_unit.scope,
    compared.stage,
    compared.year_key,
    compared.coverage,
    compared.total_from,
    compared.amount,
    cast(compared.amount * 0.0001 as decimal(20, 6)) as amount_wan,
    compared.previous_amount,
    compared.change_amount,
    try_cast(compared.change_amount / nullif(compared.previous_amount, 0) as decimal(18, 6)) as change_rate
from compared
inner join dim_unit on compared.unit_key = dim_unit.unit_key
