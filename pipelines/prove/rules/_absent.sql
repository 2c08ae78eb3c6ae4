-- Grain: one row per report and fund whose table of appropriated expenditure is not there although the report has such
-- money: nothing adds up to all appropriations then. General money every unit has; of the others the lines and columns
-- that carry their names tell.
create or replace temp table absent_fund as
with
there as (
    select report_key, form from cell
    union
    select report_key, form from published_table where form is not null
),

told as (
    select report_key, 'general' as fund from cell
    union
    select report_key, fund from line_cell where fund is not null and yuan <> 0
    union
    select report_key, measure as fund from cell
    where (form in (select form from balance_form) or form = 'revenue') and yuan <> 0
),

final as (
    select t.report_key, t.fund
    from told as t
    inner join appropriation_part as f on t.fund = f.fund
    where (t.report_key, f.form) not in (select (report_key, form) from there)
)

select * from final;

-- funds whose table prints money, but no class that is known: what it says of a class cannot be told
create or replace temp table unclassed_fund as
select t.report_key, f.fund
from form_total as t
inner join appropriation_part as f on t.form = f.form
where t.yuan <> 0 and (t.report_key, t.form) not in (select (report_key, form) from cell where length(code) >= 3)
