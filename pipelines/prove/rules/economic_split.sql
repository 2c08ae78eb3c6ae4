-- economic_personnel 人员经费合计 = 301 + 303; economic_public 公用经费合计 = all other classes;
-- economic_total 合计 = 人员经费合计 + 公用经费合计. Where only one of the two sums is printed the other is blank.
with
amounts as (
    select * from cell where form in (select form from basic_form) and measure in ('amount', 'total')
),

root as (
    select
        a.*,
        if(left(a.code, 3) in (select class_code from personnel_class), 'economic_personnel', 'economic_public') as rule_id
    from amounts as a
    left join amounts as p
        on
            a.report_key = p.report_key and a.form = p.form and a.measure = p.measure and length(a.code) > 3
            and p.code = left(a.code, 3)
    where a.code is not null and p.code is null
),

printed as (
    select *, if(contains(label, '人员'), 'economic_personnel', 'economic_public') as rule_id
    from amounts
    where code is null and regexp_matches(label, '^(人员|公用|日常公用)(经费)?合计')
),

form as (
    select distinct p.report_key, p.form, p.measure, r.rule_id, r.label
    from printed as p
    cross join (values ('economic_personnel', '人员经费合计'), ('economic_public', '公用经费合计')) as r (rule_id, label)
),

sums as (
    select
        f.rule_id, f.report_key, f.form, '' as side, null as subject_code, f.label as subject_name, f.measure,
        coalesce(cast(p.row_no as varchar), '') as instance, p.cell_key as target, r.cell_key as part, 1 as sign
    from form as f
    left join printed as p
        on f.report_key = p.report_key and f.form = p.form and f.measure = p.measure and f.rule_id = p.rule_id
    left join root as r
        on f.report_key = r.report_key and f.form = r.form and f.measure = r.measure and f.rule_id = r.rule_id
),

total as (
    select
        'economic_total' as rule_id, t.report_key, t.form, '' as side, null as subject_code, t.label as subject_name,
        t.measure, cast(t.row_no as varchar) as instance, t.cell_key as target, p.cell_key as part, 1 as sign
    from form_total as t
    inner join printed as p on t.report_key = p.report_key and t.form = p.form and t.measure = p.measure
),

final as (
    select * from sums
    union all by name
    select * from total
)

select * from final
