-- expenditure: 支出（按功能科目）：每单位、年度、阶段只取一个来源，可以相加 | Expenditure by function from exactly one source
-- grain: one unit, year, stage, statement, subject and nature
-- stored: choosing one source takes a look at every fact
-- follows: relatives
-- warnings: departments_contain_units, stages_are_versions, derived_rows
-- columns:
--   report_key: 报告键 | Report
--   unit_key: 单位键 | Unit
--   unit_name: 单位名称 | Name of the unit
--   region: 区划名称 | Name of its region
--   region_level: 区划级别 | Level of its region
--   year_key: 财政年度 | Fiscal year
--   stage: 阶段 | Stage
--   statement: 来源报表 | Statement it is taken from
--   coverage: 资金范围：all 全部，appropriation 财政拨款，general 一般公共预算 | What money it covers
--   subject_key: 科目键 | Subject
--   subject_code: 科目编码 | Code of the subject
--   subject_name: 科目名称 | Name of the subject
--   class_code: 类编码 | Code of its class
--   class_name: 类名称 | Name of its class
--   nature: 性质 | Nature
--   amount: 金额 | Amount | unit: yuan
--   amount_wan: 金额 | Amount | unit: 10,000 yuan
--   derived: 是否推算：印出的全部资金合计大于各行之和的差额 | True for the part of a larger printed total that no row says
--   countable: 跨单位相加时是否计入（部门已含所属单位） | Whether it counts when units are added up: departments contain their units
--   cell_key: 来源单元格 | Source cell
with functional as (
    select
        fact_expenditure.*,
        -- tables before text, and of the tables the one that covers most money; the parts of a whole stand together
        case
            when dim_statement.layout = 'prose' then 4
            when dim_statement.fund_scope = 'all' then 1
            when dim_statement.fund_scope = 'appropriation' then 2
            else 3
        end as preference,
        dim_statement.fund_scope
    from fact_expenditure
    inner join dim_statement on fact_expenditure.statement = dim_statement.statement
    where
        fact_expenditure.is_current
        and dim_statement.classification = 'functional'
        and dim_statement.covers = 'all'
),

chosen as (
    select
        *,
        bool_or(fund_scope <> 'general') over (partition by unit_key, year_key, stage) as has_funds
    from functional
    qualify preference = min(preference) over (partition by unit_key, year_key, stage)
),

taken as (
    select
        report_key,
        unit_key,
        year_key,
        stage,
        statement,
        case
            when preference = 1 then 'all'
            when preference = 2 or (preference = 3 and has_funds) then 'appropriation'
            else 'general'
        end as coverage,
        subject_key,
        nature,
        sum(amount) as amount,
        false as derived,
        min(cell_key) as cell_key
    from chosen
    -- over economic classes, units and money beside the subject
    group by all
),

tolerance as (
    select
        unit_key,
        year_key,
        stage,
        statement,
        tolerance
    from statement_total
    where is_current
),

taken_sum as (
    select
        taken.unit_key,
        taken.year_key,
        taken.stage,
        sum(taken.amount) as amount,
        -- one tolerance per statement, however many rows it has
        max(coalesce(tolerance.tolerance, 0)) as tolerance
    from taken
    left join tolerance
        on
            taken.unit_key = tolerance.unit_key
            and taken.year_key = tolerance.year_key
            and taken.stage = tolerance.stage
            and taken.statement = tolerance.statement
    group by taken.unit_key, taken.year_key, taken.stage
),

remainder as (
    select
        printed_total.report_key,
        printed_total.unit_key,
        printed_total.year_key,
        printed_total.stage,
        printed_total.total_from as statement,
        'all' as coverage,
        'none' as subject_key,
        'undivided' as nature,
        printed_total.amount - coalesce(taken_sum.amount, 0) as amount,
        true as derived,
        printed_total.cell_key
    from printed_total
    left join taken_sum
        on
            printed_total.unit_key = taken_sum.unit_key
            and printed_total.year_key = taken_sum.year_key
            and printed_total.stage = taken_sum.stage
    where
        printed_total.total_from in ('expenditure_total', 'balance')
        and printed_total.amount - coalesce(taken_sum.amount, 0) > coalesce(taken_sum.tolerance, 0)
),

everything as (
    select * from taken
    union all
    select * from remainder
)

select
    everything.report_key,
    everything.unit_key,
    dim_unit.unit_name,
    region_name(dim_unit.province, dim_unit.city, dim_unit.county) as region,
    dim_unit.region_level,
    everything.year_key,
    everything.stage,
    everything.statement,
    everything.coverage,
    everything.subject_key,
    dim_subject.code as subject_code,
    dim_subject.name as subject_name,
    dim_subject.class_code,
    dim_subject.class_name,
    everything.nature,
    cast(everything.amount as decimal(18, 2)) as amount,
    wan(everything.amount) as amount_wan,
    everything.derived,
    unit_countable.countable,
    everything.cell_key
from everything
inner join dim_unit on everything.unit_key = dim_unit.unit_key
inner join dim_subject on everything.subject_key = dim_subject.subject_key
inner join unit_countable
    on
        everything.unit_key = unit_countable.unit_key
        and everything.year_key = unit_countable.year_key
        and everything.stage = unit_countable.stage
        and unit_countable.figures = 'expenditure'
