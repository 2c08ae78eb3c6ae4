-- 支出用途 of the balance (基本支出, 项目支出, 单位预留机动经费, 结转下年资金) = that column of the expenditure total; where
-- nothing but appropriations is spent, also = 支出用途 of the appropriation balance.
with
named as (
    select * from (values
        ('^基本支出', 'basic'), ('^项目支出', 'project'), ('机动经费', 'reserve'), ('^结转下年', 'carry_forward')
    ) as t (pattern, nature)
),

usage as (
    select l.*, n.nature
    from line_cell as l
    inner join named as n on regexp_matches(l.name, n.pattern)
    where l.side = 'usage' and l.is_top and l.measure in ('amount', 'total')
),

part as (
    select report_key, form, measure as nature, cell_key from form_total where form in ('expenditure_total', 'expenditure')
    union all by name
    select report_key, form, nature, cell_key
    from usage
    where form = 'appropriation_balance' and report_key in (select report_key from all_appropriated)
),

final as (
    select
        'balance_usage' as rule_id, t.report_key, t.form, t.side, null as subject_code, t.label as subject_name,
        t.measure, concat(t.row_no, p.form) as instance, t.cell_key as target, p.cell_key as part, 1 as sign
    from usage as t
    inner join part as p on t.report_key = p.report_key and t.nature = p.nature
    where t.form = 'balance'
)

select * from final
