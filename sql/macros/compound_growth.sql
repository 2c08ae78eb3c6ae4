-- compound_growth: 年均复合增长率 | Yearly growth that leads from the first amount to this one; null unless both are positive
create macro compound_growth(amount, first_amount, years) as case
    when years > 0 and first_amount > 0 and amount > 0
        then try_cast(power(cast(amount as double) / cast(first_amount as double), 1.0 / years) - 1 as decimal(18, 6))
end;
