-- revenue_structure: 收入结构：按来源，财政拨款再按三本预算拆分（表中印有时） | Revenue by source, the appropriation split by budget where printed
-- grain: one unit, year, stage and source
-- stored: it looks for the lines of the balances
-- follows: relatives
-- warnings: departments_contain_units, stages_are_versions
-- columns:
--   unit_key: 单位键 | Unit
--   unit_name: 单位名称 | Name of the unit
--   region: 区划名称 | Name of its region
--   region_level: 区划级别 | Level of its region
--   year_key: 财政年度 | Fiscal year
--   stage: 阶段 | Stage
--   source: 来源：general、fund、state_capital 取代印作一项的财政拨款 | Source; the three budgets take the place of one appropriation
--   amount: 金额 | Amount | unit: yuan
--   amount_wan: 金额 | Amount | unit: 10,000 yuan
--   share: 占本年收入的比重（基数见 base_amount） | Share of the revenue of all sources listed, which base_amount is
--   base_amount: 比重的基数：所列来源之和 | What the shares are of: the sum of the sources | unit: yuan
--   base_amount_wan: 比重的基数 | What the shares are of | unit: 10,000 yuan
--   is_split: 是否由收支总表拆分 | Whether it is from the balance, which splits the appropriation
--   cell_key: 来源单元格 | Source cell
--   countable: 跨单位相加时是否计入 | Whether it counts when units are added up
with source_sum as (
    select
        unit_key,
        year_key,
        stage,
        source,
        cast(sum(amount) as decimal(18, 2)) as amount,
        min(cell_key) as cell_key
    from fact_revenue
    where is_current
    group by unit_key, year_key, stage, source
),

budget_line as (
    select
        unit_key,
        year_key,
        stage,
        replace(measure, 'revenue_', '') as source,
        amount,
        cell_key
    from unit_year_measure
    where measure in ('revenue_general', 'revenue_fund', 'revenue_state_capital') and cell_key is not null
),

-- the lines count only where they come to the appropriation
split as (
    select
        source_sum.unit_key,
        source_sum.year_key,
        source_sum.stage
    from source_sum
    inner join budget_line
        on
            source_sum.unit_key = budget_line.unit_key
            and source_sum.year_key = budget_line.year_key
            and source_sum.stage = budget_line.stage
    where source_sum.source = 'appropriation'
    group by source_sum.unit_key, source_sum.year_key, source_sum.stage
    having abs(max(source_sum.amount) - sum(budget_line.amount)) <= 200
),

member as (
    select
        source_sum.unit_key,
        source_sum.year_key,
        source_sum.stage,
        source_sum.source,
        source_sum.amount,
        source_sum.cell_key,
        false as is_split
    from source_sum
    left join split
        on
            source_sum.unit_key = split.unit_key
            and source_sum.year_key = split.year_key
            and source_sum.stage = split.stage
    where source_sum.source <> 'appropriation' or split.unit_key is null
    union all
    select
        budget_line.unit_key,
        budget_line.year_key,
        budget_line.stage,
        budget_line.source,
        budget_line.amount,
        budget_line.cell_key,
        true as is_split
    from budget_line
    inner join split
        on
            budget_line.unit_key = split.unit_key
            and budget_line.year_key = split.year_key
            and budget_line.stage = split.stage
),

based as (
    select
        *,
        sum(amount) over (partition by unit_key, year_key, stage) as base_amount
    from member
)

select
    based.unit_key,
    dim_unit.unit_name,
    region_name(dim_unit.province, dim_unit.city, dim_unit.county) as region,
    dim_unit.region_level,
    based.year_key,
    based.stage,
    based.source,
    based.amount,
    wan(based.amount) as amount_wan,
    part_of(based.amount, based.base_amount) as share,
    cast(based.base_amount as decimal(18, 2)) as base_amount,
    wan(based.base_amount) as base_amount_wan,
    based.is_split,
    based.cell_key,
    unit_countable.countable
from based
inner join dim_unit on based.unit_key = dim_unit.unit_key
inner join unit_countable
    on
        based.unit_key = unit_countable.unit_key
        and based.year_key = unit_countable.year_key
        and based.stage = unit_countable.stage
        and unit_countable.figures = 'revenue'
