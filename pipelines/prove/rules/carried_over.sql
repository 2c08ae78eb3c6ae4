-- carried_over: an expenditure that the narrative explains by nothing but money carried over needs an opening balance: the
-- grand total of revenue is more than the revenue of the year. Treasuries carry quotas over that no unit books as its
-- balance, so this settles nothing.
with
stated as (
    select
        r.report_key, r.text, r.page, regexp_extract(r.text, '((?:亿|万)?元)', 1) as unit,
        try_cast(replace(regexp_extract(r.text, '(\d[\d,]*(?:\.\d+)?)(?:亿|万)?元', 1), ',', '') as decimal(18, 6)) as value
    from extracted_remark as r
    inner join report_reading as p on r.report_key = p.report_key
    where
        r.kind = 'carried_over' and p.stage = 'final'
        and regexp_extract(r.text, '(20\d\d)年度?(?:财政拨款|项目)?结转', 1) <> coalesce(cast(p.fiscal_year as varchar), '')
),

opening as (
    select g.report_key, g.yuan - f.yuan as yuan, g.half + f.half as half
    from side_total as g
    inner join side_total as f on g.report_key = f.report_key and g.form = f.form and g.side = f.side
    where g.form = 'balance' and g.side = 'revenue' and g.kind = 'grand' and f.kind = 'first'
    qualify row_number() over (partition by g.report_key order by g.yuan - f.yuan desc) = 1
),

final as (
    select
        'carried_over' as rule_id, s.report_key, 'balance' as form, '年初结转和结余' as subject_name, 'final' as measure, s.unit,
        s.value as printed, if(o.yuan > o.half, s.value, 0) as expected, if(o.yuan > o.half, 0, s.value) as difference,
        cast(o.half * u.unit_per_yuan as decimal(24, 8)) as tolerance, 2 as n, s.page,
        if(o.yuan > o.half, 'equal', 'beyond') as result,
        '“' || s.text || '”，而收支总表没有年初结转和结余' as note
    from stated as s
    inner join opening as o on s.report_key = o.report_key
    inner join money_unit as u on s.unit = u.unit
    where s.value > 0
)

select * from final
