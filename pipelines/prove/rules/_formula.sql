-- Grain: one row per term of a formula printed below a table: 58行=(32+33+…+57)行 has the target 58 and 26 terms.
-- formula: number of the remark; axis: 行 (lines) or 栏 (columns).
create or replace temp table formula_term as
with
formula as (
    select
        report_key, row_no as formula, form, text, page,
        cast(regexp_extract(text, '^(\d+)', 1) as integer) as target,
        if(contains(text, '行=') and not contains(text, '栏'), '行', '栏') as axis,
        regexp_replace(regexp_extract(text, '=\(?([^()行栏]+)', 1), '[.…·]+', '~', 'g') as terms
    from extracted_remark
    where kind = 'formula' and form is not null
),

piece as (
    select *, unnest(regexp_extract_all(terms, '[+\-]?(~|\d+)')) as piece, generate_subscripts(regexp_extract_all(terms, '[+\-]?(~|\d+)'), 1) as nth
    from formula
),

numbered as (
    select
        * exclude (piece), contains(piece, '~') as is_range, if(starts_with(piece, '-'), -1, 1) as sign,
        try_cast(regexp_extract(piece, '(\d+)', 1) as integer) as number
    from piece
),

bounded as (
    select
        *, lag(number) over terms as before, lead(number) over terms as after
    from numbered
    window terms as (partition by report_key, formula order by nth)
),

final as (
    select report_key, formula, form, text, page, target, axis, sign, number
    from bounded
    where not is_range and number is not null
    union all by name
    select report_key, formula, form, text, page, target, axis, 1 as sign, unnest(range(before + 1, after)) as number
    from bounded
    where is_range and after - before between 2 and 200
)

select * from final
