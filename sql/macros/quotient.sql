-- quotient: 均摊到分，个数为零则空 | An amount divided by a number, to the cent; null where that is zero
create macro quotient(amount, number) as try_cast(amount / nullif(number, 0) as decimal(18, 2));
