-- DuckDB: sql/macros/compound_growth.sql
create or replace function compound_growth (amount decimal(18, 2), first_amount decimal(18, 2), years int)
returns decimal(18, 6)
return case
    when years > 0 and first_amount > 0 and amount > 0
        then try_cast(
            round(
                (power(cast(amount as double) / cast(first_amount as double), cast(1 as double) / years) - 1) * 1000000
            ) as decimal(18, 0)
        ) * 0.000001
end
