-- trend_three_public: “三公”经费趋势 | Travel abroad, vehicles and receptions over the years
-- grain: one unit, stage, category and year
-- stored: it compares every unit with the year before
-- follows: relatives
-- warnings: departments_contain_units, stages_are_versions, leaf_categories
-- columns:
--   unit_key: 单位键（承继后的单位） | Unit, the one that carries on after a succession
--   unit_name: 单位名称 | Name of the unit
--   region: 区划名称 | Name of its region
--   region_level: 区划级别 | Level of its region
--   stage: 阶段 | Stage
--   topic: 主题：three_public“三公”，meeting 会议费，training 培训费，total 含其他项目的合计 | Topic; only rows of one may be added up
--   category: 类别：three_public 恒为“三公”三项之和 | Category; three_public is always the three
--   year_key: 财政年度 | Fiscal year
--   amount: 金额 | Amount | unit: yuan
--   amount_wan: 金额 | Amount | unit: 10,000 yuan
--   is_leaf: 是否末级（仅末级可相加） | Only leaf categories are additive
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
        fact_three_public.stage,
        min(fact_three_public.topic) as topic,
        fact_three_public.category,
        fact_three_public.year_key,
        cast(sum(fact_three_public.amount) as decimal(18, 2)) as amount,
        bool_or(fact_three_public.unit_key <> unit_succession.carried_on_by) as is_restated,
        bool_and(fact_three_public.is_leaf) as is_leaf,
        bool_and(unit_countable.countable) as countable
    from fact_three_public
    inner join unit_succession on fact_three_public.unit_key = unit_succession.unit_key
    inner join unit_countable
        on
            fact_three_public.unit_key = unit_countable.unit_key
            and fact_three_public.year_key = unit_countable.year_key
            and fact_three_public.stage = unit_countable.stage
            and unit_countable.figures = 'three_public'
    where fact_three_public.is_current
    group by
        unit_succession.carried_on_by,
        fact_three_public.stage,
        fact_three_public.category,
        fact_three_public.year_key
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
            partition by unit_key, stage, category
            order by year_key range between 1 preceding and 1 preceding
        ),
        up_to_now as (
            partition by unit_key, stage, category
            order by year_key
        )
)

select
    series.unit_key,
    dim_unit.unit_name,
    region_name(dim_unit.province, dim_unit.city, dim_unit.county) as region,
    dim_unit.region_level,
    series.stage,
    series.topic,
    series.category,
    series.year_key,
    series.amount,
    wan(series.amount) as amount_wan,
    series.is_leaf,
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
