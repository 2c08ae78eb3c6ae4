-- trend_expenditure_by_subject: 科目支出趋势，功能与经济分类分列，承继科目接续 | Expenditure by subject over the years, successions followed
-- grain: one classification, unit, stage, subject and year
-- columns:
--   classification: 分类：functional 功能，economic 经济 | functional or economic; never add the two
--   unit_key: 单位键 | Unit
--   stage: 阶段 | Stage
--   subject_key: 科目键（承继后的科目） | Subject, the one that carries on after a reform
--   subject_code: 科目编码 | Code of the subject
--   subject_name: 科目名称 | Name of the subject
--   class_code: 类编码 | Code of its class
--   class_name: 类名称 | Name of its class
--   year_key: 财政年度 | Fiscal year
--   coverage: 资金范围 | What money it covers
--   amount: 金额 | Amount | unit: yuan
--   amount_wan: 金额 | Amount | unit: 10,000 yuan
--   previous_amount: 上年同口径金额，未印为空 | Year before where it covers the same money, else null | unit: yuan
--   change_amount: 比上年增减 | Change on the year before | unit: yuan
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
        both_classifications.unit_key,
        both_classifications.stage,
        coalesce(dim_subject.succeeded_by_key, dim_subject.subject_key) as subject_key,
        both_classifications.year_key,
        min(both_classifications.coverage) as coverage,
        cast(sum(both_classifications.amount) as decimal(18, 2)) as amount,
        bool_and(both_classifications.countable) as countable
    from both_classifications
    inner join dim_subject on both_classifications.subject_key = dim_subject.subject_key
    group by
        both_classifications.classification,
        both_classifications.unit_key,
        both_classifications.stage,
        coalesce(dim_subject.succeeded_by_key, dim_subject.subject_key),
        both_classifications.year_key
),

compared as (
    select
        this_year.*,
        year_before.amount as previous_amount
    from carried_on as this_year
    left join carried_on as year_before
        on
            this_year.classification = year_before.classification
            and this_year.unit_key = year_before.unit_key
            and this_year.stage = year_before.stage
            and this_year.subject_key = year_before.subject_key
            and this_year.coverage = year_before.coverage
            and this_year.year_key = year_before.year_key + 1
)

select
    compared.classification,
    compared.unit_key,
    compared.stage,
    compared.subject_key,
    dim_subject.code as subject_code,
    dim_subject.name as subject_name,
    dim_subject.class_code,
    dim_subject.class_name,
    compared.year_key,
    compared.coverage,
    compared.amount,
    cast(compared.amount * 0.0001 as decimal(20, 6)) as amount_wan,
    compared.previous_amount,
    cast(compared.amount - compared.previous_amount as decimal(18, 2)) as change_amount,
    compared.countable
from compared
inner join dim_subject on compared.subject_key = dim_subject.subject_key
