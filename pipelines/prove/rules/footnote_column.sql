-- footnote_column: a printed formula over columns holds in every row; `column_formula.csv` says which column is which in
-- the ministry's forms. A table with other columns is not compared.
with
stranger as (
    select distinct report_key, form
    from cell
    where
        form in (select form from column_formula)
        and (form, measure) not in (select (form, measure) from column_formula)
),

term as (
    select t.report_key, t.formula, t.form, t.text, t.sign, a.measure as target, p.measure as part
    from formula_term as t
    inner join column_formula as a on t.form = a.form and t.target = a.number
    inner join column_formula as p on t.form = p.form and t.number = p.number
    where t.axis = '栏' and (t.report_key, t.form) not in (select (report_key, form) from stranger)
),

final as (
    select
        'footnote_column' as rule_id, t.report_key, t.form, t.side, t.code as subject_code, t.label as subject_name,
        t.measure, f.formula || ' ' || t.row_no as instance, t.cell_key as target, p.cell_key as part, f.sign,
        f.text as note
    from term as f
    inner join cell as t on f.report_key = t.report_key and f.form = t.form and f.target = t.measure
    left join cell as p on t.report_key = p.report_key and t.form = p.form and t.row_no = p.row_no and f.part = p.measure
)

select * from final
