-- Grain: one row per cell of a statutory table that the narrative speaks of by a name, see `narrative_figure.csv`.
-- line: total (合计), first and grand (totals of a balance), a fund, a class of the economic forms, personnel, public, row.
create or replace temp table named_cell as
with
final as (
    select report_key, form, 'total' as line, if(measure = 'amount', 'total', measure) as measure, cell_key, yuan, half
    from form_total
    union all by name
    select report_key, form, kind as line, side as measure, cell_key, yuan, half
    from side_total
    union all by name
    select report_key, form, fund as line, 'total' as measure, cell_key, yuan, half
    from line_cell
    where fund is not null and side in ('revenue', '') and segment = 0 and not is_of_which
    union all by name
    select report_key, form, code as line, if(measure = 'amount', 'total', measure) as measure, cell_key, yuan, half
    from cell
    where form in (select form from basic_form) and length(code) = 3
    union all by name
    select
        report_key, form, if(contains(label, '人员'), 'personnel', 'public') as line,
        if(measure = 'amount', 'total', measure) as measure, cell_key, yuan, half
    from cell
    where
        form in (select form from basic_form) and code is null
        and regexp_matches(label, '^(人员|公用|日常公用)(经费)?合计')
    union all by name
    select report_key, form, 'row' as line, measure, cell_key, yuan, half from cell where form = 'three_public'
)

select * from final
