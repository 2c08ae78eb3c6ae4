-- found_report: reports for the search
-- grain: one report
select
    dim_report.report_key,
    coalesce(dim_unit.unit_name, dim_report.file_name) as unit_name,
    dim_report.year_key,
    dim_report.stage
from mingzhang.dim_report
left join mingzhang.dim_unit on dim_report.unit_key = dim_unit.unit_key
where dim_report.status <> 'removed'
order by dim_report.report_key
