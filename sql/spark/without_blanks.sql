-- DuckDB: sql/macros/without_blanks.sql
create or replace function without_blanks (name string)
returns string
return regexp_replace(name, '[ \\t\\n\\f\\r]', '')
