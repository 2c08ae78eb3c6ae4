-- place: pages and lines that facts without cells, and findings, lead to
-- grain: one report and page or line
select distinct
    report_key,
    page,
    source_line
from (
    select
        report_key,
        page,
        source_line
    from mingzhang.fact_performance
    union all
    select
        report_key,
        page,
        null as source_line
    from mingzhang.quality.finding
    union all
    select
        report_key,
        page,
        source_line
    from mingzhang.fact_disclosure
    union all
    select
        report_key,
        page,
        source_line
    from mingzhang.fact_project
)
where page is not null or source_line is not null
