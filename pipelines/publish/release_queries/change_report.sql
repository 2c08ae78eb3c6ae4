-- Reports that came, went, or count otherwise than before.
create or replace temp table change_report as
select
    case when b.report_key is null then 'added' when n.report_key is null then 'removed' else 'changed' end as change,
    report_key,
    coalesce(n.unit_key, b.unit_key) as unit_key,
    unit_named.unit_name,
    coalesce(n.year_key, b.year_key) as year_key,
    coalesce(n.stage, b.stage) as stage,
    coalesce(n.file_name, b.file_name) as file_name,
    b.status as status_before,
    n.status,
    n.superseded_by_report_key
from mingzhang.dim_report as n
full join before.dim_report as b using (report_key)
left join unit_named on coalesce(n.unit_key, b.unit_key) = unit_named.unit_key
where (n.status, n.superseded_by_report_key) is distinct from (b.status, b.superseded_by_report_key)
order by change, unit_name, year_key, stage, report_key;

create or replace temp table change_unit as
with unit as (
    select unit_key from change_report
    union
    select unit_key from change_figure
),

report as (
    select
        unit_key,
        count(*) filter (where change = 'added') as reports_added,
        count(*) filter (where change = 'removed') as reports_removed,
        count(*) filter (where change = 'changed') as reports_changed
    from change_report
    group by all
),

figure as (
    select
        unit_key,
        count(*) filter (where change = 'corrected') as figures_corrected,
        count(*) filter (where change = 'added') as figures_added,
        count(*) filter (where change = 'removed') as figures_removed,
        max(abs(difference)) as largest_correction
    from change_figure
    group by all
)

select
    unit.unit_key,
    unit_named.unit_name,
    coalesce(report.reports_added, 0) as reports_added,
    coalesce(report.reports_removed, 0) as reports_removed,
    coalesce(report.reports_changed, 0) as reports_changed,
    coalesce(figure.figures_corrected, 0) as figures_corrected,
    coalesce(figure.figures_added, 0) as figures_added,
    coalesce(figure.figures_removed, 0) as figures_removed,
    figure.largest_correction
from unit
left join unit_named using (unit_key)
left join report using (unit_key)
left join figure using (unit_key)
where unit.unit_key is not null
order by figures_corrected desc, unit_name, unit_key;
