-- unit: what a unit's page says first
-- grain: one unit
select
    dim_unit.*,
    unit_profile.report_count,
    unit_profile.first_year,
    unit_profile.last_year,
    unit_profile.largest_class_name,
    unit_profile.largest_class_share,
    unit_profile.open_findings
from mingzhang.dim_unit
inner join mingzhang.unit_profile on dim_unit.unit_key = unit_profile.unit_key
where dim_unit.unit_key in (select wanted.key from wanted)
order by dim_unit.unit_key
