-- project_run: projects that the text of 项目支出主要用于 names one after the other add up to the project expenditure of
-- one subject. Nothing in a report says which subject a project is charged to; a sum that meets one subject only, where
-- so many sums would meet none by chance (less than once in twenty such reports), does. It says nothing of other projects.
with
listed as (
    select
        report_key, project, page, half, final_amount as yuan,
        row_number() over (partition by report_key, section order by row_no) as place, section
    from project
    where is_example and kind = 'current' and item = '' and final_amount > 0
    qualify count(*) over (partition by report_key, section) <= 50
),

run as (
    select
        f.report_key, f.section, f.place, l.place as last_place, sum(p.yuan) as yuan, sum(p.half) as half,
        string_agg(p.project, '、' order by p.place) as projects, min(p.page) as page, cast(count(*) as integer) as n
    from listed as f
    inner join listed as l
        on f.report_key = l.report_key and f.section = l.section and l.place between f.place and f.place + 9
    inner join listed as p
        on f.report_key = p.report_key and f.section = p.section and p.place between f.place and l.place
    group by f.report_key, f.section, f.place, l.place
),

charged as (
    select report_key, form, code, label, cell_key, yuan, half, unit, unit_per_yuan, page
    from cell
    where form = 'general_expenditure' and measure = 'project' and yuan > 0
),

item as (
    select c.*
    from charged as c
    left join charged as b on c.report_key = b.report_key and starts_with(b.code, c.code) and b.code <> c.code
    where b.cell_key is null and c.code is not null
),

pair as (
    select
        r.report_key, r.section, r.place, r.last_place, r.n, r.projects, r.yuan as named, i.form, i.code, i.label,
        i.cell_key, i.yuan as charged, i.unit, i.unit_per_yuan, list_distinct([r.page, i.page]) as pages,
        r.half + i.half as slack,
        sum(2 * (r.half + i.half)) over (partition by r.report_key)
        / max(i.yuan) over (partition by r.report_key) as by_chance
    from run as r
    inner join item as i on r.report_key = i.report_key
),

met as (
    select *
    from pair
    where abs(named - charged) <= slack and by_chance < 0.05
    qualify
        count(*) over (partition by report_key, section, place, last_place) = 1
        and count(*) over (partition by report_key, cell_key) = 1
),

final as (
    select
        'project_run' as rule_id, report_key, form, code as subject_code, label as subject_name, 'project' as measure, unit,
        named * unit_per_yuan as printed, charged * unit_per_yuan as expected,
        (named - charged) * unit_per_yuan as difference, slack * unit_per_yuan as tolerance, n, pages[1] as page, pages,
        [cell_key] as cell_keys,
        if(named = charged, 'equal', 'rounding') as result,
        '文字所列“' || projects || '”合计与“' || label || '”的项目支出之间有四舍五入的尾差' as note
    from met
)

select * from final
