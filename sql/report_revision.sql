-- report_revision: 报告更正：被后出报告取代的报表中，前后不同的每个数字 | Every number that a later report prints differently
-- grain: one printed point of a replaced form
-- stored: it compares all cells of replaced forms with those that replace them
-- follows: relatives
-- warnings: departments_contain_units
-- columns:
--   unit_key: 单位键 | Unit
--   unit_name: 单位名称 | Name of the unit
--   region: 区划名称 | Name of its region
--   region_level: 区划级别 | Level of its region
--   year_key: 财政年度 | Fiscal year
--   stage: 阶段 | Stage
--   form: 报表 | Form
--   side: 栏侧 | Side
--   subject_code: 科目编码 | Code of the subject
--   subject_name: 名称 | Name of the row
--   measure: 指标 | Measure
--   before_amount: 更正前，未印为空 | Amount before, null where not printed | unit: yuan
--   before_amount_wan: 更正前 | Amount before | unit: 10,000 yuan
--   after_amount: 更正后，未印为空 | Amount after, null where not printed | unit: yuan
--   after_amount_wan: 更正后 | Amount after | unit: 10,000 yuan
--   difference: 更正后减更正前，缺一方为空 | After minus before, null where one is missing | unit: yuan
--   report_key: 被取代的报告 | Report that is replaced
--   replaced_by: 取代它的报告 | Report that replaces it
--   before_cell_key: 更正前的单元格 | Cell before
--   after_cell_key: 更正后的单元格 | Cell after
with replaced as (
    select
        report_form.report_key,
        report_form.replaced_by_report_key as replaced_by,
        report_form.form,
        dim_report.unit_key,
        dim_report.year_key,
        dim_report.stage
    from report_form
    inner join dim_report on report_form.report_key = dim_report.report_key
    where report_form.replaced_by_report_key is not null
),

-- both sides of each replacement
involved as (
    select report_key from replaced
    union
    select replaced_by as report_key from replaced
),

point as (
    select
        report_key,
        form,
        side,
        subject_code,
        subject_name,
        measure,
        cell_key,
        amount,
        -- a row is what its code, else its name says, of one unit, class, project, money and period
        concat_ws(
            chr(31),
            side,
            coalesce(subject_code, plain_name(subject_name)),
            measure,
            sub_unit,
            economic_code,
            gov_economic_code,
            project,
            fund,
            period
        ) as place,
        row_number() over (
            partition by
                report_key, form, side, coalesce(subject_code, plain_name(subject_name)), measure, sub_unit,
                economic_code, gov_economic_code, project, fund, period
            order by row_no nulls last, cell_key
        ) as ordinal
    from published_cell
    where report_key in (select involved.report_key from involved)
),

before as (
    select
        replaced.*,
        point.side,
        point.subject_code,
        point.subject_name,
        point.measure,
        point.cell_key,
        point.amount,
        point.place,
        point.ordinal
    from replaced
    inner join point on replaced.report_key = point.report_key and replaced.form = point.form
),

after as (
    select
        replaced.*,
        point.side,
        point.subject_code,
        point.subject_name,
        point.measure,
        point.cell_key,
        point.amount,
        point.place,
        point.ordinal
    from replaced
    inner join point on replaced.replaced_by = point.report_key and replaced.form = point.form
),

compared as (
    select
        coalesce(before.unit_key, after.unit_key) as unit_key,
        coalesce(before.year_key, after.year_key) as year_key,
        coalesce(before.stage, after.stage) as stage,
        coalesce(before.form, after.form) as form,
        coalesce(before.side, after.side) as side,
        coalesce(before.subject_code, after.subject_code) as subject_code,
        coalesce(before.subject_name, after.subject_name) as subject_name,
        coalesce(before.measure, after.measure) as measure,
        before.amount as before_amount,
        after.amount as after_amount,
        coalesce(before.report_key, after.report_key) as report_key,
        coalesce(before.replaced_by, after.replaced_by) as replaced_by,
        before.cell_key as before_cell_key,
        after.cell_key as after_cell_key
    from before
    full join after
        on
            before.report_key = after.report_key
            and before.form = after.form
            and before.place = after.place
            and before.ordinal = after.ordinal
)

select
    compared.unit_key,
    dim_unit.unit_name,
    region_name(dim_unit.province, dim_unit.city, dim_unit.county) as region,
    dim_unit.region_level,
    compared.year_key,
    compared.stage,
    compared.form,
    compared.side,
    compared.subject_code,
    compared.subject_name,
    compared.measure,
    compared.before_amount,
    wan(compared.before_amount) as before_amount_wan,
    compared.after_amount,
    wan(compared.after_amount) as after_amount_wan,
    cast(compared.after_amount - compared.before_amount as decimal(18, 2)) as difference,
    compared.report_key,
    compared.replaced_by,
    compared.before_cell_key,
    compared.after_cell_key
from compared
inner join dim_unit on compared.unit_key = dim_unit.unit_key
where coalesce(compared.before_amount <> compared.after_amount, true)
