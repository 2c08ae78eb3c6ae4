-- wan: 折合万元 | Yuan as 10,000 yuan, exact to the cent
create macro wan(amount) as cast(amount * 0.0001 as decimal(20, 6));
