-- share_percent: a share = its amount / the whole that `share_base.csv` names for its subject (a functional subject: the
-- total of its section). Of several wholes the one that agrees, else the first. A table of shares has its own 合计. Where
-- shares of one section agree with each other on another whole, or a subject is all of it, the whole is not stated; that of the three public expenses is always their sum.
-- procurement_share: of one kind, what went to smaller enterprises is what is left of all that went to them once the
-- other kinds' shares are taken off.
with
money as (
    select * from disclosed where yuan is not null and fact in ('amount', 'final', 'budget')
),

share as (
    select * from disclosed where fact = 'share_percent' and value is not null and unit = '%'
),

part as (
    select s.key, m.yuan, m.half
    from share as s
    inner join money as m on s.report_key = m.report_key and s.section is not distinct from m.section and s.path = m.path
    qualify row_number() over (partition by s.key order by abs(m.position - s.position), m.position) = 1
),

three_public as (
    select report_key, part, sum(yuan) as yuan, sum(half) as half
    from (
        select *
        from money
        where path in ('因公出国(境)费', '公务用车购置及运行费', '公务接待费') and fact in ('amount', stage)
        qualify row_number() over (partition by report_key, part, path order by position) = 1
    )
    group by report_key, part
    having count(*) = 3
),

table_total as (
    select report_key, '表/支出合计' as name, yuan, half
    from named_cell
    where form in ('expenditure', 'expenditure_total') and line = 'total' and measure = 'total'
    union all by name
    select report_key, '表/一般公共预算项目支出' as name, yuan, half
    from named_cell
    where form = 'general_expenditure' and line = 'total' and measure = 'project'
),

wanted as (
    select s.*, b.base, b.rank
    from share as s
    inner join share_base as b on not s.is_subject and regexp_matches(s.path, b.pattern)
    union all by name
    select s.*, b.base, b.rank
    from share as s
    cross join (
        values ('一般公共预算财政拨款支出', 1), ('财政拨款支出', 2), ('支出合计', 3), ('政府性基金预算财政拨款支出', 4)
    ) as b (base, rank)
    where s.is_subject
    union all by name
    select s.*, regexp_replace(s.path, '/[^/]*$', '/合计') as base, 1 as rank
    from share as s
    where regexp_matches(s.path, '^(收入|支出)构成/')
),

whole as (
    select w.*, m.yuan as denominator, m.half as denominator_half, abs(m.position - w.position) as distance
    from wanted as w
    inner join money as m on w.report_key = m.report_key and w.part = m.part and w.base = m.path
    union all by name
    select w.*, t.yuan as denominator, t.half as denominator_half, 0 as distance
    from wanted as w
    inner join three_public as t on w.report_key = t.report_key and w.part = t.part and w.base = '三公之和'
    union all by name
    select w.*, t.yuan as denominator, t.half as denominator_half, 0 as distance
    from wanted as w
    inner join table_total as t on w.report_key = t.report_key and w.base = t.name
),

chosen as (
    select w.*, p.yuan as numerator, p.half as numerator_half
    from whole as w
    inner join part as p on w.key = p.key
    qualify row_number() over (
        partition by w.key
        order by
            w.denominator <> 0 and abs(100 * p.yuan - w.value * w.denominator) > w.denominator * power(10, -w.places),
            w.rank, w.distance
    ) = 1
),

-- the whole that a share implies, between the bounds that its decimals leave
implied as (
    select
        *, denominator <> 0 and abs(100 * numerator - value * denominator) > denominator * power(10, -places) as differs,
        100 * numerator / (value + power(10, -places)) as least_whole,
        if(value <= power(10, -places), 1e18, 100 * numerator / (value - power(10, -places))) as most_whole
    from chosen
),

elsewhere as (
    select distinct one.key
    from implied as one
    inner join implied as other
        on
            one.report_key = other.report_key and one.section is not distinct from other.section and one.path <> other.path
            and one.least_whole <= other.most_whole and other.least_whole <= one.most_whole
    where one.differs and other.differs and one.base <> '三公之和'
    union
    select key from implied where differs and is_subject and value = 100
),

awarded as (
    select
        s.*, k.yuan as denominator, k.half as denominator_half,
        any_value(a.yuan) - coalesce(sum(cast(o.yuan * t.value / 100 as decimal(18, 2))), 0) as numerator,
        any_value(a.half) + coalesce(sum(o.half), 0) as numerator_half, -- the other kinds' shares are rounded too: of a small kind they leave everything open
        count(o.key) = count(t.key)
        and coalesce(sum(o.yuan * power(10, -t.places)), 0) <= any_value(k.yuan) * power(10, -any_value(s.places)) as is_known
    from share as s
    inner join money as k
        on s.report_key = k.report_key and s.section = k.section and s.path = k.path || '/授予中小企业'
            and k.path in ('政府采购/货物', '政府采购/工程', '政府采购/服务')
    inner join money as a on s.report_key = a.report_key and s.section = a.section and a.path = '政府采购/授予中小企业'
    left join money as o
        on
            s.report_key = o.report_key and s.section = o.section and o.path <> k.path
            and o.path in ('政府采购/货物', '政府采购/工程', '政府采购/服务')
    left join share as t
        on s.report_key = t.report_key and s.section = t.section and t.path = o.path || '/授予中小企业'
    group by all
),

final as (
    select
        'share_percent' as rule_id, report_key, code as subject_code, path as subject_name, fact as measure, value as printed,
        places, page, quote as note, numerator, numerator_half,
        if(key in (select key from elsewhere), null, denominator) as denominator, denominator_half, 100 as scale
    from chosen
    union all by name
    select
        'procurement_share' as rule_id, report_key, null as subject_code, path as subject_name, fact as measure,
        value as printed, places, page, quote as note, numerator, numerator_half, denominator, denominator_half, 100 as scale
    from awarded
    where is_known and denominator > 0
)

select * from final
