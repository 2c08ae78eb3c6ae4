-- Appropriated expenditure = general + government funds + state capital, subject by subject. `appropriation_split` for
-- the table of appropriated expenditure; `expenditure_appropriated` for the expenditure table of a report that spent
-- nothing but appropriations. Where one of the three tables is absent, nothing is compared.
with
part as (
    select report_key, code, measure, cell_key
    from cell
    where form in (select form from appropriation_part) and code is not null
    union all by name
    select report_key, '' as code, measure, cell_key from form_total
    where form in (select form from appropriation_part)
),

printed as (
    select *, code as node from cell
    where form in ('appropriation_expenditure', 'expenditure') and code is not null
    union all by name
    select *, '' as node from form_total where form in ('appropriation_expenditure', 'expenditure')
),

final as (
    select
        if(t.form = 'expenditure', 'expenditure_appropriated', 'appropriation_split') as rule_id, t.report_key, t.form,
        t.side, t.code as subject_code, t.label as subject_name, t.measure, cast(t.row_no as varchar) as instance,
        t.cell_key as target, if(t.report_key in (select report_key from absent_fund), null, p.cell_key) as part, 1 as sign
    from printed as t
    left join part as p on t.report_key = p.report_key and t.node = p.code and t.measure = p.measure
    where
        t.measure in ('total', 'basic', 'project', 'personnel', 'public')
        and t.report_key in (select report_key from part)
        and (t.form <> 'expenditure' or t.report_key in (select report_key from all_appropriated))
)

select * from final
