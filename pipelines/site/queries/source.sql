-- source: where the file of a report was seen
-- grain: one report and path
select
    report_key,
    path
from source
where report_key in (select wanted.key from wanted)
order by report_key, path
