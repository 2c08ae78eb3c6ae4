-- Grain: one row per line of what a recognised table left unread. text: blanks levelled, one before and after, so that a
-- name is found as a whole; code: of the subject it begins with; is_money: it looks like an amount, not like a count or
-- the number of a page; amount: the number it ends with; digits: of all that the report's tables of that form left unread, run together.
create or replace temp table unread_line as
with
line as (
    select report_key, form, unnest(string_split(unread, chr(10))) as line
    from published_table
    where form is not null and unread is not null
),

final as (
    select
        report_key, form, ' ' || trim(regexp_replace(line, '\s+', ' ', 'g')) || ' ' as text,
        nullif(regexp_extract(line, '^\s*(\d{3,7})\s', 1), '') as code,
        regexp_matches(line, '\d\.\d|\d,\d{3}') as is_money,
        try_cast(replace(regexp_extract(line, '(-?[\d,]+\.?\d*)\s*$', 1), ',', '') as decimal(24, 8)) as amount
    from line
)

select * from final;

create or replace temp table unread_digits as
select report_key, form, string_agg(regexp_replace(unread, '[^0-9.]', '', 'g'), ' ') as digits
from published_table
where form is not null and unread is not null
group by report_key, form
;

-- sums of two numbers that a form left unread, where these are so few that no sum comes about by chance
create or replace temp table unread_pair as
with
few as (
    select report_key, form, amount, row_number() over (partition by report_key, form) as nth
    from unread_line
    where is_money and amount is not null
    qualify count(*) over (partition by report_key, form) <= 20
)

select a.report_key, a.form, a.amount + b.amount as amount
from few as a
inner join few as b on a.report_key = b.report_key and a.form = b.form and a.nth < b.nth
