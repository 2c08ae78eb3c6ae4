-- subject_succession: 科目承继：每个科目由哪个科目接续至今 | Which subject carries a subject on today, however many steps it took
-- grain: one subject
-- columns:
--   subject_key: 科目键 | Subject
--   carried_on_by: 接续的科目键，未变则为自身 | Subject that carries it on; itself where nothing changed
with recursive step as (
    select
        subject_key,
        subject_key as carried_on_by,
        0 as steps
    from dim_subject
    union all
    select
        step.subject_key,
        dim_subject.succeeded_by_key as carried_on_by,
        step.steps + 1 as steps
    from step
    inner join dim_subject on step.carried_on_by = dim_subject.subject_key
    -- more steps than any code has been through: a ring
    where dim_subject.succeeded_by_key is not null and step.steps < 20
)

select
    subject_key,
    max_by(carried_on_by, steps) as carried_on_by
from step
group by subject_key
