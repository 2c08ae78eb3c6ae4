-- narrative_subject: what the narrative states of a functional subject = that row of a table of expenditure; of several
-- tables, the nearest; where the table of general money is absent, only what agrees is settled.
-- narrative_part: a sum named within a subject is not more than the subject.
with
stated as (
    select *
    from disclosed
    where is_subject and code is not null and yuan is not null and fact in ('amount', stage)
),

candidate as (
    select s.*, c.form, c.cell_key, s.yuan - c.yuan as off, abs(s.yuan - c.yuan) <= s.half + c.half as agrees
    from stated as s
    inner join cell as c on s.report_key = c.report_key and s.code = c.code
    where
        c.measure in ('total', 'amount')
        and c.form in (select form from whole_form)
),

nearest as (
    select *
    from candidate
    qualify row_number() over (partition by key order by abs(off), form, cell_key) = 1
),

final as (
    select
        if(fact = 'amount', 'narrative_part', 'narrative_subject') as rule_id, report_key, form, '' as side,
        code as subject_code, path as subject_name, fact as measure, key as instance, key as target,
        if(agrees or report_key not in (select report_key from absent_fund where fund = 'general'), cell_key, null) as part,
        1 as sign, quote as note
    from nearest
)

select * from final
