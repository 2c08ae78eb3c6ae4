-- finding: what the rules found in a unit's reports, the gravest first
-- grain: one finding
with numbered as materialized (
    select
        finding.*,
        dim_report.unit_key,
        dim_report.year_key,
        dim_report.stage,
        row_number() over () as finding_no
    from mingzhang.quality.finding as finding
    inner join mingzhang.dim_report on finding.report_key = dim_report.report_key
    where dim_report.unit_key in (select wanted.key from wanted)
),

involved as (
    select
        finding_no,
        report_key,
        unnest(cell_keys) as cell_key
    from numbered
),

-- a link leads to one report
linked as (
    select
        involved.finding_no,
        list(distinct involved.cell_key order by involved.cell_key) as cells
    from involved
    inner join mingzhang.published_cell as cell
        on involved.cell_key = cell.cell_key and involved.report_key = cell.report_key
    group by involved.finding_no
),

-- findings about the text quote the clause they are about
quoted as (
    select
        numbered.finding_no,
        list(distinct 'd-' || stated.disclosure_key order by 'd-' || stated.disclosure_key) as cells
    from numbered
    inner join mingzhang.fact_disclosure as stated
        on
            numbered.report_key = stated.report_key
            and contains(numbered.message, '见“' || stated.quote || '”')
    group by numbered.finding_no
)

select
    numbered.unit_key,
    numbered.year_key,
    numbered.stage,
    numbered.report_key,
    numbered.rule_id,
    numbered.class,
    numbered.severity,
    case when numbered.report_key not in (select attached.report_key from attached) then numbered.page end as page,
    numbered.message,
    numbered.accepted_reason,
    list_concat(coalesce(quoted.cells, []), coalesce(linked.cells, [])) as cells
from numbered
left join linked on numbered.finding_no = linked.finding_no
left join quoted on numbered.finding_no = quoted.finding_no
order by
    numbered.unit_key,
    numbered.accepted_reason is not null,
    case numbered.severity when 'error' then 1 when 'warning' then 2 else 3 end,
    numbered.year_key desc,
    numbered.report_key,
    numbered.page,
    numbered.message
