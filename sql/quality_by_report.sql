-- quality_by_report: 报告质量概览 | What was read from each report and how it held up
-- grain: one report
-- columns:
--   report_key: 报告键 | Report
--   file_name: 文件名 | File name
--   unit_name: 单位名称 | Name of the unit
--   year_key: 财政年度 | Fiscal year
--   stage: 阶段 | Stage
--   status: 状态 | Status
--   form_count: 已识别报表数 | Forms recognised
--   unrecognised_count: 未识别的表数 | Tables nobody declared
--   cell_count: 数字单元格数 | Numeric cells
--   covered_count: 受勾稽关系检验的单元格数 | Cells that an accounting identity has tested
--   coverage: 覆盖率 | Share of the cells that were tested
--   corrected_count: 经第二次读取或人工更正的单元格数 | Cells corrected by a second reading or by hand
--   undecided_count: 两次读取未能定夺的单元格数 | Cells that two readings left undecided
--   statements_checked: 已核对合计的报表数 | Statements with a printed total
--   statements_off: 合计超出容差的报表数 | Statements whose printed total is beyond tolerance
--   error_count: 错误数（不含已阅） | Open findings of severity error
--   warning_count: 警告数（不含已阅） | Open findings of severity warning
--   info_count: 容差以内的提示数（不含已阅） | Open findings of severity info
--   rules_passed: 通过的规则数 | Rules passed
--   rules_failed: 不通过的规则数 | Rules failed
--   rules_not_checked: 未能检查的规则数（不适用除外） | Rules that could not be checked, not counting those that do not apply
with cell_count as (
    select
        report_key,
        count(*) as form_count,
        sum(cell_count) as cell_count
    from report_form
    group by report_key
),

unrecognised as (
    select
        report_key,
        count(*) as unrecognised_count
    from published_table
    where form is null
    group by report_key
),

statement_count as (
    select
        report_key,
        count(*) as statements_checked,
        count(*) filter (where not coalesce(is_within_tolerance, false)) as statements_off
    from statement_total
    where published_amount is not null
    group by report_key
),

finding_count as (
    select
        report_key,
        count(*) filter (where severity = 'error') as error_count,
        count(*) filter (where severity = 'warning') as warning_count,
        count(*) filter (where severity = 'info') as info_count
    from quality.finding
    where accepted_at is null
    group by report_key
),

correction as (
    select
        report_key,
        cell_key,
        decision
    from quality.second_reading
    union all
    select
        report_key,
        cell_key,
        'corrected' as decision
    from quality.correction
    where state = 'applied'
),

correction_count as (
    select
        report_key,
        count(distinct cell_key) filter (where decision = 'corrected') as corrected_count,
        count(distinct cell_key) filter (where decision = 'undecided') as undecided_count
    from correction
    group by report_key
),

rule_count as (
    select
        report_key,
        count(*) filter (where outcome = 'passed') as rules_passed,
        count(*) filter (where outcome = 'failed') as rules_failed,
        count(*) filter (where outcome in ('insufficient_data', 'unreadable')) as rules_not_checked
    from quality.outcome
    group by report_key
)

select
    dim_report.report_key,
    dim_report.file_name,
    dim_unit.unit_name,
    dim_report.year_key,
    dim_report.stage,
    dim_report.status,
    coalesce(cell_count.form_count, 0) as form_count,
    coalesce(unrecognised.unrecognised_count, 0) as unrecognised_count,
    cast(coalesce(cell_count.cell_count, 0) as bigint) as cell_count,
    coalesce(coverage.covered, 0) as covered_count,
    coverage.coverage,
    coalesce(correction_count.corrected_count, 0) as corrected_count,
    coalesce(correction_count.undecided_count, 0) as undecided_count,
    coalesce(statement_count.statements_checked, 0) as statements_checked,
    coalesce(statement_count.statements_off, 0) as statements_off,
    coalesce(finding_count.error_count, 0) as error_count,
    coalesce(finding_count.warning_count, 0) as warning_count,
    coalesce(finding_count.info_count, 0) as info_count,
    coalesce(rule_count.rules_passed, 0) as rules_passed,
    coalesce(rule_count.rules_failed, 0) as rules_failed,
    coalesce(rule_count.rules_not_checked, 0) as rules_not_checked
from dim_report
left join dim_unit on dim_report.unit_key = dim_unit.unit_key
left join cell_count on dim_report.report_key = cell_count.report_key
left join unrecognised on dim_report.report_key = unrecognised.report_key
left join quality.coverage as coverage on dim_report.report_key = coverage.report_key
left join correction_count on dim_report.report_key = correction_count.report_key
left join statement_count on dim_report.report_key = statement_count.report_key
left join finding_count on dim_report.report_key = finding_count.report_key
left join rule_count on dim_report.report_key = rule_count.report_key
where dim_report.status <> 'removed'
