-- place_of_report: see place
-- grain: one report and page or line
select *
from place
where report_key in (select wanted.key from wanted)
order by report_key, page, source_line
