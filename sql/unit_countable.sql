-- unit_countable: 跨单位相加时哪些单位计入：部门已含所属单位 | Which units count when units are added up: departments contain theirs
-- grain: one kind of figures, unit, year and stage
-- stored: so that no view has to look through all facts for it
-- follows: relatives
-- columns:
--   figures: 数字种类：expenditure、expenditure_economic、revenue、three_public、procurement、staff、stated | Kind of figures
--   unit_key: 单位键 | Unit
--   year_key: 财政年度 | Fiscal year
--   stage: 阶段 | Stage
--   countable: 是否计入：同年同阶段各级上级部门都没有数字 | True where no department above, however far, has such figures
with recursive above as (
    select
        unit_key,
        parent_unit_key as above_key,
        1 as steps
    from dim_unit
    where parent_unit_key is not null
    union all
    select
        above.unit_key,
        dim_unit.parent_unit_key as above_key,
        above.steps + 1 as steps
    from above
    inner join dim_unit on above.above_key = dim_unit.unit_key
    -- more levels than any government has: a ring
    where dim_unit.parent_unit_key is not null and above.steps < 20
),

present as (
    select
        if(dim_statement.covers = 'basic', 'expenditure_economic', 'expenditure') as figures,
        fact_expenditure.unit_key,
        fact_expenditure.year_key,
        fact_expenditure.stage
    from fact_expenditure
    inner join dim_statement on fact_expenditure.statement = dim_statement.statement
    where fact_expenditure.is_current and dim_statement.covers in ('all', 'basic')
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
    union
    select
        'procurement' as figures,
        unit_key,
        year_key,
        stage
    from fact_procurement
    where is_current
    union
    select
        'staff' as figures,
        unit_key,
        year_key,
        stage
    from fact_staff
    where is_current
    union
    select
        'stated' as figures,
        unit_key,
        year_key,
        stage
    from fact_stated
    where is_current
),

contained as (
    select distinct
        present.figures,
        present.unit_key,
        present.year_key,
        present.stage
    from present
    inner join above on present.unit_key = above.unit_key
    inner join dim_unit on above.above_key = dim_unit.unit_key and dim_unit.scope = 'department'
    inner join present as department
        on
            above.above_key = department.unit_key
            and above.above_key <> above.unit_key
            and present.figures = department.figures
            and present.year_key = department.year_key
            and present.stage = department.stage
)

select
    present.figures,
    present.unit_key,
    present.year_key,
    present.stage,
    contained.unit_key is null as countable
from present
left join contained
    on
        present.figures = contained.figures
        and present.unit_key = contained.unit_key
        and present.year_key = contained.year_key
        and present.stage = contained.stage
