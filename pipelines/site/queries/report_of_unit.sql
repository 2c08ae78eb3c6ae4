-- report_of_unit: the reports of a unit
-- grain: one report
select
    dim_report.unit_key,
    dim_report.year_key,
    dim_report.stage,
    dim_report.status,
    dim_report.report_key,
    dim_report.file_name,
    quality_by_report.form_count,
    quality_by_report.cell_count,
    quality_by_report.error_count,
    quality_by_report.warning_count
from mingzhang.dim_report
inner join mingzhang.quality_by_report on dim_report.report_key = quality_by_report.report_key
where dim_report.unit_key in (select wanted.key from wanted)
order by dim_report.unit_key, dim_report.year_key desc, dim_report.stage, dim_report.report_key
