-- trend_expenditure_by_subject: 科目支出趋势，功能与经济分列，承继单位与科目接续 | Expenditure by subject over the years, successions followed
-- grain: one classification, unit, stage, subject and year
-- stored: it compares every subject of every unit with the year before
-- follows: relatives
-- warnings: departments_contain_units, stages_are_versions, classifications_overlap
-- columns:
--   classification: 分类：functional 功能，economic 经济 | functional or economic; never add the two
--   unit_key: 单位键（承继后的单位） | Unit, the one that carries on after a succession
--   unit_name: 单位名称 | Name of the unit
--   region: 区划名称 | Name of its region
--   region_level: 区划级别 | Level of its region
--   stage: 阶段 | Stage
--   subject_key: 科目键（承继后的科目） | Subject, the one that carries on after a reform
--   subject_code: 科目编码 | Code of the subject
--   subject_name: 科目名称 | Name of the subject
--   class_code: 类编码 | Code of its class
--   class_name: 类名称 | Name of its class
--   year_key: 财政年度 | Fiscal year
--   coverage: 资金范围（合并的行不同时取最窄） | What money it covers, the narrowest where rows differ
--   amount: 金额 | Amount | unit: yuan
--   amount_wan: 金额 | Amount | unit: 10,000 yuan
--   is_restated: 是否重述：科目改革后按现行科目归并，金额含原列于其他编码者 | Whether a reform moved amounts here from, or away to, other codes
--   printed_amount: 原列金额：当年印于本编码的金额，未印为空 | Amount printed under this code then, null where none was | unit: yuan
--   printed_amount_wan: 原列金额 | Amount printed under it then | unit: 10,000 yuan
--   is_break: 与上年之间是否有断点：一年已重述而另一年未重述 | Whether a reform lies between this year and the one before
--   printed_codes: 当年印出的编码，以“、”相连 | Codes it was printed under, joined by 、
--   previous_amount: 上年同口径金额，未印为空 | Year before where it covers the same money, else null | unit: yuan
--   previous_amount_wan: 上年同口径金额 | Year before | unit: 10,000 yuan
--   change_amount: 比上年增减 | Change on the year before | unit: yuan
--   change_amount_wan: 比上年增减 | Change on the year before | unit: 10,000 yuan
--   change_rate: 比上年增减率，上年为零或未印则空 | Change as a part of the year before, null where that is zero or not printed
--   first_year: 本系列首个年度 | First year of this series
--   compound_growth: 自首个年度起的年均复合增长率 | Yearly growth that leads from the first year to this one
--   countable: 跨单位相加时是否计入 | Whether it counts when units are added up
with both_classifications as (
    select
        'functional' as classification,
        unit_key,
        stage,
        year_key,
        subject_key,
        coverage,
        amount,
        countable
    from expenditure
    union all
    select
        'economic' as classification,
        unit_key,
        stage,
        year_key,
        subject_key,
        coverage,
        amount,
        countable
    from expenditure_economic
),

carried_on as (
    select
        both_classifications.classification,
        unit_succession.carried_on_by as unit_key,
        both_classifications.stage,
        subject_succession.carried_on_by as subject_key,
        both_classifications.year_key,
        -- all < appropriation < general: the last is the narrowest
        max(both_classifications.coverage) as coverage,
        cast(sum(both_classifications.amount) as decimal(18, 2)) as amount,
        bool_or(both_classifications.subject_key <> subject_succession.carried_on_by) as is_restated,
        cast(
            sum(both_classifications.amount) filter (
                where both_classifications.subject_key = subject_succession.carried_on_by
            ) as decimal(18, 2)
        ) as printed_amount,
        joined_names(array_agg(distinct printed.code) filter (where printed.code is not null)) as printed_codes,
        bool_and(both_classifications.countable) as countable
    from both_classifications
    inner join unit_succession on both_classifications.unit_key = unit_succession.unit_key
    inner join subject_succession on both_classifications.subject_key = subject_succession.subject_key
    inner join dim_subject as printed on both_classifications.subject_key = printed.subject_key
    group by
        both_classifications.classification,
        unit_succession.carried_on_by,
        both_classifications.stage,
        subject_succession.carried_on_by,
        both_classifications.year_key
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
            partition by classification, unit_key, stage, subject_key, coverage
            order by year_key range between 1 preceding and 1 preceding
        ),
        up_to_now as (
            partition by classification, unit_key, stage, subject_key, coverage
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
    series.subject_key,
    dim_subject.code as subject_code,
    dim_subject.name as subject_name,
    dim_subject.class_code,
    dim_subject.class_name,
    series.year_key,
    series.coverage,
    series.amount,
    wan(series.amount) as amount_wan,
    series.is_restated,
    series.printed_amount,
    wan(series.printed_amount) as printed_amount_wan,
    series.is_break,
    series.printed_codes,
    series.previous_amount,
    wan(series.previous_amount) as previous_amount_wan,
    cast(series.amount - series.previous_amount as decimal(18, 2)) as change_amount,
    wan(series.amount - series.previous_amount) as change_amount_wan,
    ratio(series.amount - series.previous_amount, series.previous_amount) as change_rate,
    series.first_year,
    compound_growth(series.amount, series.first_amount, series.year_key - series.first_year) as compound_growth,
    series.countable
from series
inner join dim_subject on series.subject_key = dim_subject.subject_key
inner join dim_unit on series.unit_key = dim_unit.unit_key
