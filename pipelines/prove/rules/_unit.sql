-- Units of money, and half the last place of a number with so many decimals.
create or replace temp table money_unit as
select *
from (values
    ('元', 1, 1.00000000), ('千元', 1000, 0.00100000), ('万元', 10000, 0.00010000), ('亿元', 100000000, 0.00000001)
) as t (unit, yuan_per_unit, unit_per_yuan);

create or replace temp table last_place as
select *
from (values
    (0, 0.500000000), (1, 0.050000000), (2, 0.005000000), (3, 0.000500000), (4, 0.000050000),
    (5, 0.000005000), (6, 0.000000500), (7, 0.000000050), (8, 0.000000005)
) as t (places, half_unit)
