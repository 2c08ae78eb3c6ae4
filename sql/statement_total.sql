-- statement_total: 报表合计核对：各报表印出的合计与其事实之和 | Printed total of each statement against the sum of its facts
-- grain: one report, stage and statement
-- stored: it is found among all cells and facts
-- follows: relatives
-- warnings: statements_overlap
-- columns:
--   report_key: 报告键 | Report
--   unit_key: 单位键 | Unit
--   unit_name: 单位名称 | Name of the unit
--   region: 区划名称 | Name of its region
--   region_level: 区划级别 | Level of its region
--   year_key: 财政年度 | Fiscal year
--   stage: 阶段 | Stage
--   statement: 报表 | Statement
--   published_amount: 印出的合计，未印为空；基本支出经济表为人员经费合计加公用经费合计 | Printed total, null where none is printed | unit: yuan
--   published_amount_wan: 印出的合计 | Printed total | unit: 10,000 yuan
--   fact_amount: 事实之和 | Sum of the facts | unit: yuan
--   fact_amount_wan: 事实之和 | Sum of the facts | unit: 10,000 yuan
--   difference: 印出的合计减事实之和 | Printed total minus sum of facts | unit: yuan
--   tolerance: 容差：末位的一半乘以（行数加一） | Half the table's last place times rows plus one | unit: yuan
--   is_within_tolerance: 差额是否在容差以内 | Whether the difference is within tolerance
--   fact_count: 事实行数 | Facts
--   is_current: 是否采用此份报表 | Whether this copy of the form counts
with total_row as (
    select
        report_key,
        form as statement,
        measure,
        min_by(amount, coalesce(row_no, 0)) as amount
    from published_cell
    where
        is_total
        and sub_unit is null
        and fund is null
        and amount is not null
        and form in (
            select dim_statement.statement from dim_statement
            where dim_statement.fact_table in ('fact_expenditure', 'fact_revenue')
        )
    group by report_key, form, measure
),

whole as (
    select
        report_key,
        statement,
        max(amount) filter (where measure = 'total') as total_amount,
        max(amount) filter (where measure = 'amount') as only_amount,
        -- personnel and public are parts of basic
        bool_or(measure in ('personnel', 'public')) as divides_basic,
        sum(amount) filter (
            where measure in (
                'project', 'remitted_to_superior', 'operating', 'subsidy_to_affiliates', 'personnel', 'public',
                'reserve', 'carry_forward'
            )
            and statement <> 'revenue'
        ) as parts_amount,
        max(amount) filter (where measure = 'basic') as basic_amount
    from total_row
    group by report_key, statement
),

subtotals as (
    select
        report_key,
        form as statement,
        sum(amount) as amount
    from published_cell
    where
        subject_code is null
        and without_blanks(subject_name) in ('人员经费合计', '公用经费合计')
        and measure in ('amount', 'total')
    group by report_key, form
    having count(distinct without_blanks(subject_name)) = 2
),

printed as (
    select
        report_key,
        statement,
        coalesce(
            whole.total_amount,
            whole.only_amount,
            subtotals.amount,
            case
                when whole.divides_basic then whole.parts_amount
                else coalesce(whole.parts_amount + whole.basic_amount, whole.parts_amount, whole.basic_amount)
            end
        ) as amount
    from whole
    full join subtotals using (report_key, statement)
),

fact as (
    select
        report_key,
        stage,
        statement,
        amount
    from fact_expenditure
    union all
    select
        report_key,
        stage,
        'revenue' as statement,
        amount
    from fact_revenue
),

fact_sum as (
    select
        report_key,
        stage,
        statement,
        sum(amount) as amount,
        count(*) as fact_count
    from fact
    group by report_key, stage, statement
),

last_place as (
    select
        report_key,
        form as statement,
        max(
            case unit when '元' then 1 when '千元' then 1000 when '万元' then 10000 when '亿元' then 100000000 end
        ) as unit_yuan,
        max(decimals) as decimals
    from published_cell
    group by report_key, form
),

compared as (
    select
        coalesce(printed.report_key, fact_sum.report_key) as report_key,
        coalesce(fact_sum.stage, dim_report.stage) as stage,
        coalesce(printed.statement, fact_sum.statement) as statement,
        cast(printed.amount as decimal(18, 2)) as published_amount,
        cast(fact_sum.amount as decimal(18, 2)) as fact_amount,
        coalesce(fact_sum.fact_count, 0) as fact_count
    from printed
    full join fact_sum on printed.report_key = fact_sum.report_key and printed.statement = fact_sum.statement
    inner join dim_report on coalesce(printed.report_key, fact_sum.report_key) = dim_report.report_key
),

measured as (
    select
        compared.*,
        dim_report.unit_key,
        dim_report.year_key,
        cast(compared.published_amount - compared.fact_amount as decimal(18, 2)) as difference,
        cast(
            last_place.unit_yuan
            * case last_place.decimals
                when 0 then 1.0 when 1 then 0.1 when 2 then 0.01 when 3 then 0.001 when 4 then 0.0001 else 0.00001
            end
            * 0.5 * (compared.fact_count + 1) as decimal(18, 2)
        ) as tolerance,
        coalesce(report_form.is_current, true) as is_current
    from compared
    inner join dim_report on compared.report_key = dim_report.report_key
    left join last_place on compared.report_key = last_place.report_key and compared.statement = last_place.statement
    left join report_form on compared.report_key = report_form.report_key and compared.statement = report_form.form
)

select
    measured.report_key,
    measured.unit_key,
    dim_unit.unit_name,
    region_name(dim_unit.province, dim_unit.city, dim_unit.county) as region,
    dim_unit.region_level,
    measured.year_key,
    measured.stage,
    measured.statement,
    measured.published_amount,
    wan(measured.published_amount) as published_amount_wan,
    measured.fact_amount,
    wan(measured.fact_amount) as fact_amount_wan,
    measured.difference,
    measured.tolerance,
    abs(measured.difference) <= measured.tolerance as is_within_tolerance,
    measured.fact_count,
    measured.is_current
from measured
inner join dim_unit on measured.unit_key = dim_unit.unit_key
