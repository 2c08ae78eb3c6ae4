-- prior_change: a stated change = this year's amount less the amount in last year's report of the unit; a subject that
-- last year's table does not print was nothing then. Of several amounts of a name, those that come nearest. A change of
-- an amount that is not the table's means something else, and so do others in a section of which one agrees.
with
stated as (
    select c.*, r.unit_key, r.year_key, r.stage
    from comparable as c
    inner join report as r on c.report_key = r.report_key
    where c.role = 'change'
),

amount as (
    select c.*, r.unit_key, r.year_key, r.stage
    from comparable as c
    inner join report as r on c.report_key = r.report_key
    where c.role = 'amount'
),

-- which tables a year's reports print
printed as (
    select distinct unit_key, year_key, stage, form from amount
),

candidate as (
    select
        s.*, a.form as amount_form, a.yuan - coalesce(b.yuan, 0) as expected, a.half + coalesce(b.half, a.half) as open,
        [a.cell_key] || if(b.cell_key is null, [], [b.cell_key]) as keys, p.form is not null as has_prior
    from stated as s
    inner join amount as a
        on s.unit_key = a.unit_key and s.year_key = a.year_key and s.stage = a.stage and s.name = a.name
            and (s.amount is null or abs(s.amount - a.yuan) <= s.half + a.half)
    left join printed as p
        on
            s.unit_key = p.unit_key and p.year_key = s.year_key - 1 and s.stage = p.stage and a.form = p.form
    left join amount as b
        on
            s.unit_key = b.unit_key and b.year_key = s.year_key - 1 and s.stage = b.stage and s.name = b.name
            and a.form = b.form
),

nearest as (
    select *
    from candidate
    qualify row_number() over (partition by key order by has_prior desc, abs(yuan - expected), amount_form, keys) = 1
),

settled as (
    select *, abs(yuan - expected) <= half + open as agrees
    from nearest
    qualify agrees or not bool_or(agrees) over (partition by report_key, section, name)
),

final as (
    select
        'prior_change' as rule_id, report_key, split_part(amount_form, ' ', 1) as form,
        if(name = label, null, name) as subject_code, label as subject_name, 'change_amount' as measure, unit, unit_per_yuan,
        page, note, keys as cell_keys, yuan as printed, if(has_prior, expected, null) as expected, half + open as tolerance
    from settled
)

select * from final
