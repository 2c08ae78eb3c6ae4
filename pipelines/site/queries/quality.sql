-- quality: how each report held up, the worst first
-- grain: one report
select quality_by_report.*
from mingzhang.quality_by_report
order by
    quality_by_report.error_count desc,
    quality_by_report.warning_count desc,
    quality_by_report.unit_name,
    quality_by_report.year_key,
    quality_by_report.report_key
