-- Figures that were corrected, added or removed, with the amounts, cells and reports of both sides.
create or replace temp table change_figure as
select
    case when b.fact is null then 'added' when n.fact is null then 'removed' else 'corrected' end as change,
    fact as table_name,
    unit_key,
    unit_named.unit_name,
    year_key,
    stage,
    statement,
    subject_named.code as subject_code,
    subject_named.name as subject_name,
    member,
    economic.code as economic_code,
    sub_unit.unit_name as sub_unit_name,
    nullif(fund, '') as fund,
    nullif(project, '') as project,
    b.amount as amount_before,
    n.amount as amount_now,
    n.amount - b.amount as difference,
    b.cell_key as cell_key_before,
    n.cell_key as cell_key,
    b.disclosure_key as disclosure_key_before,
    n.disclosure_key,
    b.report_key as report_key_before,
    n.report_key,
    b.report_key <> n.report_key as other_report
from figure_mingzhang as n
full join figure_before as b
    using (
        fact, unit_key, year_key, stage, statement, subject_key, member, economic_subject_key, sub_unit_key, fund,
        project
    )
left join unit_named using (unit_key)
left join subject_named using (subject_key)
left join subject_named as economic on economic_subject_key = economic.subject_key
left join unit_named as sub_unit on sub_unit_key = sub_unit.unit_key
where n.amount is distinct from b.amount
order by
    unit_key, year_key, stage, table_name, statement, subject_code nulls first, member, economic_code, sub_unit_name, fund,
    project;
