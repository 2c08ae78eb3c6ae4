-- unit_succession: 单位承继：每个单位由哪个单位接续至今 | Which unit carries a unit on today, however many steps it took
-- grain: one unit
-- columns:
--   unit_key: 单位键 | Unit
--   carried_on_by: 接续的单位键，未变则为自身 | Unit that carries it on; itself where nothing changed
with recursive step as (
    select
        unit_key,
        unit_key as carried_on_by,
        0 as steps
    from dim_unit
    union all
    select
        step.unit_key,
        dim_unit.succeeded_by as carried_on_by,
        step.steps + 1 as steps
    from step
    inner join dim_unit on step.carried_on_by = dim_unit.unit_key
    -- more steps than any body has lived through: a ring
    where dim_unit.succeeded_by is not null and step.steps < 20
)

select
    unit_key,
    max_by(carried_on_by, steps) as carried_on_by
from step
group by unit_key
