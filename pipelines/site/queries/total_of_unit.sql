-- total_of_unit: see total
-- grain: one unit, stage and year
select *
from total
order by unit_key, stage, year_key
