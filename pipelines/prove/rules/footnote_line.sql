-- footnote_line: a printed formula over lines holds on the report's own lines. Where it does not, but a line that is a
-- total shows the very sum, the formula names the wrong line: printed and expected are the two line numbers.
with
line as (
    select c.report_key, c.form, c.side, c.measure, try_cast(e.line_no as integer) as number, c.yuan, c.half, c.label, c.cell_key
    from cell as c
    inner join extracted_cell as e on c.cell_key = e.cell_key
    where c.form in (select form from balance_form) and try_cast(e.line_no as integer) is not null
),

summed as (
    select
        t.report_key, t.formula, t.form, t.text, t.page, t.target, l.side, l.measure, count(*) as n, max(t.number) as last_term,
        sum(t.sign * l.yuan) as expected, sum(l.half) as half, list(l.cell_key order by l.cell_key) as part_keys
    from formula_term as t
    inner join line as l on t.report_key = l.report_key and t.form = l.form and t.number = l.number
    where t.axis = '行'
    group by all
),

compared as (
    select
        s.*, l.cell_key, l.yuan as printed, abs(coalesce(l.yuan, 0) - s.expected) <= s.half + coalesce(l.half, 0.01) as agrees,
        w.number as named, w.label
    from summed as s
    left join line as l
        on
            s.report_key = l.report_key and s.form = l.form and s.side = l.side and s.measure = l.measure
            and s.target = l.number
    left join line as w
        on
            s.report_key = w.report_key and s.form = w.form and s.side = w.side and s.measure = w.measure
            and w.number <> s.target and regexp_matches(w.label, '合计|总计') and abs(w.yuan - s.expected) <= s.half + w.half
    qualify row_number() over (partition by s.report_key, s.formula, s.measure order by abs(w.number - s.last_term)) = 1
),

worst as (
    select *
    from compared
    qualify row_number() over (partition by report_key, formula order by agrees, measure) = 1
),

final as (
    select
        'footnote_line' as rule_id, report_key, form, side, null as subject_code, cast(target as varchar) as subject_name,
        measure, if(agrees, '', '行') as unit,
        cast(if(agrees, null, target) as decimal(24, 8)) as printed, cast(if(agrees, null, named) as decimal(24, 8)) as expected,
        cast(n as integer) as n, page, list_concat(if(cell_key is null, [], [cell_key]), part_keys) as cell_keys,
        if(agrees, 'equal', if(named is null, 'insufficient', 'beyond')) as result,
        '表注公式“' || text || '”与本表不符：第 ' || target || ' 行并非所列各行之和，应为第 ' || named || ' 行（' || label || '）' as note
    from worst
)

select * from final
