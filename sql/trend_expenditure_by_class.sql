-- trend_expenditure_by_class: 类级支出趋势：功能类、经济类（工资福利、商品服务等） | Expenditure by class, functional or economic, over the years
-- grain: one classification, unit, stage, class and year
-- stored: it adds up every subject of every unit
-- follows: relatives
-- warnings: departments_contain_units, stages_are_versions, classifications_overlap
-- columns:
--   classification: 分类：functional 功能，economic 经济（基本支出） | functional, or economic (basic expenditure); never add the two
--   unit_key: 单位键（承继后的单位） | Unit, the one that carries on after a succession
--   unit_name: 单位名称 | Name of the unit
--   region: 区划名称 | Name of its region
--   region_level: 区划级别 | Level of its region
--   stage: 阶段 | Stage
--   class_code: 类编码，未分科目为空 | Code of the class; null for 未分科目
--   class_name: 类名称 | Name of the class
--   year_key: 财政年度 | Fiscal year
--   coverage: 资金范围（合并的行不同时取最窄） | What money it covers, the narrowest where rows differ
--   amount: 金额 | Amount | unit: yuan
--   amount_wan: 金额 | Amount | unit: 10,000 yuan
--   is_restated: 是否重述：科目改革后按现行科目归并，金额含原列于其他编码者 | Whether a reform moved amounts here from, or away to, other codes
--   printed_amount: 原列金额：当年印于本类的金额，未印为空 | Amount printed under this class then, null where none was | unit: yuan
--   printed_amount_wan: 原列金额 | Amount printed under it then | unit: 10,000 yuan
--   is_break: 与上年之间是否有断点：一年已重述而另一年未重述 | Whether a reform lies between this year and the one before
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
        classification,
        unit_key,
        stage,
        class_code,
        year_key,
        min(coalesce(class_name, subject_name)) as class_name,
        -- all < appropriation < general: the last is the narrowest
        max(coverage) as coverage,
        cast(sum(amount) as decimal(18, 2)) as amount,
        bool_and(countable) as countable
    from trend_expenditure_by_subject
    group by classification, unit_key, stage, class_code, year_key
),

both_classifications as (
    select
        'functional' as classification,
        unit_key,
        stage,
        class_code,
        year_key,
        amount
    from expenditure
    union all
    select
        'economic' as classification,
        unit_key,
        stage,
        class_code,
        year_key,
        amount
    from expenditure_economic
),

-- by the classes of the year itself, whatever became of their codes
printed as (
    select
        both_classifications.classification,
        unit_succession.carried_on_by as unit_key,
        both_classifications.stage,
        coalesce(both_classifications.class_code, '') as class_code,
        both_classifications.year_key,
        cast(sum(both_classifications.amount) as decimal(18, 2)) as amount
    from both_classifications
    inner join unit_succession on both_classifications.unit_key = unit_succession.unit_key
    group by all
),

marked as (
    select
        carried_on.*,
        printed.amount as printed_amount,
        coalesce(printed.amount <> carried_on.amount, true) as is_restated
    from carried_on
    left join printed
        on
            carried_on.classification = printed.classification
            and carried_on.unit_key = printed.unit_key
            and carried_on.stage = printed.stage
            and coalesce(carried_on.class_code, '') = printed.class_code
            and carried_on.year_key = printed.year_key
),

series as (
    select
        *,
        first_value(amount) over year_before as previous_amount,
        coalesce(first_value(is_restated) over year_before <> is_restated, false) as is_break,
        first_value(year_key) over up_to_now as first_year,
        first_value(amount) over up_to_now as first_amount
    from marked
    window
        year_before as (
            partition by classification, unit_key, stage, class_code, coverage
            order by year_key range between 1 preceding and 1 preceding
        ),
        up_to_now as (
            partition by classification, unit_key, stage, class_code, coverage
            order by year_key
        )
)

select
    series.classification,
    series.unit_key,
    dim_unit.unit_name,
    region_name(dim_unit.province, dim_unit.city, dim_unit.county) as region,
    dim_unit.region_level,
    series.stage,
    series.class_code,
    series.class_name,
    series.year_key,
    series.coverage,
    series.amount,
    wan(series.amount) as amount_wan,
    series.is_restated,
    series.printed_amount,
    wan(series.printed_amount) as printed_amount_wan,
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
