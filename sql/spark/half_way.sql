-- DuckDB: sql/macros/half_way.sql
create or replace function half_way (lower_one decimal(18, 2), upper_one decimal(18, 2))
returns decimal(18, 2)
return cast(sign(lower_one + upper_one) * floor(abs(lower_one + upper_one) * 50) as decimal(20, 0)) * 0.01
