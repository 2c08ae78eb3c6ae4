-- project_remainder: what a self-evaluation says is left of a project's money = its budget less its expenditure. It speaks
-- of the project whose money stands last before it, not far above: within a hundred lines, or as the only one of the page
-- (else of the page before).
with
stated as (
    select
        report_key, row_no, text, page, source_line,
        cast(regexp_extract(text, '(\d+(?:\.\d+)?)(?:亿|千|万)?元$', 1) as decimal(18, 6)) as value,
        regexp_extract(text, '((?:亿|千|万)?元)$', 1) as unit
    from extracted_remark
    where kind = 'remainder'
),

placed as (
    select s.*, p.project, p.budget_amount - p.final_amount as left_over, e.half
    from stated as s
    inner join extracted_project as p
        on
            s.report_key = p.report_key and p.kind = 'current' and coalesce(p.item, '') = ''
            and (p.source_line between s.source_line - 100 and s.source_line - 1 or p.page between s.page - 1 and s.page)
    inner join project as e on p.report_key = e.report_key and p.row_no = e.row_no
    where p.budget_amount is not null and p.final_amount is not null
    qualify
        row_number() over (
            partition by s.report_key, s.row_no order by p.source_line desc, p.page desc, p.row_no desc
        ) = 1
        and (
            p.page is null
            or min(e.name) over (partition by s.report_key, s.row_no, p.page)
            = max(e.name) over (partition by s.report_key, s.row_no, p.page)
        )
),

final as (
    select
        'project_remainder' as rule_id, p.report_key, p.project as subject_name, 'amount' as measure, '元' as unit,
        cast(p.value * u.yuan_per_unit as decimal(18, 2)) as printed, p.left_over as expected,
        cast(p.value * u.yuan_per_unit as decimal(18, 2)) - p.left_over as difference, 2 * p.half as tolerance, 3 as n, p.page,
        if(abs(cast(p.value * u.yuan_per_unit as decimal(18, 2)) - p.left_over) <= 2 * p.half, 'equal', 'beyond') as result,
        '“' || p.project || '”写明“' || p.text || '”，按预算数与执行数应为 ' || p.left_over || ' 元' as note
    from placed as p
    inner join money_unit as u on p.unit = u.unit
)

select * from final
