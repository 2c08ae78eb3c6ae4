-- Grain: one row per report and key figure that several rules compare.
create or replace temp table line_cell as
select c.*, l.* exclude (report_key, form, side, row_no, label, name)
from cell as c
inner join line as l
    on c.report_key = l.report_key and c.form = l.form and c.side = l.side and c.row_no = l.row_no;

-- 合计 of every form whose rows are subjects or paths
create or replace temp table form_total as
select *
from cell
where
    code is null
    and form not in (select form from balance_form) and form <> 'three_public'
    and regexp_full_match(label, '(本年)?(收入|支出)?(合计|总计):?')
    and (form, report_key) not in (select (form, report_key) from line);

-- first: 本年收入合计 and its like; grand: 总计. A side with one total has a grand one only if its name says so.
create or replace temp table side_total as
with
counted as (
    select *, max(total_no) over (partition by report_key, form, side) as last_no
    from line_cell
    where is_total and measure in ('amount', 'total')
),

final as (
    select *, 'first' as kind from counted where total_no = 0
    union all by name
    select *, 'grand' as kind
    from counted
    where total_no = last_no and (last_no > 0 or regexp_matches(name, '总计') or name in ('收入合计', '支出合计'))
)

select * from final;

-- the expenditure block that carries totals: by function, else by usage (three-block budgets), else by economic class
create or replace temp table spending_total as
select *
from side_total
where side in ('expenditure', 'usage', 'economic')
qualify
    dense_rank() over (
        partition by report_key, form
        order by case side when 'expenditure' then 1 when 'usage' then 2 else 3 end
    ) = 1;

-- reports that spent nothing but appropriations: both balances show the same year's expenditure
create or replace temp table all_appropriated as
select distinct b.report_key
from spending_total as b
inner join spending_total as a on b.report_key = a.report_key and b.kind = a.kind
where
    b.form = 'balance'
    and a.form = 'appropriation_balance'
    and b.kind = 'first'
    and abs(b.yuan - a.yuan) <= b.half + a.half
