-- DuckDB has it
create or replace function starts_with (text string, beginning string)
returns boolean
return startswith(text, beginning)
