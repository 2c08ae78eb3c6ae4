-- Grain: one row per statement of a project's money, the first two thousand of a report. Nothing tells the unit it was printed in: where all amounts of
-- a section are whole hundreds of yuan, it was 万元 with two decimals, and half a hundred may be rounded away.
create or replace temp table project as
with
place as (
    select
        report_key, section,
        bool_and(coalesce(budget_amount, 0) % 100 = 0 and coalesce(final_amount, 0) % 100 = 0) as is_wan
    from extracted_project
    group by report_key, section
),

final as (
    select
        p.report_key, p.row_no, p.project, p.kind, p.section, p.page,
        p.report_key || '#project#' || p.row_no as key,
        coalesce(p.item, '') as item,
        -- one name however it is quoted and whether it ends in 项目 or 经费
        regexp_replace(regexp_replace(p.project, '["“”''\s（）()]', '', 'g'), '(项目)+$', '') as name,
        contains(p.section, '主要用于') as is_example,
        p.budget_amount, p.final_amount,
        if(l.is_wan, 50, 0.005) as half
    from extracted_project as p
    inner join place as l on p.report_key = l.report_key and p.section is not distinct from l.section
    qualify row_number() over (partition by p.report_key order by p.row_no) <= 2000
)

select * from final
