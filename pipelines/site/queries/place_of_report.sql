-- place_of_report: see place
-- grain: one report and page or line
select *
from place
order by report_key, page, source_line
