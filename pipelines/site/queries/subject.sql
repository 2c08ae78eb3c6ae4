-- subject: classes and what all units spend on them, departments counted once
-- grain: one classification, class, year and stage
with class_name as (
    select
        classification,
        class_code,
        arg_max(class_name, coalesce(valid_from, 0)) as class_name
    from mingzhang.dim_subject
    group by classification, class_code
)

select
    leaf.classification || '-' || leaf.class_code as subject,
    leaf.classification,
    leaf.class_code,
    class_name.class_name,
    leaf.year_key,
    leaf.stage,
    count(distinct leaf.unit_key) filter (leaf.countable) as units,
    cast(coalesce(sum(leaf.amount) filter (leaf.countable), 0) as decimal(18, 2)) as amount
from leaf
inner join class_name
    on leaf.classification = class_name.classification and leaf.class_code = class_name.class_code
-- names of pages are made of it
where regexp_full_match(leaf.class_code, '[0-9]{3}') and leaf.stage in ('budget', 'final')
group by all
order by subject, leaf.year_key, leaf.stage
