-- DuckDB: sql/macros/ratio.sql
-- as DuckDB divides: a double, times a million, rounded half away from zero
create or replace function ratio (amount decimal(34, 2), whole decimal(34, 2))
returns decimal(18, 6)
return try_cast(round(cast(amount as double) / nullif(cast(whole as double), 0) * 1000000) as decimal(18, 0)) * 0.000001
