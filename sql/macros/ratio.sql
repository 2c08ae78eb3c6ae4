-- ratio: 两数之比，除数为零则为空 | One amount as a part of another; null where that is zero
create macro ratio(amount, whole) as try_cast(amount / nullif(whole, 0) as decimal(18, 6));
