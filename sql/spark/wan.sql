-- DuckDB: sql/macros/wan.sql
create or replace function wan (amount decimal(34, 2))
returns decimal(20, 6)
return cast(amount * 0.0001 as decimal(20, 6))
