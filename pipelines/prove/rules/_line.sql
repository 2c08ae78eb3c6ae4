-- Grain: one row per printed line of the forms whose lines have names instead of codes (both balances and the
-- one-column revenue table). Totals cut a side into segments; a total is the total before it plus the top lines between.
-- segment, total_no: 0, 1, … in printed order (total_no null for other lines); parent_row: the line this one is part of;
-- is_top: counts in the total of its segment; is_unclear: no numbering, no known name, so nobody can tell;
-- leads: a total printed above its parts (一、本年支出合计, then its classes); is_led: a line between it and the next
-- total, which counts in the leading total alone.
-- fund: general, fund, state_capital by name; class_code: the functional class by name.
create or replace temp table line as
with
coded_revenue as (
    select distinct report_key from cell where form = 'revenue' and (code is not null or contains(label, '/') or measure <> 'amount')
),

printed as (
    select distinct
        report_key, form, side, row_no, label, name, code,
        regexp_full_match(name, '(本年|当年|本期|年度)?(收入|支出|收支)?(总计|合计|小计):?') as is_total,
        regexp_matches(name, '^(年初|年末|年终|期初|期末|上年|结转|未安排|结余分配|单位结余|使用|动用|用事业基金|弥补)') as is_carry,
        case
            when starts_with(label, '其中') then 9
            when regexp_matches(label, '^[一二三四五六七八九十]+[、.,:]') then 1
            when regexp_matches(label, '^\([一二三四五六七八九十]+\)') then 2
            when regexp_matches(label, '^\d+[、.]\D') then 3
            when regexp_matches(label, '^\(\d+\)') then 4
        end as ordinal
    from cell
    where
        form in (select form from balance_form)
        or (form = 'revenue' and report_key not in (select report_key from coded_revenue))
),

segmented as (
    select
        *,
        coalesce(count(*) filter (where is_total) over before, 0) as segment,
        is_total and count(*) over before = 0 as leads
    from printed
    window before as (
        partition by report_key, form, side order by row_no rows between unbounded preceding and 1 preceding
    )
),

led as (
    select
        *,
        segment = 1 and not is_total and not is_carry and bool_or(leads) over (partition by report_key, form, side) as is_led
    from segmented
),

levelled as (
    select
        *,
        bool_or(ordinal between 1 and 4) over (partition by report_key, form, side, segment, is_led) as is_numbered,
        -- below the first total the numbering restarts inside the carry-over lines
        case
            when is_total then null
            when ordinal = 9 then 9
            when is_carry and (segment > 0 or ordinal is null) then 0
            when segment > 0 and not is_led then coalesce(ordinal, 5)
            else ordinal
        end as level
    from led
),

placed as (
    select
        *,
        case
            when level = 9 or (level between 1 and 5 and segment > 0 and not is_led)
                then max(row_no) filter (where level = 0) over before
            when level = 4 then max(row_no) filter (where level between 1 and 3) over before
            when level = 3 then max(row_no) filter (where level between 1 and 2) over before
            when level = 2 then max(row_no) filter (where level = 1) over before
        end as parent_row
    from levelled
    window before as (
        partition by report_key, form, side, segment order by row_no rows between unbounded preceding and 1 preceding
    )
),

final as (
    select
        p.report_key, p.form, p.side, p.row_no, p.label, p.name, p.segment, p.is_total, p.is_carry, p.parent_row,
        p.leads, p.is_led,
        p.level = 9 as is_of_which,
        not p.is_total and coalesce(p.level, 1) < 9 and p.parent_row is null
        and (p.level is not null or p.code is not null or not p.is_numbered)
        and coalesce(length(p.code), 3) = 3  -- a section or an item by its name is part of its class
            as is_top,
        not p.is_total and p.level is null and p.code is null
        and (p.is_numbered or p.is_led)  -- sections may stand below classes there, and nothing tells them apart
            as is_unclear,
        case when p.is_total then p.segment end as total_no,
        case
            when regexp_matches(p.name, '^(一般)?公共预算') then 'general'
            when starts_with(p.name, '政府性基金') then 'fund'
            when starts_with(p.name, '国有资本经营') then 'state_capital'
        end as fund,
        coalesce(if(length(p.code) = 3, p.code, null), k.code) as class_code
    from placed as p
    left join functional_class as k
        on p.side = 'expenditure' and p.code is null and starts_with(p.name, k.starts_with)
)

select * from final
