-- Grain: one row per printed amount without coordinates beside subject and measure: rules compare along one axis with the
-- others fixed, here the body itself and all funds; the period is part of the measure.
create or replace temp table cell as
with
crossed as (
    select distinct report_key, form from extracted_cell where length(gov_economic_code) = 3
),

final as (
    select * exclude (sub_unit, project, fund, gov_economic_code)
    from point
    where
        sub_unit is null and fund is null and project is null
        -- a class printed once per class of the government is no parent of all its sections
        and (gov_economic_code is null or (report_key, form) not in (select (report_key, form) from crossed))
    -- the row of the body itself repeats the total: two printings of one point
    qualify
        not (form = 'procurement' or (code is null and label in ('合计', '总计') and side = ''))
        or row_number() over (
            partition by report_key, form, side, code, label, measure, yuan, beside
            order by row_no, cell_key
        ) = 1
        or contains(label, '/')
)

select * from final
