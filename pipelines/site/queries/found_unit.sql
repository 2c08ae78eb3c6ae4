-- found_unit: units for the search and the comparison
-- grain: one unit
select
    dim_unit.unit_key,
    dim_unit.unit_name,
    dim_unit.aliases,
    dim_unit.scope,
    unit_profile.first_year,
    unit_profile.last_year
from mingzhang.dim_unit
inner join mingzhang.unit_profile on dim_unit.unit_key = unit_profile.unit_key
order by dim_unit.region_code nulls last, dim_unit.unit_name, dim_unit.unit_key
