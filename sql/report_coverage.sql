-- report_coverage: 报告覆盖：每单位在其首末年度之间，哪年的预算或决算有报告 | Which budgets and final accounts of a unit are here
-- grain: one unit, year from its first to its last, and stage
-- stored: it lists every year of every unit
-- follows: relatives
-- columns:
--   unit_key: 单位键 | Unit
--   unit_name: 单位名称 | Name of the unit
--   region: 区划名称 | Name of its region
--   region_level: 区划级别 | Level of its region
--   scope: 口径 | department or unit
--   year_key: 财政年度 | Fiscal year
--   stage: 阶段 | Stage
--   has_report: 是否有报告 | Whether a report is here
--   report_count: 报告数 | Reports
--   form_count: 已识别报表数 | Forms recognised
--   missing_forms: 应有而未见的报表数 | Forms that should be there and are not
--   unread_findings: 未能读懂之处 | Places that could not be read
with recursive span as (
    select
        unit_key,
        min(year_key) as first_year,
        max(year_key) as last_year
    from dim_report
    where unit_key is not null and status in ('loaded', 'superseded', 'empty')
    group by unit_key
),

expected as (
    select
        unit_key,
        cast(first_year as integer) as year_key,
        last_year
    from span
    union all
    select
        unit_key,
        year_key + 1 as year_key,
        last_year
    from expected
    where year_key < last_year
),

staged as (
    select
        expected.unit_key,
        expected.year_key,
        stages.stage
    from expected
    cross join (values ('budget'), ('final')) as stages (stage)
),

here as (
    select
        unit_key,
        year_key,
        stage,
        count(*) as report_count
    from dim_report
    where status in ('loaded', 'superseded', 'empty')
    group by unit_key, year_key, stage
),

forms as (
    select
        dim_report.unit_key,
        dim_report.year_key,
        dim_report.stage,
        count(distinct report_form.form) as form_count
    from report_form
    inner join dim_report on report_form.report_key = dim_report.report_key
    group by dim_report.unit_key, dim_report.year_key, dim_report.stage
),

gaps as (
    select
        dim_report.unit_key,
        dim_report.year_key,
        dim_report.stage,
        count(*) filter (where quality.finding.rule_id = 'missing_form') as missing_forms,
        count(*) filter (where starts_with(quality.finding.rule_id, 'unread_')) as unread_findings
    from quality.finding
    inner join dim_report on quality.finding.report_key = dim_report.report_key
    group by dim_report.unit_key, dim_report.year_key, dim_report.stage
)

select
    staged.unit_key,
    dim_unit.unit_name,
    region_name(dim_unit.province, dim_unit.city, dim_unit.county) as region,
    dim_unit.region_level,
    dim_unit.scope,
    staged.year_key,
    staged.stage,
    here.unit_key is not null as has_report,
    coalesce(here.report_count, 0) as report_count,
    coalesce(forms.form_count, 0) as form_count,
    coalesce(gaps.missing_forms, 0) as missing_forms,
    coalesce(gaps.unread_findings, 0) as unread_findings
from staged
inner join dim_unit on staged.unit_key = dim_unit.unit_key
left join here on staged.unit_key = here.unit_key and staged.year_key = here.year_key and staged.stage = here.stage
left join forms on staged.unit_key = forms.unit_key and staged.year_key = forms.year_key and staged.stage = forms.stage
left join gaps on staged.unit_key = gaps.unit_key and staged.year_key = gaps.year_key and staged.stage = gaps.stage
