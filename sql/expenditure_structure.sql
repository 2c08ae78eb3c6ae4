-- expenditure_structure: 支出结构：按功能类、性质、经济类的占比 | Shares of a unit's expenditure by class, nature and economic class
-- grain: one unit, year, stage, breakdown and member
-- columns:
--   unit_key: 单位键 | Unit
--   unit_name: 单位名称 | Name of the unit
--   year_key: 财政年度 | Fiscal year
--   stage: 阶段 | Stage
--   breakdown: 结构：functional_class 功能类，nature 性质，economic_class 经济类（基本支出） | What the shares are by
--   member: 编码或性质 | Code or nature
--   member_name: 名称 | Name
--   coverage: 资金范围 | What money it covers
--   amount: 金额 | Amount | unit: yuan
--   amount_wan: 金额 | Amount | unit: 10,000 yuan
--   share: 占比（0 到 1） | Share of the breakdown's sum, 0 to 1
with member_row as (
    select
        unit_key,
        year_key,
        stage,
        'functional_class' as breakdown,
        coalesce(class_code, '') as member,
        coalesce(class_name, subject_name) as member_name,
        coverage,
        amount
    from expenditure
    union all
    select
        unit_key,
        year_key,
        stage,
        'nature' as breakdown,
        nature as member,
        nature as member_name,
        coverage,
        amount
    from expenditure
    union all
    select
        unit_key,
        year_key,
        stage,
        'economic_class' as breakdown,
        coalesce(class_code, '') as member,
        coalesce(class_name, subject_name) as member_name,
        coverage,
        amount
    from expenditure_economic
),

member_sum as (
    select
        unit_key,
        year_key,
        stage,
        breakdown,
        member,
        min(member_name) as member_name,
        min(coverage) as coverage,
        cast(sum(amount) as decimal(18, 2)) as amount
    from member_row
    group by unit_key, year_key, stage, breakdown, member
),

shared as (
    select
        *,
        sum(amount) over (partition by unit_key, year_key, stage, breakdown) as whole
    from member_sum
)

select
    shared.unit_key,
    dim_unit.unit_name,
    shared.year_key,
    shared.stage,
    shared.breakdown,
    shared.member,
    shared.member_name,
    shared.coverage,
    shared.amount,
    cast(shared.amount * 0.0001 as decimal(20, 6)) as amount_wan,
    try_cast(shared.amount / nullif(shared.whole, 0) as decimal(9, 6)) as share
from shared
inner join dim_unit on shared.unit_key = dim_unit.unit_key
