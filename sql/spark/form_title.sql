-- DuckDB: sql/macros/form_title.sql
create or replace function form_title (section string, project string)
returns string
return regexp_replace(
    regexp_replace(replace(section, project, ''), '[0-9]+年度?|[0-9.（）()-]', ''), '^.*(绩效目标表|自评表)', '$1'
)
