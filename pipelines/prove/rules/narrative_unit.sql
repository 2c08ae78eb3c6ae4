-- narrative_unit: an amount in yuan with its share of an amount in another unit has the wrong unit where the share fits
-- the number, had it the unit of the whole, and not the amount as printed. The whole is the amount stated before.
with
share as (
    select * from disclosed where fact = 'share_percent' and value > 0 and unit = '%'
),

part as (
    select s.key, s.value, s.places, m.position, m.report_key, m.section, m.path, m.yuan, m.unit, m.value as number, m.page, m.quote
    from share as s
    inner join disclosed as m
        on s.report_key = m.report_key and s.section is not distinct from m.section and s.path = m.path and m.position < s.position
    where m.yuan is not null and m.fact in ('amount', 'final', 'budget')
    qualify row_number() over (partition by s.key order by m.position desc) = 1
),

whole as (
    select p.*, w.yuan as whole_yuan, w.unit as whole_unit, w.value as whole_number, u.yuan_per_unit as factor
    from part as p
    inner join disclosed as w
        on p.report_key = w.report_key and p.section is not distinct from w.section and w.position < p.position
    inner join money_unit as u on w.unit = u.unit
    where
        w.yuan is not null and w.path is distinct from p.path and w.fact in ('amount', 'final', 'budget')
    qualify row_number() over (partition by p.key order by w.position desc) = 1
),

weighed as (
    select
        *,
        abs(100 * number - value * whole_number) <= whole_number * power(10, -places) as fits_whole,
        abs(100 * yuan - value * whole_yuan) <= whole_yuan * power(10, -places) as fits
    from whole
    where whole_yuan > 0
),

final as (
    select
        'narrative_unit' as rule_id, report_key, path as subject_name, 'amount' as measure, unit, number as printed,
        if(fits or not fits_whole, number, cast(number * factor as decimal(24, 8))) as expected, page, 1 as n,
        if(fits or not fits_whole, 'equal', 'beyond') as result,
        '“' || coalesce(path, '') || '”的单位有误：按 ' || value || '% 的占比，' || number || ' 应以' || whole_unit || '计，印为'
        || unit || '；见“' || quote || '”' as note
    from weighed
)

select * from final
