-- What the comparison of two databases, now and before, fills.
create or replace temp table touched (table_name varchar, report_key varchar);
create or replace temp table touched_year (unit_key varchar, year_key integer, stage varchar);
create or replace temp table change_table (
    table_name varchar, rows_before bigint, rows_now bigint, added bigint, removed bigint, changed bigint
);
create or replace temp table change_row (
    table_name varchar, change varchar, report_key varchar, row_key varchar, said_before varchar, said_now varchar
);
create or replace temp table unit_named as
from mingzhang.dim_unit select unit_key, unit_name
union all
from before.dim_unit select unit_key, unit_name
where unit_key not in (from mingzhang.dim_unit select unit_key);
create or replace temp table subject_named as
from mingzhang.dim_subject select subject_key, code, name
union all
from before.dim_subject select subject_key, code, name
where subject_key not in (from mingzhang.dim_subject select subject_key);
