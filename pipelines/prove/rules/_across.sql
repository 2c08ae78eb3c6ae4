-- Grain: one row per comparison of a report with another of the same unit, `across_pair`: printed and expected in yuan.
with
final as (
    select
        rule_id, report_key, form, subject_code, subject_name, measure, unit, page, note, cell_keys, 2 as n,
        if(page is null, [], [page]) as pages,
        cast(printed * unit_per_yuan as decimal(24, 8)) as printed,
        cast(expected * unit_per_yuan as decimal(24, 8)) as expected,
        cast((printed - expected) * unit_per_yuan as decimal(24, 8)) as difference,
        cast(tolerance * unit_per_yuan as decimal(24, 8)) as tolerance,
        case
            when expected is null then 'insufficient'
            when printed = expected then 'equal'
            when abs(printed - expected) <= tolerance then 'rounding'
            else 'beyond'
        end as result
    from across_pair
)

select * from final
