-- picture: pages that numbers come from, and where their files were seen
-- grain: one report with pages
with place as (
    select
        report_key,
        page,
        null as quote
    from mingzhang.published_cell
    where x0 is not null and origin is null and report_key in (select wanted.key from wanted)
    union all
    select
        report_key,
        page,
        quote
    from mingzhang.fact_disclosure
    where page is not null and origin is null and report_key in (select wanted.key from wanted)
),

-- pages of statutory tables and of the narrative; names and numbers of officials are painted over
pages as (
    select
        report_key,
        list(distinct page order by page) as pages,
        list(distinct struct_pack(page := page, quote := quote)) filter (quote is not null) as clauses
    from place
    group by report_key
)

select
    pages.report_key,
    pages.pages,
    pages.clauses,
    dim_report.content_sha256,
    dim_report.format,
    list(source.path order by source.path) as paths
from pages
inner join mingzhang.dim_report on pages.report_key = dim_report.report_key
inner join source on pages.report_key = source.report_key
group by pages.report_key, pages.pages, pages.clauses, dim_report.content_sha256, dim_report.format
order by pages.report_key
