-- Grain: one row per printed amount without coordinates beside subject and measure. Adds to `extracted_cell`: the label without numbering, money in yuan, half the
-- last place of its table, or its own finer one, in yuan (`half`: what rounding may have cost this cell), and the factor
-- back to its unit.
create or replace temp table cell as
with
crossed as (
    select distinct report_key, form from extracted_cell where length(gov_economic_code) = 3
),

-- places shown: of the value without its trailing zeros, or of the text as printed where that shows more (59.00)
shown as (
    select
        *,
        greatest(
            length(rtrim(split_part(cast(value as varchar), '.', 2), '0')),
            least(8, length(regexp_extract(regexp_replace(coalesce(raw_text, ''), '[\s_,]', '', 'g'), '\.(\d+)$', 1)))
        ) as places
    from extracted_cell
    -- rules compare along one axis with the others fixed: the body itself, all funds; the period is part of the measure
    where
        amount is not null
        and sub_unit is null and fund is null and project is null
        -- a class printed once per class of the government is no parent of all its sections
        and (gov_economic_code is null or (report_key, form) not in (select (report_key, form) from crossed))
    window
        point as (
            partition by report_key, form, side, row_no, subject_code, label, measure, economic_code, gov_economic_code
            order by cell_key
        ),
        point_whole as (
            partition by report_key, form, side, row_no, subject_code, label, measure, economic_code, gov_economic_code
        )
    qualify
        -- the row of the body itself repeats the total: two printings of one point
        (
            not (form = 'procurement' or (subject_code is null and label in ('合计', '总计') and coalesce(side, '') = ''))
            or row_number() over (
                partition by report_key, form, side, subject_code, label, measure, amount, economic_code, gov_economic_code
                order by row_no, cell_key
            ) = 1
            or contains(label, '/')
        )
        -- so do two columns of one measure; which of them is the measure nobody can tell where they differ
        and row_number() over point = 1
        and min(amount) over point_whole = max(amount) over point_whole
),

-- a spreadsheet shows nine digits or more in a narrow column with what decimals there is room for: rounded, not exact
cut as (
    select *, places < 2 and length(regexp_replace(coalesce(raw_text, ''), '[^0-9]', '', 'g')) >= 9 as is_cut
    from shown
),

-- what a single cell shows is its own affair: in an exact table a sum would show it too
finest as (
    select report_key, form, unit, list_reverse_sort(list(places))[least(2, count(*))] as places
    from shown
    group by report_key, form, unit
),

final as (
    select
        s.cell_key,
        s.report_key,
        s.stage,
        s.form,
        coalesce(s.economic_code, '') || '/' || coalesce(s.gov_economic_code, '') as beside,
        coalesce(s.side, '') as side,
        s.row_no,
        nullif(trim(s.subject_code), '') as code,
        s.label,
        regexp_replace(
            s.label,
            '^(其中:?)?([一二三四五六七八九十]+[、.,:]|\([一二三四五六七八九十]+\)|\d+[、.]|\(\d+\))?', ''
        ) as name,
        s.measure,
        s.heading,
        contains(coalesce(s.method, ''), 'a second reading gives') or contains(coalesce(s.method, ''), 'stands in the column of')
            as is_doubtful,
        s.amount as yuan,
        cast(p.half_unit * u.yuan_per_unit as decimal(24, 9)) as half,
        s.unit,
        cast(u.unit_per_yuan as decimal(28, 8)) as unit_per_yuan,  -- narrower, a hundred million yuan overflow
        s.page
    from cut as s
    inner join finest as f on s.report_key = f.report_key and s.form = f.form and s.unit = f.unit
    inner join last_place as p on if(s.is_cut, greatest(s.places, 1), greatest(s.places, f.places)) = p.places
    inner join money_unit as u on s.unit = u.unit
)

select * from final
