-- project_of_report: names of projects for the search, and where they stand
-- grain: one report, project and place
select
    report_key,
    project,
    min(page) as page,
    min(source_line) as source_line
from mingzhang.fact_project
where report_key in (select wanted.key from wanted) and project is not null
group by report_key, project
order by report_key, project
