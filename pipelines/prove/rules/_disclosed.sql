-- Grain: one row per figure of the narrative, in printed order (`position`). Money has `half`: half the last place it
-- shows, or of one that shows less than two decimals the last place its section shows, up to two, as zeros may have been
-- left out; percentages have `places`, the decimals printed. A section that repeats a figure more
-- than a hundred times, or states more than two thousand of a kind, is compared that far: no document may hold up others.
create or replace temp table disclosed as
with
shown as (
    select
        *,
        split_part(section, '/', 1) as part,
        length(regexp_extract(coalesce(value_text, ''), '\.(\d+)', 1)) as places
    from extracted_disclosure
    qualify
        row_number() over (partition by report_key, section, fact, subject_path order by position) <= 100
        and row_number() over (partition by report_key, section, fact order by position) <= 2000
),

finest as (
    select report_key, part, unit, least(8, max(places)) as places
    from shown
    where amount is not null and value <> 0
    group by report_key, part, unit
),

final as (
    select
        s.disclosure_key as key, s.position, s.report_key, r.stage, s.section, s.part, s.fact, s.subject_path as path,
        s.is_subject, s.subject_code as code, s.value, s.unit, s.places, s.amount as yuan, s.quote, s.page,
        cast(p.half_unit * u.yuan_per_unit as decimal(24, 9)) as half,
        cast(u.unit_per_yuan as decimal(28, 8)) as unit_per_yuan
    from shown as s
    inner join report_reading as r on s.report_key = r.report_key
    left join finest as f on s.report_key = f.report_key and s.part = f.part and s.unit = f.unit
    left join last_place as p on least(coalesce(f.places, 2), greatest(s.places, 2)) = p.places
    left join money_unit as u on s.unit = u.unit
)

select * from final
