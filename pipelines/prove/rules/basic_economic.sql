-- general_basic: 基本支出 of the general expenditure table = 人员经费合计 + 公用经费合计 of the economic table, or its 合计,
-- or its classes where a sum is blank; 人员经费 and 公用经费 alike where that table has these columns.
-- appropriation_basic: 基本支出 of the appropriation balance = 合计 of the economic table of all appropriations.
-- economic_forms: that table = the economic table of the general budget, where no other appropriation is spent.
with
economic as (
    select * from cell where form = 'basic_economic' and measure in ('amount', 'total')
),

nature as (
    select
        *,
        case
            when contains(label, '人员') or left(code, 3) in (select class_code from personnel_class) then 'personnel' else 'public'
        end as nature
    from economic
    where length(code) = 3 or (code is null and regexp_matches(label, '^(人员|公用|日常公用)(经费)?合计'))
),

-- a sum where it is printed, else the classes it is made of
nature_part as (
    select * from nature
    qualify code is null or bool_and(code is not null) over (partition by report_key, nature)
),

total_part as (
    select report_key, cell_key, 'basic' as measure from form_total where form = 'basic_economic' and measure in ('amount', 'total')
    union all by name
    select report_key, cell_key, 'basic' as measure
    from nature_part
    where report_key not in (select report_key from form_total where form = 'basic_economic')
    union all by name
    -- which class is personnel is our convention; only the publisher's own sums and columns say it
    select report_key, cell_key, nature as measure
    from nature_part
    where report_key in (select report_key from nature where code is null)
    union all by name
    select report_key, cell_key, measure from form_total where form = 'basic_economic' and measure in ('personnel', 'public')
),

usage as (
    select * from line_cell
    where form = 'appropriation_balance' and side = 'usage' and is_top and starts_with(name, '基本支出')
),

other_funds as (
    select report_key from cell
    where
        form in (select form from appropriation_part where fund <> 'general') and measure = 'total' and yuan <> 0
    union
    select report_key from absent_fund where fund <> 'general'
),

final as (
    select
        'general_basic' as rule_id, t.report_key, t.form, t.side, null as subject_code, t.label as subject_name, t.measure,
        cast(t.row_no as varchar) as instance, t.cell_key as target, p.cell_key as part, 1 as sign
    from form_total as t
    inner join total_part as p on t.report_key = p.report_key and t.measure = p.measure
    where t.form = 'general_expenditure'
    union all by name
    select
        'appropriation_basic' as rule_id, t.report_key, t.form, t.side, null as subject_code, t.label as subject_name,
        t.measure, cast(t.row_no as varchar) as instance, t.cell_key as target, p.cell_key as part, 1 as sign
    from usage as t
    inner join form_total as p
        on t.report_key = p.report_key and p.form = 'appropriation_basic_economic' and p.measure in ('amount', 'total')
    union all by name
    select
        'economic_forms' as rule_id, t.report_key, t.form, t.side, t.code as subject_code, t.label as subject_name,
        t.measure, cast(t.row_no as varchar) as instance, t.cell_key as target, p.cell_key as part, 1 as sign
    from cell as t
    inner join cell as p
        on
            t.report_key = p.report_key and t.measure = p.measure and p.form = 'basic_economic'
            and (t.code = p.code or (t.code is null and p.code is null and t.label = p.label))
    where
        t.form = 'appropriation_basic_economic'
        and t.report_key not in (select report_key from other_funds)
)

select * from final
