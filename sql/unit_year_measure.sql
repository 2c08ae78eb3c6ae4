-- unit_year_measure: 单位年度指标（长表）：每单位、年度、阶段、指标一个数，表列优先，表未列取文字陈述 | One figure per unit, year, stage and measure
-- grain: one unit, year, stage and measure
-- stored: each figure is chosen among all cells and statements
-- follows: relatives
-- warnings: departments_contain_units, stages_are_versions, measures_overlap
-- columns:
--   unit_key: 单位键 | Unit
--   unit_name: 单位名称 | Name of the unit
--   region: 区划名称 | Name of its region
--   region_level: 区划级别 | Level of its region
--   year_key: 财政年度 | Fiscal year
--   stage: 阶段 | Stage
--   measure: 指标，见 code_label | Measure, see code_label
--   coverage: 资金范围：all 全部，appropriation 财政拨款，general 一般公共预算 | What money it covers
--   value: 数值：金额为元，人、辆为个数，比率为百分数 | Value: yuan, persons, vehicles or per cent
--   amount: 金额，非金额为空 | Amount, null unless money | unit: yuan
--   amount_wan: 金额 | Amount | unit: 10,000 yuan
--   report_key: 来源报告 | Report it is from
--   cell_key: 来源单元格 | Source cell, null where the narrative states it
--   disclosure_key: 来源叙述 | Source sentence, null where a table prints it
--   is_derived: 是否推算：几个印出或陈述的数之和 | Whether it is a sum of printed figures, which nobody prints
--   is_disputed: 是否存疑：未决的错误或警告（缺失除外）涉及此数或其原句 | Whether an open finding, except of class missing, touches it
--   countable: 跨单位相加时是否计入 | Whether it counts when units are added up
with column_measure as (
    -- the total row of a form: which column is which measure, the better source first
    select
        t.form,
        t.printed,
        t.measure,
        t.place,
        t.coverage
    from (
        values
        ('revenue', 'total', 'revenue', 1, 'all'),
        ('revenue', 'amount', 'revenue', 2, 'all'),
        ('expenditure', 'basic', 'basic', 1, 'all'),
        ('expenditure_total', 'basic', 'basic', 2, 'all'),
        ('appropriation_expenditure', 'basic', 'basic', 4, 'appropriation'),
        ('general_expenditure', 'basic', 'basic', 5, 'general'),
        ('expenditure', 'project', 'project', 1, 'all'),
        ('expenditure_total', 'project', 'project', 2, 'all'),
        ('appropriation_expenditure', 'project', 'project', 4, 'appropriation'),
        ('general_expenditure', 'project', 'project', 5, 'general'),
        ('expenditure', 'personnel', 'personnel', 1, 'all'),
        ('appropriation_expenditure', 'personnel', 'personnel', 2, 'appropriation'),
        ('appropriation_basic_economic', 'personnel', 'personnel', 3, 'appropriation'),
        ('general_expenditure', 'personnel', 'personnel', 5, 'general'),
        ('basic_economic', 'personnel', 'personnel', 6, 'general'),
        ('expenditure', 'public', 'public', 1, 'all'),
        ('appropriation_expenditure', 'public', 'public', 2, 'appropriation'),
        ('appropriation_basic_economic', 'public', 'public', 3, 'appropriation'),
        ('general_expenditure', 'public', 'public', 5, 'general'),
        ('basic_economic', 'public', 'public', 6, 'general'),
        ('general_expenditure', 'total', 'expenditure_general', 1, 'general'),
        ('general_expenditure', 'amount', 'expenditure_general', 2, 'general'),
        ('fund', 'total', 'expenditure_fund', 1, 'fund'),
        ('fund', 'amount', 'expenditure_fund', 2, 'fund'),
        ('state_capital', 'total', 'expenditure_state_capital', 1, 'state_capital'),
        ('state_capital', 'amount', 'expenditure_state_capital', 2, 'state_capital'),
        ('operating_cost', 'total', 'operating_cost', 1, 'general'),
        ('operating_cost', 'amount', 'operating_cost', 2, 'general')
    ) as t (form, printed, measure, place, coverage)
),

line_measure as (
    -- lines of the two balances, and subtotals of the economic form, by their names
    select
        t.form,
        t.side,
        t.printed,
        t.name,
        t.measure,
        t.place,
        t.coverage
    from (
        values
        ('balance', 'revenue', '^(amount|total)$', '^(本年)?收入(合计|小计)$', 'revenue', 3, 'all'),
        ('balance', 'revenue', '^(amount|total)$', '^一般公共预算(财政)?(拨款)?(收入|资金)?$', 'revenue_general', 1, 'general'),
        ('balance', 'revenue', '^(amount|total)$', '^政府性基金(预算)?(财政)?(拨款)?(收入|资金)?$', 'revenue_fund', 1, 'fund'),
        (
            'balance', 'revenue', '^(amount|total)$', '^国有资本经营(预算)?(财政)?(拨款)?(收入|资金)?$',
            'revenue_state_capital', 1, 'state_capital'
        ),
        (
            'appropriation_balance', 'revenue', '^(amount|total)$', '^一般公共预算(财政)?(拨款)?(收入|资金)?$',
            'revenue_general', 2, 'general'
        ),
        (
            'appropriation_balance', 'revenue', '^(amount|total)$', '^政府性基金(预算)?(财政)?(拨款)?(收入|资金)?$',
            'revenue_fund', 2, 'fund'
        ),
        (
            'appropriation_balance', 'revenue', '^(amount|total)$', '^国有资本经营(预算)?(财政)?(拨款)?(收入|资金)?$',
            'revenue_state_capital', 2, 'state_capital'
        ),
        (
            'balance', 'revenue', '^(amount|total)$',
            '^(上年|年初)(财政拨款)?(结转|结余)([和、]?(结余|结转))?(资金)?$', 'carried_in', 1, 'all'
        ),
        (
            'appropriation_balance', 'revenue', '^(amount|total)$',
            '^(上年|年初)(财政拨款)?(结转|结余)([和、]?(结余|结转))?(资金)?$', 'carried_in', 5, 'appropriation'
        ),
        (
            'balance', 'expenditure|usage|economic|gov_economic', '^(amount|total)$',
            '^((年末|年终)(财政拨款)?结转[和、]?(结余)?|结转(结余)?下年(支出|资金)?)$', 'carried_out', 1, 'all'
        ),
        (
            'appropriation_balance', 'expenditure|usage|economic|gov_economic', '^(amount|total)$',
            '^((年末|年终)(财政拨款)?结转[和、]?(结余)?|结转(结余)?下年(支出|资金)?)$', 'carried_out', 5, 'appropriation'
        ),
        (
            'appropriation_balance', 'expenditure', '^general$', '^(本年)?支出(合计|小计)$',
            'expenditure_general', 4, 'general'
        ),
        ('appropriation_balance', 'expenditure', '^fund$', '^(本年)?支出(合计|小计)$', 'expenditure_fund', 4, 'fund'),
        (
            'appropriation_balance', 'expenditure', '^state_capital$', '^(本年)?支出(合计|小计)$',
            'expenditure_state_capital', 4, 'state_capital'
        ),
        ('appropriation_basic_economic', '', '^(amount|total)$', '^人员经费合计$', 'personnel', 4, 'appropriation'),
        ('basic_economic', '', '^(amount|total)$', '^人员经费合计$', 'personnel', 7, 'general'),
        ('appropriation_basic_economic', '', '^(amount|total)$', '^公用经费合计$', 'public', 4, 'appropriation'),
        ('basic_economic', '', '^(amount|total)$', '^公用经费合计$', 'public', 7, 'general')
    ) as t (form, side, printed, name, measure, place, coverage)
),

current_cell as (
    select
        published_cell.*,
        dim_report.unit_key
    from published_cell
    inner join report_form
        on
            published_cell.report_key = report_form.report_key
            and published_cell.form = report_form.form
            and report_form.is_current
    inner join dim_report on published_cell.report_key = dim_report.report_key
    where
        published_cell.amount is not null
        and published_cell.sub_unit is null
        and published_cell.fund is null
        and published_cell.project is null
        and coalesce(published_cell.period, 'current') = 'current'
        and published_cell.subject_code is null
),

of_total as (
    select
        current_cell.*,
        column_measure.measure as figure,
        column_measure.place,
        column_measure.coverage
    from current_cell
    inner join column_measure
        on current_cell.form = column_measure.form and current_cell.measure = column_measure.printed
    where current_cell.is_total
),

printed_line as (
    -- names repeat from report to report: each is looked at once
    select distinct
        form,
        side,
        measure,
        subject_name
    from current_cell
),

known_line as (
    select
        printed_line.*,
        line_measure.measure as figure,
        line_measure.place,
        line_measure.coverage
    from printed_line
    inner join line_measure
        on
            printed_line.form = line_measure.form
            and regexp_matches(printed_line.side, '^(' || line_measure.side || ')$')
            and regexp_matches(printed_line.measure, line_measure.printed)
            and regexp_matches(plain_name(printed_line.subject_name), line_measure.name)
),

of_line as (
    select
        current_cell.*,
        known_line.figure,
        known_line.place,
        known_line.coverage
    from current_cell
    inner join known_line
        on
            current_cell.form = known_line.form
            and current_cell.side = known_line.side
            and current_cell.measure = known_line.measure
            and current_cell.subject_name = known_line.subject_name
),

printed as (
    select * from of_total
    union all
    select * from of_line
),

candidate as (
    select
        unit_key,
        year_key,
        stage,
        figure as measure,
        coverage,
        place,
        row_no,
        amount as value,
        amount,
        report_key,
        cell_key,
        null as disclosure_key,
        false as is_derived,
        if(starts_with(figure, 'revenue'), 'revenue', 'expenditure') as figures
    from printed
    union all
    select
        unit_key,
        year_key,
        stage,
        'expenditure' as measure,
        coverage,
        1 as place,
        null as row_no,
        amount as value,
        amount,
        report_key,
        cell_key,
        null as disclosure_key,
        cell_key is null as is_derived,
        'expenditure' as figures
    from printed_total
    union all
    select
        unit_key,
        year_key,
        stage,
        category as measure,
        null as coverage,
        1 as place,
        null as row_no,
        amount as value,
        amount,
        report_key,
        cell_key,
        disclosure_key,
        false as is_derived,
        'three_public' as figures
    from fact_three_public
    where is_current and category <> 'total'
    union all
    select
        unit_key,
        year_key,
        stage,
        if(category = 'total', 'procurement', 'procurement_' || category) as measure,
        null as coverage,
        1 as place,
        null as row_no,
        amount as value,
        amount,
        report_key,
        cell_key,
        disclosure_key,
        false as is_derived,
        'procurement' as figures
    from fact_procurement
    where is_current
    union all
    select
        unit_key,
        year_key,
        stage,
        'staff_' || kind as measure,
        null as coverage,
        1 as place,
        null as row_no,
        persons as value,
        null as amount,
        report_key,
        null as cell_key,
        disclosure_key,
        is_derived,
        'staff' as figures
    from fact_staff
    where is_current and is_total
    union all
    select
        unit_key,
        year_key,
        stage,
        measure,
        case
            when measure in ('expenditure_fund', 'revenue_fund') then 'fund'
            when measure in ('expenditure_state_capital', 'revenue_state_capital') then 'state_capital'
            when measure in ('expenditure_general', 'revenue_general', 'operating_cost') then 'general'
        end as coverage,
        10 as place,
        null as row_no,
        coalesce(amount, value) as value,
        amount,
        report_key,
        null as cell_key,
        disclosure_key,
        false as is_derived,
        'stated' as figures
    from fact_stated
    where is_current
    union all
    select
        unit_key,
        year_key,
        stage,
        nature as measure,
        min(coverage) as coverage,
        20 as place,
        null as row_no,
        sum(amount) as value,
        sum(amount) as amount,
        min(report_key) as report_key,
        null as cell_key,
        null as disclosure_key,
        true as is_derived,
        'expenditure_economic' as figures
    from expenditure_economic
    where nature in ('personnel', 'public')
    group by unit_key, year_key, stage, nature
),

chosen as (
    select *
    from candidate
    qualify
        row_number() over (
            partition by unit_key, year_key, stage, measure
            order by place, row_no nulls last, report_key, cell_key nulls last
        ) = 1
),

-- a warning that something is missing says nothing against the figures that are there
doubt as (
    select
        finding_key,
        report_key,
        message
    from quality.finding
    where accepted_at is null and (severity = 'error' or (severity = 'warning' and class <> 'missing'))
),

disputed_cell as (
    select distinct quality.finding_cell.cell_key
    from quality.finding_cell
    inner join doubt on quality.finding_cell.finding_key = doubt.finding_key
),

-- findings about the text name no cell: they quote the clause they are about
disputed_disclosure as (
    select distinct fact_disclosure.disclosure_key
    from doubt
    inner join fact_disclosure
        on
            doubt.report_key = fact_disclosure.report_key
            and contains(doubt.message, '见“' || fact_disclosure.quote || '”')
)

select
    chosen.unit_key,
    dim_unit.unit_name,
    region_name(dim_unit.province, dim_unit.city, dim_unit.county) as region,
    dim_unit.region_level,
    chosen.year_key,
    chosen.stage,
    chosen.measure,
    chosen.coverage,
    cast(chosen.value as decimal(24, 8)) as value,
    cast(chosen.amount as decimal(18, 2)) as amount,
    wan(chosen.amount) as amount_wan,
    chosen.report_key,
    chosen.cell_key,
    chosen.disclosure_key,
    chosen.is_derived,
    disputed_cell.cell_key is not null or disputed_disclosure.disclosure_key is not null as is_disputed,
    unit_countable.countable
from chosen
inner join dim_unit on chosen.unit_key = dim_unit.unit_key
left join disputed_cell on chosen.cell_key = disputed_cell.cell_key
left join disputed_disclosure on chosen.disclosure_key = disputed_disclosure.disclosure_key
left join unit_countable
    on
        chosen.figures = unit_countable.figures
        and chosen.unit_key = unit_countable.unit_key
        and chosen.year_key = unit_countable.year_key
        and chosen.stage = unit_countable.stage
