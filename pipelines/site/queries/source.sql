-- source: where the file of a report was seen
-- grain: one report and path
select
    report_key,
    path
from source
order by report_key, path
