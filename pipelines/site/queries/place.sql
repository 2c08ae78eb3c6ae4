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
    where origin is null or report_key not in (select attached.report_key from attached)
    union all
    select
        report_key,
        page,
        null as source_line
    from mingzhang.quality.finding
    where report_key not in (select attached.report_key from attached)
    union all
    select
        report_key,
        page,
        source_line
    from mingzhang.fact_disclosure
    where origin is null or report_key not in (select attached.report_key from attached)
    union all
    select
        report_key,
        page,
        source_line
    from mingzhang.fact_project
    where origin is null or report_key not in (select attached.report_key from attached)
)
where page is not null or source_line is not null
