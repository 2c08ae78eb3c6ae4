-- figure: what a unit's reports say of it, measure by measure, each with the cell or clause it is from
-- grain: one unit, measure, year and stage
with per_head as (
    unpivot (
        select
            unit_key,
            year_key,
            stage,
            head_base,
            expenditure_per_head,
            personnel_per_head,
            three_public_per_head
        from mingzhang.unit_year
        where unit_key in (select wanted.key from wanted)
    )
    on expenditure_per_head, personnel_per_head, three_public_per_head
    into name measure value amount
)

select
    unit_key,
    measure,
    year_key,
    stage,
    coverage,
    value,
    amount,
    report_key,
    list_filter([coalesce(cell_key, 'd-' || disclosure_key)], lambda key: key is not null) as cells,
    is_derived,
    is_disputed
from mingzhang.unit_year_measure
where unit_key in (select wanted.key from wanted)
union all by name
select
    unit_key,
    measure,
    year_key,
    stage,
    head_base as coverage,
    amount as value,
    amount,
    [] as cells,
    true as is_derived,
    false as is_disputed
from per_head
order by unit_key, year_key, stage, measure
