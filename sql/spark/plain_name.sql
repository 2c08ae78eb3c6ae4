-- DuckDB: sql/macros/plain_name.sql
create or replace function plain_name (name string)
returns string
return regexp_replace(
    regexp_replace(name, '[ \\t\\n\\f\\r]', ''), '^(?:[（(][一二三四五六七八九十0-9]+[）)]|[一二三四五六七八九十0-9]+[、.．])*', ''
)
