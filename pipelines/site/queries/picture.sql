-- picture: pages that numbers come from, and where their files were seen
-- grain: one report with pages
with wanted as (
    select
        report_key,
        page
    from mingzhang.published_cell
    where x0 is not null
),

-- pages of statutory tables only: evaluations name officials and their telephone numbers
pages as (
    select
        report_key,
        list(distinct page order by page) as pages
    from wanted
    group by report_key
)

select
    pages.report_key,
    pages.pages,
    dim_report.content_sha256,
    dim_report.format,
    list(source.path order by source.path) as paths
from pages
inner join mingzhang.dim_report on pages.report_key = dim_report.report_key
inner join source on pages.report_key = source.report_key
group by pages.report_key, pages.pages, dim_report.content_sha256, dim_report.format
order by pages.report_key
