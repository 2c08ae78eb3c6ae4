-- found_subject: subjects that somebody prints, for the search
-- grain: one subject
select
    dim_subject.classification,
    dim_subject.code,
    dim_subject.name,
    dim_subject.classification || '-' || dim_subject.class_code as subject
from mingzhang.dim_subject
where
    (
        dim_subject.subject_key in (
            select fact.subject_key from mingzhang.fact_expenditure as fact where fact.is_current
        )
        -- facts are leaves: the classes above them have the pages
        or (dim_subject.level = 1 and (dim_subject.classification, dim_subject.class_code) in (
            select (leaf.classification, leaf.class_code) from leaf
        ))
    )
    and regexp_full_match(dim_subject.class_code, '[0-9]{3}')
order by dim_subject.classification desc, dim_subject.code, dim_subject.name
