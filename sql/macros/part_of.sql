-- part_of: 占比，整体为零则空 | One amount as a share of the whole; null where that is zero
create macro part_of(amount, whole) as try_cast(amount / nullif(whole, 0) as decimal(9, 6));
