-- structure_of_unit: see structure
-- grain: one unit, year, stage, breakdown and member
select *
from structure
where unit_key in (select wanted.key from wanted)
order by unit_key, breakdown, member_total desc, member, year_key, stage
