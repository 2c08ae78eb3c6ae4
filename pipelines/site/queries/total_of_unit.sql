-- total_of_unit: see total
-- grain: one unit, stage and year
select *
from total
where unit_key in (select wanted.key from wanted)
order by unit_key, stage, year_key
