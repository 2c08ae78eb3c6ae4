-- printed: cells that print a sum: a class as a whole, or a nature in the total row
-- grain: one report, form, breakdown, member and amount
select
    report_key,
    form,
    case when is_total then 'nature' else 'class' end as breakdown,
    case when is_total then measure else subject_code end as member,
    amount,
    min(cell_key) as cell_key
from mingzhang.published_cell
where amount is not null and (is_total or (length(subject_code) = 3 and measure in ('total', 'amount')))
group by report_key, form, breakdown, member, amount
