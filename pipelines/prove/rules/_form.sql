-- The statutory forms by what rules ask of them, from `statement` (the declared forms, columns as in dim_statement).
-- balance_form: lines have names instead of codes; whole_form: all expenditure of its money by functional subject;
-- basic_form: basic expenditure by economic class; appropriation_part: the tables, one per fund, that together say what
-- the table of appropriated expenditure says.
create or replace temp table balance_form as
select statement as form from statement where layout = 'balance';

create or replace temp table whole_form as
select statement as form from statement where classification = 'functional' and covers = 'all';

create or replace temp table basic_form as
select statement as form from statement where classification = 'economic' and covers = 'basic';

create or replace temp table appropriation_part as
select fund_scope as fund, statement as form from statement where part_of = 'appropriation_expenditure'
