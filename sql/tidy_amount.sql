-- tidy_amount: 长表：支出、经济科目、收入、“三公”、会议费、培训费与合计各成一个主题，供数据透视 | Every additive amount in one long table, for pivoting
-- grain: one topic, unit, year, stage, statement, subject and member
-- warnings: one_topic_at_a_time, departments_contain_units, stages_are_versions
-- columns:
--   topic: 主题：total、expenditure、economic、revenue、three_public、meeting、training，不可相加 | Topic; add up one only
--   unit_key: 单位键 | Unit
--   unit_name: 单位名称 | Name of the unit
--   scope: 口径 | department or unit
--   province: 省级 | Province
--   city: 地级 | Prefecture
--   county: 县级 | County
--   year_key: 财政年度 | Fiscal year
--   stage: 阶段 | Stage
--   statement: 来源报表 | Statement it is taken from
--   coverage: 资金范围，收入与“三公”为空 | What money it covers; null for revenue and three_public
--   class_code: 类编码 | Code of the class
--   class_name: 类名称 | Name of the class
--   subject_code: 科目编码 | Code of the subject
--   subject_name: 科目名称 | Name of the subject
--   member: 性质、来源或“三公”类别 | Nature, source or category
--   amount: 金额 | Amount | unit: yuan
--   amount_wan: 金额 | Amount | unit: 10,000 yuan
--   countable: 跨单位相加时是否计入 | Whether it counts when units are added up
--   cell_key: 来源单元格 | Source cell
with counted as (
    select
        'revenue' as topic,
        'revenue' as figures,
        unit_key,
        year_key,
        stage,
        'revenue' as statement,
        null as coverage,
        subject_key,
        source as member,
        amount,
        cell_key
    from fact_revenue
    where is_current
    union all
    select
        topic,
        'three_public' as figures,
        unit_key,
        year_key,
        stage,
        'three_public' as statement,
        null as coverage,
        null as subject_key,
        category as member,
        amount,
        cell_key
    from fact_three_public
    where is_current and is_leaf and topic <> 'total'
    union all
    select
        'total' as topic,
        'expenditure' as figures,
        unit_key,
        year_key,
        stage,
        total_from as statement,
        coverage,
        null as subject_key,
        'total' as member,
        amount,
        cell_key
    from printed_total
),

figure as (
    select
        counted.topic,
        counted.unit_key,
        counted.year_key,
        counted.stage,
        counted.statement,
        counted.coverage,
        counted.subject_key,
        counted.member,
        counted.amount,
        counted.cell_key,
        unit_countable.countable
    from counted
    inner join unit_countable
        on
            counted.figures = unit_countable.figures
            and counted.unit_key = unit_countable.unit_key
            and counted.year_key = unit_countable.year_key
            and counted.stage = unit_countable.stage
    union all
    select
        'expenditure' as topic,
        unit_key,
        year_key,
        stage,
        statement,
        coverage,
        subject_key,
        nature as member,
        amount,
        cell_key,
        countable
    from expenditure
    union all
    select
        'economic' as topic,
        unit_key,
        year_key,
        stage,
        statement,
        coverage,
        subject_key,
        nature as member,
        amount,
        cell_key,
        countable
    from expenditure_economic
)

select
    figure.topic,
    figure.unit_key,
    dim_unit.unit_name,
    dim_unit.scope,
    dim_unit.province,
    dim_unit.city,
    dim_unit.county,
    figure.year_key,
    figure.stage,
    figure.statement,
    figure.coverage,
    dim_subject.class_code,
    dim_subject.class_name,
    dim_subject.code as subject_code,
    dim_subject.name as subject_name,
    figure.member,
    figure.amount,
    wan(figure.amount) as amount_wan,
    figure.countable,
    figure.cell_key
from figure
inner join dim_unit on figure.unit_key = dim_unit.unit_key
left join dim_subject on figure.subject_key = dim_subject.subject_key
