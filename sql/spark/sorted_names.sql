-- DuckDB: sql/macros/sorted_names.sql
create or replace function sorted_names (names array<string>)
returns array<string>
return coalesce(array_sort(names), cast(array() as array<string>))
