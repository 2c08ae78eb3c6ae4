-- initial_budget: the initial budget a final account states = the unit's budget report of that year.
with
candidate as (
    select s.*, a.yuan as expected, a.half as open, a.form as amount_form, a.cell_key as amount_key, b.report_key is not null as has_budget
    from comparable as s
    inner join report as r on s.report_key = r.report_key
    inner join report as b on r.unit_key = b.unit_key and r.year_key = b.year_key and b.stage = 'budget'
    left join comparable as a on b.report_key = a.report_key and a.role = 'amount' and s.name = a.name
    where s.role = 'initial' and r.stage = 'final'
),

nearest as (
    select *
    from candidate
    qualify row_number() over (partition by key order by expected is null, abs(yuan - expected), amount_form, amount_key) = 1
),

final as (
    select
        'initial_budget' as rule_id, report_key, split_part(amount_form, ' ', 1) as form,
        if(name = label, null, name) as subject_code, label as subject_name, 'initial_budget' as measure, unit, unit_per_yuan,
        page, note, if(amount_key is null, [], [amount_key]) as cell_keys, yuan as printed, expected,
        half + coalesce(open, 0) as tolerance
    from nearest
)

select * from final
