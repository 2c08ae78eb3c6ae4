-- half_way: 两数之中点，分以下舍去 | Half way between two amounts, in whole cents, what is below them cut off
create macro half_way(lower, upper) as cast(
    sign(lower + upper) * floor(abs(lower + upper) * 50) * 0.01 as decimal(18, 2)
);
