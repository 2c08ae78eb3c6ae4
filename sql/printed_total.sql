-- printed_total: 印出的支出合计：每单位、年度、阶段取口径最宽的一个 | The widest printed total of expenditure of a unit
-- grain: one unit, year and stage
-- stored: it is found among all cells
-- follows: relatives
-- warnings: departments_contain_units, stages_are_versions
-- columns:
--   unit_key: 单位键 | Unit
--   unit_name: 单位名称 | Name of the unit
--   region: 区划名称 | Name of its region
--   region_level: 区划级别 | Level of its region
--   year_key: 财政年度 | Fiscal year
--   stage: 阶段 | Stage
--   report_key: 报告键 | Report that prints it
--   total_from: 取自哪张报表 | Statement that prints it
--   coverage: 资金范围：all 全部，appropriation 财政拨款，general 一般公共预算 | What money it covers
--   amount: 合计 | Total | unit: yuan
--   amount_wan: 合计 | Total | unit: 10,000 yuan
--   cell_key: 来源单元格，几张报表相加时为空 | Source cell, null where several statements are added
with current_cell as (
    select
        published_cell.*,
        dim_report.unit_key,
        dim_statement.layout,
        dim_statement.fund_scope,
        dim_statement.covers
    from published_cell
    inner join dim_statement on published_cell.form = dim_statement.statement
    inner join report_form
        on published_cell.report_key = report_form.report_key and published_cell.form = report_form.form
    inner join dim_report on published_cell.report_key = dim_report.report_key
    where
        report_form.is_current
        and published_cell.amount is not null
        and published_cell.sub_unit is null
        and published_cell.fund is null
),

line as (
    select
        unit_key,
        year_key,
        stage,
        report_key,
        form,
        amount,
        cell_key,
        row_no,
        case
            when layout = 'totals' then 1
            when layout = 'balance' then 2
            when fund_scope = 'all' then 3
            when fund_scope = 'appropriation' then 4
            else 5
        end as widest,
        fund_scope,
        case side when 'expenditure' then 1 when 'usage' then 2 else 3 end as side_order
    from current_cell
    where
        (
            is_total
            and covers = 'all'
            and measure in ('total', 'amount')
        )
        or (
            form = 'balance'
            and side <> 'revenue'
            and measure in ('amount', 'total')
            and regexp_matches(without_blanks(subject_name), '^(本年|当年)支出(合计|小计)$')
        )
),

first_line as (
    select *
    from line
    qualify
        row_number()
            over (partition by unit_key, year_key, stage, form order by side_order, row_no nulls last, cell_key)
        = 1
),

added as (
    select
        unit_key,
        year_key,
        stage,
        widest,
        min(report_key) as report_key,
        case when widest < 5 then min(form) else 'general_expenditure' end as total_from,
        case
            when widest < 4 then 'all'
            when widest = 4 or count(*) > 1 then 'appropriation'
            else 'general'
        end as coverage,
        sum(amount) as amount,
        case when count(*) = 1 then min(cell_key) end as cell_key
    from first_line
    group by unit_key, year_key, stage, widest
    -- a fund table alone says nothing about all of a unit's money
    having bool_or(fund_scope in ('all', 'appropriation', 'general'))
)

select
    added.unit_key,
    dim_unit.unit_name,
    region_name(dim_unit.province, dim_unit.city, dim_unit.county) as region,
    dim_unit.region_level,
    added.year_key,
    added.stage,
    added.report_key,
    added.total_from,
    added.coverage,
    cast(added.amount as decimal(18, 2)) as amount,
    wan(added.amount) as amount_wan,
    added.cell_key
from added
inner join dim_unit on added.unit_key = dim_unit.unit_key
qualify row_number() over (partition by added.unit_key, added.year_key, added.stage order by added.widest) = 1
