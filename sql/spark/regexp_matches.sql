-- DuckDB has it
create or replace function regexp_matches (text string, pattern string)
returns boolean
return text rlike pattern
