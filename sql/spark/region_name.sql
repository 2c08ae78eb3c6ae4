-- DuckDB: sql/macros/region_name.sql
create or replace function region_name (province string, city string, county string)
returns string
return nullif(concat_ws('', province, if(city = province, null, city), county), '')
