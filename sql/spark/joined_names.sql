-- DuckDB: sql/macros/joined_names.sql
create or replace function joined_names (names array<string>)
returns string
return nullif(array_join(array_sort(names), '、'), '')
