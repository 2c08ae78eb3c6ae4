-- series_break: the total of a unit's report is not about ten thousand times that of the year before or a ten-thousandth
-- of it: that is 元 for 万元. Expected is the amount in the other unit.
with
total as (
    select r.unit_key, r.year_key, r.stage, c.*
    from comparable as c
    inner join report as r on c.report_key = r.report_key
    where c.role = 'amount' and c.name = '收支总计' and c.yuan > 0
    qualify row_number() over (partition by c.report_key order by c.form, c.cell_key) = 1
),

final as (
    select
        'series_break' as rule_id, t.report_key, split_part(t.form, ' ', 1) as form, null as subject_code, t.label as subject_name,
        'total' as measure, t.unit, t.unit_per_yuan, t.page, '上年同类报告为 ' || p.yuan || ' 元' as note,
        [t.cell_key, p.cell_key] as cell_keys, t.yuan as printed,
        case
            when t.yuan between p.yuan * 3000 and p.yuan * 30000 then cast(t.yuan / 10000 as decimal(18, 2))
            when p.yuan between t.yuan * 3000 and t.yuan * 30000 then t.yuan * 10000
            else t.yuan
        end as expected,
        0 as tolerance
    from total as t
    inner join total as p on t.unit_key = p.unit_key and t.year_key = p.year_key + 1 and t.stage = p.stage
)

select * from final
