-- DuckDB: sql/macros/part_of.sql
create or replace function part_of (amount decimal(34, 2), whole decimal(34, 2))
returns decimal(9, 6)
return try_cast(
    try_cast(round(cast(amount as double) / nullif(cast(whole as double), 0) * 1000000) as decimal(18, 0)) * 0.000001
    as decimal(9, 6)
)
