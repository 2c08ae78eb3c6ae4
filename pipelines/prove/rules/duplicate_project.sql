-- duplicate_project: a project stands once in one list or form of a report.
with
grouped as (
    select
        report_key, section, name, item, kind, any_value(project) as project, count(*) as n, max(page) as page,
        max(coalesce(final_amount, budget_amount)) as amount
    from project
    where kind <> 'procurement'
    group by report_key, section, name, item, kind, budget_amount, final_amount
),

final as (
    select
        'duplicate_project' as rule_id, report_key, project as subject_name, 'amount' as measure, '元' as unit,
        if(n > 1, n * amount, amount) as printed, amount as expected, cast(n as integer) as n, page,
        if(n > 1, 'beyond', 'equal') as result,
        '“' || section || '”中项目“' || project || '”以同一金额出现 ' || n || ' 次' as note
    from grouped
)

select * from final
