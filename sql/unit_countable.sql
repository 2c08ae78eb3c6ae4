-- unit_countable: 跨单位相加时哪些单位计入：部门已含所属单位 | Which units count when units are added up: departments contain theirs
-- grain: one kind of figures, unit, year and stage
-- stored: so that no view has to look through all facts for it
-- columns:
--   figures: 数字种类：expenditure、expenditure_economic、revenue、three_public | Kind of figures
--   unit_key: 单位键 | Unit
--   year_key: 财政年度 | Fiscal year
--   stage: 阶段 | Stage
--   countable: 是否计入：部门，或同年同阶段没有部门数字的单位 | True for departments, and for units whose department says nothing
with present as (
    select
        case
            when statement in ('basic_economic', 'appropriation_basic_economic') then 'expenditure_economic'
            else 'expenditure'
        end as figures,
        unit_key,
        year_key,
        stage
    from fact_expenditure
    where is_current and statement <> 'operating_cost'
    union
    select
        'expenditure' as figures,
        unit_key,
        year_key,
        stage
    from printed_total
    union
    select
        'revenue' as figures,
        unit_key,
        year_key,
        stage
    from fact_revenue
    where is_current
    union
    select
        'three_public' as figures,
        unit_key,
        year_key,
        stage
    from fact_three_public
    where is_current
),

scoped as (
    select
        present.*,
        dim_unit.scope,
        dim_unit.parent_unit_key
    from present
    inner join dim_unit on present.unit_key = dim_unit.unit_key
)

select
    scoped.figures,
    scoped.unit_key,
    scoped.year_key,
    scoped.stage,
    scoped.scope = 'department' or department.unit_key is null as countable
from scoped
left join scoped as department
    on
        scoped.parent_unit_key = department.unit_key
        and scoped.figures = department.figures
        and scoped.year_key = department.year_key
        and scoped.stage = department.stage
        and department.scope = 'department'
