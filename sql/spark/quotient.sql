-- DuckDB: sql/macros/quotient.sql
create or replace function quotient (amount decimal(34, 2), number decimal(34, 8))
returns decimal(18, 2)
return try_cast(
    try_cast(round(cast(amount as double) / nullif(cast(number as double), 0) * 100) as decimal(20, 0)) * 0.01
    as decimal(18, 2)
)
