-- unit_profile: 单位概况 | A unit at a glance
-- grain: one unit
-- warnings: departments_contain_units
-- columns:
--   unit_key: 单位键 | Unit
--   body_key: 机构键 | Body
--   unit_name: 单位名称 | Name of the unit
--   scope: 口径 | department or unit
--   region_code: 行政区划代码 | Region code
--   province: 省级 | Province
--   city: 地级 | Prefecture
--   county: 县级 | County
--   report_count: 报告数（不含已被取代） | Reports, superseded ones left out
--   first_year: 最早年度 | First fiscal year
--   last_year: 最近年度 | Last fiscal year
--   latest_budget_year: 最近预算年度 | Year of the latest budget
--   latest_budget_amount: 最近预算支出合计 | Total of the latest budget | unit: yuan
--   latest_budget_amount_wan: 最近预算支出合计 | Total of the latest budget | unit: 10,000 yuan
--   latest_final_year: 最近决算年度 | Year of the latest final account
--   latest_final_amount: 最近决算支出合计 | Total of the latest final account | unit: yuan
--   latest_final_amount_wan: 最近决算支出合计 | Total of the latest final account | unit: 10,000 yuan
--   largest_class_name: 最近一期最大功能类 | Largest functional class of the latest accounts
--   largest_class_share: 最大功能类占比，支出不完整则为空 | Its share, 0 to 1; null where the expenditure is not complete
--   three_public_year: 最近“三公”经费年度 | Year of the latest three-public figures
--   three_public_stage: 该数所属阶段，有决算取决算 | Stage of those figures, the final account where there is one
--   three_public_amount: 最近“三公”经费合计 | Their sum | unit: yuan
--   three_public_amount_wan: 最近“三公”经费合计 | Their sum | unit: 10,000 yuan
--   open_findings: 未决发现数（错误与警告） | Findings of severity error or warning
with report_count as (
    select
        unit_key,
        count(*) filter (where status <> 'superseded') as report_count,
        min(year_key) as first_year,
        max(year_key) as last_year
    from dim_report
    group by unit_key
),

latest_total as (
    select
        unit_key,
        max(year_key) filter (where stage = 'budget') as budget_year,
        max_by(amount, year_key) filter (where stage = 'budget') as budget_amount,
        max(year_key) filter (where stage = 'final') as final_year,
        max_by(amount, year_key) filter (where stage = 'final') as final_amount
    from printed_total
    group by unit_key
),

largest_class as (
    select
        unit_key,
        member_name,
        share
    from expenditure_structure
    where breakdown = 'functional_class' and stage in ('budget', 'final')
    qualify
        row_number() over (
            partition by unit_key order by year_key desc, (stage = 'final') desc, amount desc, member asc
        ) = 1
),

three_public as (
    select
        unit_key,
        year_key,
        stage,
        amount
    from fact_three_public
    where is_current and category = 'three_public'
    qualify
        row_number() over (
            partition by unit_key
            order by year_key desc, (stage = 'final') desc, stage asc
        ) = 1
),

finding_count as (
    select
        dim_report.unit_key,
        count(*) as open_findings
    from quality.finding
    inner join dim_report on quality.finding.report_key = dim_report.report_key
    where
        quality.finding.severity in ('error', 'warning')
        and quality.finding.accepted_at is null
        and dim_report.status <> 'superseded'
    group by dim_report.unit_key
)

select
    dim_unit.unit_key,
    dim_unit.body_key,
    dim_unit.unit_name,
    dim_unit.scope,
    dim_unit.region_code,
    dim_unit.province,
    dim_unit.city,
    dim_unit.county,
    coalesce(report_count.report_count, 0) as report_count,
    report_count.first_year,
    report_count.last_year,
    latest_total.budget_year as latest_budget_year,
    latest_total.budget_amount as latest_budget_amount,
    wan(latest_total.budget_amount) as latest_budget_amount_wan,
    latest_total.final_year as latest_final_year,
    latest_total.final_amount as latest_final_amount,
    wan(latest_total.final_amount) as latest_final_amount_wan,
    largest_class.member_name as largest_class_name,
    largest_class.share as largest_class_share,
    three_public.year_key as three_public_year,
    three_public.stage as three_public_stage,
    three_public.amount as three_public_amount,
    wan(three_public.amount) as three_public_amount_wan,
    coalesce(finding_count.open_findings, 0) as open_findings
from dim_unit
left join report_count on dim_unit.unit_key = report_count.unit_key
left join latest_total on dim_unit.unit_key = latest_total.unit_key
left join largest_class on dim_unit.unit_key = largest_class.unit_key
left join three_public on dim_unit.unit_key = three_public.unit_key
left join finding_count on dim_unit.unit_key = finding_count.unit_key
