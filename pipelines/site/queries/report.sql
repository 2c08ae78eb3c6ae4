-- report: where its numbers stand
-- grain: one report
select
    dim_report.report_key,
    dim_report.unit_key,
    dim_unit.unit_name,
    dim_report.year_key,
    dim_report.stage,
    dim_report.status,
    dim_report.reason_code,
    dim_report.reason,
    dim_report.file_name,
    dim_report.format,
    dim_report.content_sha256,
    dim_report.extractor_version,
    dim_report.pages,
    dim_report.published_on
from mingzhang.dim_report
left join mingzhang.dim_unit on dim_report.unit_key = dim_unit.unit_key
where dim_report.status <> 'removed' and dim_report.report_key in (select wanted.key from wanted)
order by dim_report.report_key
