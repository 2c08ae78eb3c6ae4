-- expenditure_economic: 基本支出（按经济科目）：每单位、年度、阶段只取一个来源 | Basic expenditure by economic subject from exactly one source
-- grain: one unit, year, stage, subject and nature
-- stored: choosing one source takes a look at every fact
-- follows: relatives
-- warnings: departments_contain_units, stages_are_versions, economic_is_basic_only
-- columns:
--   report_key: 报告键 | Report
--   unit_key: 单位键 | Unit
--   unit_name: 单位名称 | Name of the unit
--   region: 区划名称 | Name of its region
--   region_level: 区划级别 | Level of its region
--   year_key: 财政年度 | Fiscal year
--   stage: 阶段 | Stage
--   statement: 来源报表 | Statement it is taken from
--   coverage: 资金范围：appropriation 财政拨款，general 一般公共预算 | What money it covers
--   subject_key: 科目键 | Subject
--   subject_code: 科目编码 | Code of the subject
--   subject_name: 科目名称 | Name of the subject
--   class_code: 类编码 | Code of its class
--   class_name: 类名称 | Name of its class
--   nature: 性质：personnel 人员经费，public 公用经费 | Nature: personnel or public
--   amount: 金额 | Amount | unit: yuan
--   amount_wan: 金额 | Amount | unit: 10,000 yuan
--   countable: 跨单位相加时是否计入（部门已含所属单位） | Whether it counts when units are added up: departments contain their units
--   cell_key: 来源单元格 | Source cell
with economic as (
    select
        fact_expenditure.*,
        dim_statement.fund_scope as coverage
    from fact_expenditure
    inner join dim_statement on fact_expenditure.statement = dim_statement.statement
    where
        fact_expenditure.is_current
        and dim_statement.classification = 'economic'
        and dim_statement.covers = 'basic'
    -- the appropriations are the wider of the two
    qualify
        coverage = 'appropriation'
        or not bool_or(coverage = 'appropriation') over (
            partition by fact_expenditure.unit_key, fact_expenditure.year_key, fact_expenditure.stage
        )
),

-- over units and money beside the subject
added as (
    select
        report_key,
        unit_key,
        year_key,
        stage,
        statement,
        coverage,
        subject_key,
        nature,
        sum(amount) as amount,
        min(cell_key) as cell_key
    from economic
    group by all
)

select
    economic.report_key,
    economic.unit_key,
    dim_unit.unit_name,
    region_name(dim_unit.province, dim_unit.city, dim_unit.county) as region,
    dim_unit.region_level,
    economic.year_key,
    economic.stage,
    economic.statement,
    economic.coverage,
    economic.subject_key,
    dim_subject.code as subject_code,
    dim_subject.name as subject_name,
    dim_subject.class_code,
    dim_subject.class_name,
    economic.nature,
    cast(economic.amount as decimal(18, 2)) as amount,
    wan(economic.amount) as amount_wan,
    unit_countable.countable,
    economic.cell_key
from added as economic
inner join dim_unit on economic.unit_key = dim_unit.unit_key
inner join dim_subject on economic.subject_key = dim_subject.subject_key
inner join unit_countable
    on
        economic.unit_key = unit_countable.unit_key
        and economic.year_key = unit_countable.year_key
        and economic.stage = unit_countable.stage
        and unit_countable.figures = 'expenditure_economic'
