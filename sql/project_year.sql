-- project_year: 项目一览：每个项目一行，合计等于公布的项目支出 | One row per project, adding up to the printed project expenditure
-- grain: one unit, year, stage and project
-- stored: one of several places that list the projects is chosen for every unit
-- follows: relatives
-- warnings: departments_contain_units, stages_are_versions, derived_rows
-- columns:
--   unit_key: 单位键 | Unit
--   unit_name: 单位名称 | Name of the unit
--   region: 区划名称 | Name of its region
--   region_level: 区划级别 | Level of its region
--   year_key: 财政年度 | Fiscal year
--   stage: 阶段 | Stage
--   project: 项目名称；与公布合计的差额为“未列明项目” | Project; 未列明项目 for the rest of the printed total
--   amount: 金额 | Amount | unit: yuan
--   amount_wan: 金额 | Amount | unit: 10,000 yuan
--   budget_amount: 决算行所载该项目预算 | Budget of the project as the final account states it | unit: yuan
--   budget_amount_wan: 该项目预算 | Budget of the project | unit: 10,000 yuan
--   execution_rate: 决算为该预算的几倍 | Final as a part of that budget
--   share: 占公布项目支出合计的比重，无合计为空 | Share of the printed project expenditure, null without one
--   printed_total: 公布的项目支出合计 | Printed project expenditure | unit: yuan
--   derived: 是否推算：公布合计与所列项目之差 | True for the rest of the printed total, or what is listed beyond it
--   section: 取自何处 | Where the projects are listed
--   report_key: 报告键 | Report
--   page: 页码 | Page, null for text sources
--   source_line: 行号 | Line, text sources only
--   countable: 跨单位相加时是否计入 | Whether it counts when units are added up
with listed as (
    select
        fact_project.report_key,
        fact_project.unit_key,
        fact_project.year_key,
        dim_report.stage,
        fact_project.project,
        fact_project.section,
        fact_project.row_no,
        fact_project.page,
        fact_project.source_line,
        fact_project.budget_amount,
        if(dim_report.stage = 'final', fact_project.final_amount, fact_project.budget_amount) as amount,
        -- forms of single projects are one list: what their titles have in common
        form_title(fact_project.section, fact_project.project) as place
    from fact_project
    inner join dim_report on fact_project.report_key = dim_report.report_key
    where
        fact_project.is_current
        and fact_project.kind = 'current'
        and fact_project.item = ''
        and fact_project.is_leaf
        and not regexp_matches(fact_project.project, '个项目合计')
),

-- rows of one project are its parts by subject or unit, or the same money once more: which, the printed total tells
counted as (
    select
        report_key,
        unit_key,
        year_key,
        stage,
        place,
        'parts' as variant,
        project,
        sum(amount) as amount,
        sum(budget_amount) as budget_amount,
        min_by(section, row_no) filter (where section is not null) as section,
        min_by(page, row_no) filter (where page is not null) as page,
        min_by(source_line, row_no) filter (where source_line is not null) as source_line
    from listed
    where amount is not null
    group by report_key, unit_key, year_key, stage, place, project
    union all
    select
        report_key,
        unit_key,
        year_key,
        stage,
        place,
        'once' as variant,
        project,
        max(amount) as amount,
        max(budget_amount) as budget_amount,
        min_by(section, row_no) filter (where section is not null) as section,
        min_by(page, row_no) filter (where page is not null) as page,
        min_by(source_line, row_no) filter (where source_line is not null) as source_line
    from listed
    where amount is not null
    group by report_key, unit_key, year_key, stage, place, project
    having count(*) > 1
),

place_sum as (
    select
        report_key,
        unit_key,
        year_key,
        stage,
        place,
        variant,
        sum(amount) as amount,
        count(*) as project_count
    from counted
    group by report_key, unit_key, year_key, stage, place, variant
),

printed as (
    select
        unit_key,
        year_key,
        stage,
        amount,
        countable
    from unit_year_measure
    where measure = 'project'
),

chosen as (
    select
        place_sum.*,
        printed.amount as printed_amount,
        printed.countable,
        -- each project is rounded to the last place of 万元
        50 * (place_sum.project_count + 1) as tolerance
    from place_sum
    left join printed
        on
            place_sum.unit_key = printed.unit_key
            and place_sum.year_key = printed.year_key
            and place_sum.stage = printed.stage
    qualify
        row_number() over (
            partition by place_sum.unit_key, place_sum.year_key, place_sum.stage
            order by
                coalesce(abs(place_sum.amount - printed.amount) <= 50 * (place_sum.project_count + 1), false) desc,
                coalesce(place_sum.amount <= printed.amount, true) desc,
                abs(place_sum.amount - coalesce(printed.amount, 0)) * if(printed.amount is null, -1, 1) asc,
                place_sum.place = '项目支出表' desc,
                place_sum.variant desc,
                place_sum.report_key asc,
                place_sum.place asc nulls last
        ) = 1
),

rows_of_units as (
    select
        chosen.unit_key,
        chosen.year_key,
        chosen.stage,
        counted.project,
        counted.amount,
        if(chosen.stage = 'final', counted.budget_amount, null) as budget_amount,
        chosen.printed_amount,
        false as derived,
        counted.section,
        chosen.report_key,
        counted.page,
        counted.source_line,
        chosen.countable
    from chosen
    inner join counted
        on
            chosen.report_key = counted.report_key
            and chosen.stage = counted.stage
            and chosen.place = counted.place
            and chosen.variant = counted.variant
    union all
    select
        unit_key,
        year_key,
        stage,
        '未列明项目' as project,
        printed_amount - amount as amount,
        null as budget_amount,
        printed_amount,
        true as derived,
        null as section,
        report_key,
        null as page,
        null as source_line,
        countable
    from chosen
    where abs(printed_amount - amount) > tolerance
)

select
    rows_of_units.unit_key,
    dim_unit.unit_name,
    region_name(dim_unit.province, dim_unit.city, dim_unit.county) as region,
    dim_unit.region_level,
    rows_of_units.year_key,
    rows_of_units.stage,
    rows_of_units.project,
    cast(rows_of_units.amount as decimal(18, 2)) as amount,
    wan(rows_of_units.amount) as amount_wan,
    cast(rows_of_units.budget_amount as decimal(18, 2)) as budget_amount,
    wan(rows_of_units.budget_amount) as budget_amount_wan,
    ratio(rows_of_units.amount, rows_of_units.budget_amount) as execution_rate,
    part_of(rows_of_units.amount, rows_of_units.printed_amount) as share,
    rows_of_units.printed_amount as printed_total,
    rows_of_units.derived,
    rows_of_units.section,
    rows_of_units.report_key,
    rows_of_units.page,
    rows_of_units.source_line,
    coalesce(rows_of_units.countable, true) as countable
from rows_of_units
inner join dim_unit on rows_of_units.unit_key = dim_unit.unit_key
