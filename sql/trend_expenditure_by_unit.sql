-- trend_expenditure_by_unit: 单位支出趋势（按印出的合计），承继单位接续 | Expenditure of a unit over the years, by the printed total
-- grain: one unit, stage and year
-- stored: it compares every unit with the year before
-- follows: relatives
-- warnings: departments_contain_units, stages_are_versions
-- columns:
--   unit_key: 单位键（承继后的单位） | Unit, the one that carries on after a succession
--   unit_name: 单位名称 | Name of the unit
--   region: 区划名称 | Name of its region
--   region_level: 区划级别 | Level of its region
--   scope: 口径 | department or unit
--   stage: 阶段 | Stage
--   year_key: 财政年度 | Fiscal year
--   coverage: 资金范围（合并的单位不同时取最窄） | What money it covers, the narrowest where several units are one now
--   total_from: 合计取自哪张报表 | Statement that prints the total
--   amount: 支出合计 | Total expenditure | unit: yuan
--   amount_wan: 支出合计 | Total expenditure | unit: 10,000 yuan
--   is_restated: 是否重述：含被承继单位的金额 | Whether it holds amounts of units that this one carries on
--   is_break: 与上年之间是否有断点：一年已重述而另一年未重述 | Whether a succession lies between this year and the one before
--   previous_amount: 上年同口径金额，未印为空 | Year before where it covers the same money, else null | unit: yuan
--   previous_amount_wan: 上年同口径金额 | Year before | unit: 10,000 yuan
--   change_amount: 比上年增减 | Change on the year before | unit: yuan
--   change_amount_wan: 比上年增减 | Change on the year before | unit: 10,000 yuan
--   change_rate: 比上年增减率，上年为零或未印则空 | Change as a part of the year before, null where that is zero or not printed
--   first_year: 本系列首个年度 | First year of this series
--   compound_growth: 自首个年度起的年均复合增长率 | Yearly growth that leads from the first year to this one
--   countable: 跨单位相加时是否计入 | Whether it counts when units are added up
with carried_on as (
    select
        unit_succession.carried_on_by as unit_key,
        printed_total.stage,
        printed_total.year_key,
        -- all < appropriation < general: the last is the narrowest
        max(printed_total.coverage) as coverage,
        min(printed_total.total_from) as total_from,
        cast(sum(printed_total.amount) as decimal(18, 2)) as amount,
        bool_or(printed_total.unit_key <> unit_succession.carried_on_by) as is_restated,
        bool_and(unit_countable.countable) as countable
    from printed_total
    inner join unit_succession on printed_total.unit_key = unit_succession.unit_key
    inner join unit_countable
        on
            printed_total.unit_key = unit_countable.unit_key
            and printed_total.year_key = unit_countable.year_key
            and printed_total.stage = unit_countable.stage
            and unit_countable.figures = 'expenditure'
    group by unit_succession.carried_on_by, printed_total.stage, printed_total.year_key
),

series as (
    select
        *,
        first_value(amount) over year_before as previous_amount,
        coalesce(first_value(is_restated) over year_before <> is_restated, false) as is_break,
        first_value(year_key) over up_to_now as first_year,
        first_value(amount) over up_to_now as first_amount
    from carried_on
    window
        year_before as (
            partition by unit_key, stage, coverage
            order by year_key range between 1 preceding and 1 preceding
        ),
        up_to_now as (
            partition by unit_key, stage, coverage
            order by year_key
        )
)

select
    series.unit_key,
    dim_unit.unit_name,
    region_name(dim_unit.province, dim_unit.city, dim_unit.county) as region,
    dim_unit.region_level,
    dim_unit.scope,
    series.stage,
    series.year_key,
    series.coverage,
    series.total_from,
    series.amount,
    wan(series.amount) as amount_wan,
    series.is_restated,
    series.is_break,
    series.previous_amount,
    wan(series.previous_amount) as previous_amount_wan,
    cast(series.amount - series.previous_amount as decimal(18, 2)) as change_amount,
    wan(series.amount - series.previous_amount) as change_amount_wan,
    ratio(series.amount - series.previous_amount, series.previous_amount) as change_rate,
    series.first_year,
    compound_growth(series.amount, series.first_amount, series.year_key - series.first_year) as compound_growth,
    series.countable
from series
inner join dim_unit on series.unit_key = dim_unit.unit_key
