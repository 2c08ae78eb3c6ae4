-- Grain: one row per row of a performance table. `block` numbers the tables of a report: one ends with its total score
-- or where another title begins. Scores, weights and amounts are numbers where they are printed as such.
create or replace macro plain_number(text) as try_cast(regexp_replace(text, '[,，%％分\s]', '', 'g') as decimal(18, 2));

create or replace temp table indicator as
with
parted as (
    select
        *,
        coalesce(level1, '') in ('总分', '合计') as is_total,
        coalesce(level1, '') = '预算执行情况' as is_execution,
        lag(table_title) over report as title_before,
        lag(level1) over report as level_before
    from extracted_performance
    window report as (partition by report_key order by row_no)
),

final as (
    select
        report_key, row_no, table_title, target_no, level1, level2, indicator, target_value, actual_value, rate, page,
        is_total, is_execution,
        plain_number(score) as score,
        coalesce(trim(score), '') = '' as is_blank,
        plain_number(weight) as weight,
        plain_number(target_value) as budget,
        plain_number(actual_value) as spent,
        sum(if(
            table_title is distinct from title_before or level_before in ('总分', '合计'), 1, 0
        )) over (partition by report_key order by row_no) as block
    from parted
)

select * from final
