-- matrix: which years and stages of a unit are there, by region
-- grain: one unit
select
    dim_unit.unit_key,
    dim_unit.unit_name,
    dim_unit.scope,
    list(struct_pack(
        year_key := total.year_key,
        stage := total.stage,
        amount := total.amount,
        report_key := total.report_key,
        cells := total.cells
    )) filter (total.unit_key is not null) as totals
from mingzhang.dim_unit
left join total on dim_unit.unit_key = total.unit_key and total.stage in ('budget', 'final')
group by dim_unit.unit_key, dim_unit.unit_name, dim_unit.scope, dim_unit.region_code
order by dim_unit.region_code nulls last, dim_unit.unit_name, dim_unit.unit_key
