-- attached: reports whose tables stand in files inside the file
-- grain: one report
select distinct published_cell.report_key
from mingzhang.published_cell
inner join mingzhang.dim_report on published_cell.report_key = dim_report.report_key
where dim_report.format = 'pdf' and published_cell.origin is not null
