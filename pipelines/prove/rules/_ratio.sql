-- Grain: one row per instance of a percentage rule. `quotient` gives printed, places, numerator, denominator, what
-- rounding may have cost both, and the scale (100 for percentages). expected: the quotient rounded half up to the places
-- printed. tolerance: one unit of the last place (publishers cut as often as they round, and bend shares so that they add
-- up) and what the rounded amounts leave open. Integers all along: no float holds a share.
-- result: equal, rounding, beyond, blank (no number printed), undefined (a number where nothing can be divided),
-- insufficient.
with
whole as (
    select
        *,
        cast(round(abs(numerator) * 100) as hugeint) as num,
        cast(round(abs(denominator) * 100) as hugeint) as den,
        if((numerator < 0) = (denominator < 0) or numerator = 0, 1, -1) as sign,
        cast(scale as hugeint) as factor,
        cast(power(10, places) as hugeint) as unit_places,
        cast(power(10, 8 - places) as hugeint) as lost_places
    from quotient
),

divided as (
    select
        *,
        if(den = 0, null, sign * ((2 * num * factor * unit_places + den) // (2 * den)) * lost_places) as rounded,
        if(
            den = 0, 0,
            least(1e9, scale * (numerator_half / abs(denominator) + abs(numerator) * denominator_half / pow(denominator, 2)))
        ) as open
    from whole
),

decimals as (
    select
        * exclude (rounded),
        cast(cast(rounded as decimal(29, 0)) * 0.00000001 as decimal(24, 8)) as expected,
        cast(power(10, -places) + open as decimal(24, 8)) as tolerance
    from divided
),

final as (
    select
        rule_id, report_key, subject_code, subject_name, measure, coalesce(unit, '%') as unit,
        cast(printed as decimal(24, 8)) as printed, expected, cast(printed as decimal(24, 8)) - expected as difference, tolerance,
        2 as n, page, if(page is null, [], [page]) as pages, [] as cell_keys, note,
        case
            when numerator is null or denominator is null then 'insufficient'
            when expected is null then if(printed is null, 'insufficient', 'undefined')
            when printed is null then 'blank'
            when printed = expected then 'equal'
            when abs(printed - expected) <= tolerance then 'rounding'
            else 'beyond'
        end as result
    from decimals
)

select * from final
