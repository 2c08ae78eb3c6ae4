-- unit_year: 单位年度一览：每单位、年度、阶段一行，各项指标及其出处 | One scorecard row per unit, year and stage, each figure with its source
-- grain: one unit, year and stage
-- stored: it pivots every measure of every unit
-- follows: relatives
-- warnings: departments_contain_units, stages_are_versions, measures_overlap
-- columns:
--   unit_key: 单位键 | Unit
--   unit_name: 单位名称 | Name of the unit
--   region: 区划名称 | Name of its region
--   region_level: 区划级别 | Level of its region
--   scope: 口径 | department or unit
--   year_key: 财政年度 | Fiscal year
--   stage: 阶段 | Stage
--   coverage: 支出合计的资金范围 | What money the total of expenditure covers
--   revenue_amount: 本年收入合计，未公布为空 | Revenue of the year | unit: yuan
--   revenue_amount_wan: 本年收入合计 | Revenue of the year | unit: 10,000 yuan
--   revenue_key: 出处：单元格键或叙述键，推算的为空 | Its cell_key or disclosure_key
--   revenue_general_amount: 一般公共预算拨款收入，未公布为空 | Revenue, general public budget | unit: yuan
--   revenue_general_amount_wan: 一般公共预算拨款收入 | Revenue, general public budget | unit: 10,000 yuan
--   revenue_general_key: 出处：单元格键或叙述键，推算的为空 | Its cell_key or disclosure_key
--   revenue_fund_amount: 政府性基金预算拨款收入，未公布为空 | Revenue, government funds | unit: yuan
--   revenue_fund_amount_wan: 政府性基金预算拨款收入 | Revenue, government funds | unit: 10,000 yuan
--   revenue_fund_key: 出处：单元格键或叙述键，推算的为空 | Its cell_key or disclosure_key
--   revenue_state_capital_amount: 国有资本经营预算拨款收入，未公布为空 | Revenue, state capital budget | unit: yuan
--   revenue_state_capital_amount_wan: 国有资本经营预算拨款收入 | Revenue, state capital budget | unit: 10,000 yuan
--   revenue_state_capital_key: 出处：单元格键或叙述键，推算的为空 | Its cell_key or disclosure_key
--   expenditure_amount: 本年支出合计，未公布为空 | Expenditure of the year | unit: yuan
--   expenditure_amount_wan: 本年支出合计 | Expenditure of the year | unit: 10,000 yuan
--   expenditure_key: 出处：单元格键或叙述键，推算的为空 | Its cell_key or disclosure_key
--   expenditure_general_amount: 一般公共预算支出，未公布为空 | Expenditure, general public budget | unit: yuan
--   expenditure_general_amount_wan: 一般公共预算支出 | Expenditure, general public budget | unit: 10,000 yuan
--   expenditure_general_key: 出处：单元格键或叙述键，推算的为空 | Its cell_key or disclosure_key
--   expenditure_fund_amount: 政府性基金预算支出，未公布为空 | Expenditure, government funds | unit: yuan
--   expenditure_fund_amount_wan: 政府性基金预算支出 | Expenditure, government funds | unit: 10,000 yuan
--   expenditure_fund_key: 出处：单元格键或叙述键，推算的为空 | Its cell_key or disclosure_key
--   expenditure_state_capital_amount: 国有资本经营预算支出，未公布为空 | Expenditure, state capital budget | unit: yuan
--   expenditure_state_capital_amount_wan: 国有资本经营预算支出 | Expenditure, state capital budget | unit: 10,000 yuan
--   expenditure_state_capital_key: 出处：单元格键或叙述键，推算的为空 | Its cell_key or disclosure_key
--   basic_amount: 基本支出，未公布为空 | Basic expenditure | unit: yuan
--   basic_amount_wan: 基本支出 | Basic expenditure | unit: 10,000 yuan
--   basic_key: 出处：单元格键或叙述键，推算的为空 | Its cell_key or disclosure_key
--   project_amount: 项目支出，未公布为空 | Project expenditure | unit: yuan
--   project_amount_wan: 项目支出 | Project expenditure | unit: 10,000 yuan
--   project_key: 出处：单元格键或叙述键，推算的为空 | Its cell_key or disclosure_key
--   personnel_amount: 人员经费，未公布为空 | Personnel | unit: yuan
--   personnel_amount_wan: 人员经费 | Personnel | unit: 10,000 yuan
--   personnel_key: 出处：单元格键或叙述键，推算的为空 | Its cell_key or disclosure_key
--   public_amount: 公用经费，未公布为空 | Public (running) expenses | unit: yuan
--   public_amount_wan: 公用经费 | Public (running) expenses | unit: 10,000 yuan
--   public_key: 出处：单元格键或叙述键，推算的为空 | Its cell_key or disclosure_key
--   three_public_amount: “三公”经费，未公布为空 | Three public expenses | unit: yuan
--   three_public_amount_wan: “三公”经费 | Three public expenses | unit: 10,000 yuan
--   three_public_key: 出处：单元格键或叙述键，推算的为空 | Its cell_key or disclosure_key
--   abroad_amount: 因公出国（境）费，未公布为空 | Travel abroad | unit: yuan
--   abroad_amount_wan: 因公出国（境）费 | Travel abroad | unit: 10,000 yuan
--   abroad_key: 出处：单元格键或叙述键，推算的为空 | Its cell_key or disclosure_key
--   vehicle_amount: 公务用车购置及运行费，未公布为空 | Official vehicles | unit: yuan
--   vehicle_amount_wan: 公务用车购置及运行费 | Official vehicles | unit: 10,000 yuan
--   vehicle_key: 出处：单元格键或叙述键，推算的为空 | Its cell_key or disclosure_key
--   vehicle_purchase_amount: 公务用车购置费，未公布为空 | Vehicles bought | unit: yuan
--   vehicle_purchase_amount_wan: 公务用车购置费 | Vehicles bought | unit: 10,000 yuan
--   vehicle_purchase_key: 出处：单元格键或叙述键，推算的为空 | Its cell_key or disclosure_key
--   vehicle_running_amount: 公务用车运行费，未公布为空 | Vehicles run | unit: yuan
--   vehicle_running_amount_wan: 公务用车运行费 | Vehicles run | unit: 10,000 yuan
--   vehicle_running_key: 出处：单元格键或叙述键，推算的为空 | Its cell_key or disclosure_key
--   reception_amount: 公务接待费，未公布为空 | Receptions | unit: yuan
--   reception_amount_wan: 公务接待费 | Receptions | unit: 10,000 yuan
--   reception_key: 出处：单元格键或叙述键，推算的为空 | Its cell_key or disclosure_key
--   meeting_amount: 会议费，未公布为空 | Meetings | unit: yuan
--   meeting_amount_wan: 会议费 | Meetings | unit: 10,000 yuan
--   meeting_key: 出处：单元格键或叙述键，推算的为空 | Its cell_key or disclosure_key
--   training_amount: 培训费，未公布为空 | Training | unit: yuan
--   training_amount_wan: 培训费 | Training | unit: 10,000 yuan
--   training_key: 出处：单元格键或叙述键，推算的为空 | Its cell_key or disclosure_key
--   carried_in_amount: 上年结转和结余，未公布为空 | Carried over from the year before | unit: yuan
--   carried_in_amount_wan: 上年结转和结余 | Carried over from the year before | unit: 10,000 yuan
--   carried_in_key: 出处：单元格键或叙述键，推算的为空 | Its cell_key or disclosure_key
--   carried_out_amount: 结转下年，未公布为空 | Carried over to the next year | unit: yuan
--   carried_out_amount_wan: 结转下年 | Carried over to the next year | unit: 10,000 yuan
--   carried_out_key: 出处：单元格键或叙述键，推算的为空 | Its cell_key or disclosure_key
--   operating_cost_amount: 机关运行经费，未公布为空 | Operating cost of the office | unit: yuan
--   operating_cost_amount_wan: 机关运行经费 | Operating cost of the office | unit: 10,000 yuan
--   operating_cost_key: 出处：单元格键或叙述键，推算的为空 | Its cell_key or disclosure_key
--   procurement_amount: 政府采购合计，未公布为空 | Government procurement | unit: yuan
--   procurement_amount_wan: 政府采购合计 | Government procurement | unit: 10,000 yuan
--   procurement_key: 出处：单元格键或叙述键，推算的为空 | Its cell_key or disclosure_key
--   procurement_sme_amount: 其中：授予中小企业，未公布为空 | Awarded to small and medium enterprises | unit: yuan
--   procurement_sme_amount_wan: 其中：授予中小企业 | Awarded to small and medium enterprises | unit: 10,000 yuan
--   procurement_sme_key: 出处：单元格键或叙述键，推算的为空 | Its cell_key or disclosure_key
--   procurement_small_micro_amount: 其中：授予小微企业，未公布为空 | Awarded to small and micro enterprises | unit: yuan
--   procurement_small_micro_amount_wan: 其中：授予小微企业 | Awarded to small and micro enterprises | unit: 10,000 yuan
--   procurement_small_micro_key: 出处：单元格键或叙述键，推算的为空 | Its cell_key or disclosure_key
--   staff_establishment: 编制人数，未公布为空 | Posts | unit: persons
--   staff_establishment_key: 出处：单元格键或叙述键，推算的为空 | Its cell_key or disclosure_key
--   staff_in_service: 在职人数，未公布为空 | People in service | unit: persons
--   staff_in_service_key: 出处：单元格键或叙述键，推算的为空 | Its cell_key or disclosure_key
--   staff_retired: 离退休人数，未公布为空 | Retired people | unit: persons
--   staff_retired_key: 出处：单元格键或叙述键，推算的为空 | Its cell_key or disclosure_key
--   vehicle_count: 车辆数，未公布为空 | Vehicles owned | unit: vehicles
--   vehicle_count_key: 出处：单元格键或叙述键，推算的为空 | Its cell_key or disclosure_key
--   procurement_sme_share: 授予中小企业占政府采购合计的比重 | Share of procurement that small and medium enterprises get
--   execution_rate: 决算为年初预算的几倍，同一资金范围，仅决算行 | Final as a part of the initial budget, comparable funds
--   execution_coverage: 执行率的资金范围 | What money that rate covers
--   published_rate: 公布的完成率 | Rate as the report states it
--   published_rate_key: 公布完成率的叙述 | Sentence that states it
--   head_count: 人均指标所用人数：在职，未公布取编制 | People that figures per head are divided by
--   head_base: 人数口径：in_service 在职，establishment 编制 | Whether these are in service or posts
--   expenditure_per_head: 人均支出 | Expenditure per head | unit: yuan
--   personnel_per_head: 人均人员经费 | Personnel per head | unit: yuan
--   three_public_per_head: 人均“三公”经费 | Three public expenses per head | unit: yuan
--   is_restated: 科目改革后，趋势视图中本行金额按现行类别归并 | Whether trends show amounts of this row under other classes
--   derived_measures: 推算的指标 | Measures that are sums of printed figures
--   disputed_measures: 存疑的指标 | Measures that such a finding touches
--   is_disputed: 是否有存疑的指标 | Whether an open finding (class missing aside) touches any
--   countable: 跨单位相加时是否计入 | Whether it counts when units are added up
with restated as (
    select distinct
        moved.unit_key,
        moved.year_key,
        moved.stage
    from (
        select
            unit_key,
            year_key,
            stage,
            subject_key
        from expenditure
        union all
        select
            unit_key,
            year_key,
            stage,
            subject_key
        from expenditure_economic
    ) as moved
    inner join subject_succession on moved.subject_key = subject_succession.subject_key
    where subject_succession.carried_on_by <> moved.subject_key
),

execution as (
    select
        unit_key,
        year_key,
        execution_rate,
        coverage,
        published_rate,
        published_key
    from execution_by_unit
    qualify
        row_number() over (
            partition by unit_key, year_key
            order by published_rate is null, budget_from = 'adjusted_budget', budget_from = 'budget', coverage
        ) = 1
),

sourced as (
    select
        *,
        coalesce(cell_key, disclosure_key) as source_key
    from unit_year_measure
),

measured as (
    select
        unit_key,
        year_key,
        stage,
        max(coverage) filter (where measure = 'expenditure') as coverage,
        max(amount) filter (where measure = 'revenue') as revenue_amount,
        max(source_key) filter (where measure = 'revenue') as revenue_key,
        max(amount) filter (where measure = 'revenue_general') as revenue_general_amount,
        max(source_key) filter (where measure = 'revenue_general') as revenue_general_key,
        max(amount) filter (where measure = 'revenue_fund') as revenue_fund_amount,
        max(source_key) filter (where measure = 'revenue_fund') as revenue_fund_key,
        max(amount) filter (where measure = 'revenue_state_capital') as revenue_state_capital_amount,
        max(source_key) filter (where measure = 'revenue_state_capital') as revenue_state_capital_key,
        max(amount) filter (where measure = 'expenditure') as expenditure_amount,
        max(source_key) filter (where measure = 'expenditure') as expenditure_key,
        max(amount) filter (where measure = 'expenditure_general') as expenditure_general_amount,
        max(source_key) filter (where measure = 'expenditure_general') as expenditure_general_key,
        max(amount) filter (where measure = 'expenditure_fund') as expenditure_fund_amount,
        max(source_key) filter (where measure = 'expenditure_fund') as expenditure_fund_key,
        max(amount) filter (where measure = 'expenditure_state_capital') as expenditure_state_capital_amount,
        max(source_key) filter (where measure = 'expenditure_state_capital') as expenditure_state_capital_key,
        max(amount) filter (where measure = 'basic') as basic_amount,
        max(source_key) filter (where measure = 'basic') as basic_key,
        max(amount) filter (where measure = 'project') as project_amount,
        max(source_key) filter (where measure = 'project') as project_key,
        max(amount) filter (where measure = 'personnel') as personnel_amount,
        max(source_key) filter (where measure = 'personnel') as personnel_key,
        max(amount) filter (where measure = 'public') as public_amount,
        max(source_key) filter (where measure = 'public') as public_key,
        max(amount) filter (where measure = 'three_public') as three_public_amount,
        max(source_key) filter (where measure = 'three_public') as three_public_key,
        max(amount) filter (where measure = 'abroad') as abroad_amount,
        max(source_key) filter (where measure = 'abroad') as abroad_key,
        max(amount) filter (where measure = 'vehicle') as vehicle_amount,
        max(source_key) filter (where measure = 'vehicle') as vehicle_key,
        max(amount) filter (where measure = 'vehicle_purchase') as vehicle_purchase_amount,
        max(source_key) filter (where measure = 'vehicle_purchase') as vehicle_purchase_key,
        max(amount) filter (where measure = 'vehicle_running') as vehicle_running_amount,
        max(source_key) filter (where measure = 'vehicle_running') as vehicle_running_key,
        max(amount) filter (where measure = 'reception') as reception_amount,
        max(source_key) filter (where measure = 'reception') as reception_key,
        max(amount) filter (where measure = 'meeting') as meeting_amount,
        max(source_key) filter (where measure = 'meeting') as meeting_key,
        max(amount) filter (where measure = 'training') as training_amount,
        max(source_key) filter (where measure = 'training') as training_key,
        max(amount) filter (where measure = 'carried_in') as carried_in_amount,
        max(source_key) filter (where measure = 'carried_in') as carried_in_key,
        max(amount) filter (where measure = 'carried_out') as carried_out_amount,
        max(source_key) filter (where measure = 'carried_out') as carried_out_key,
        max(amount) filter (where measure = 'operating_cost') as operating_cost_amount,
        max(source_key) filter (where measure = 'operating_cost') as operating_cost_key,
        max(amount) filter (where measure = 'procurement') as procurement_amount,
        max(source_key) filter (where measure = 'procurement') as procurement_key,
        max(amount) filter (where measure = 'procurement_sme') as procurement_sme_amount,
        max(source_key) filter (where measure = 'procurement_sme') as procurement_sme_key,
        max(amount) filter (where measure = 'procurement_small_micro') as procurement_small_micro_amount,
        max(source_key) filter (where measure = 'procurement_small_micro') as procurement_small_micro_key,
        cast(max(value) filter (where measure = 'staff_establishment') as bigint) as staff_establishment,
        max(source_key) filter (where measure = 'staff_establishment') as staff_establishment_key,
        cast(max(value) filter (where measure = 'staff_in_service') as bigint) as staff_in_service,
        max(source_key) filter (where measure = 'staff_in_service') as staff_in_service_key,
        cast(max(value) filter (where measure = 'staff_retired') as bigint) as staff_retired,
        max(source_key) filter (where measure = 'staff_retired') as staff_retired_key,
        cast(max(value) filter (where measure = 'vehicle_count') as bigint) as vehicle_count,
        max(source_key) filter (where measure = 'vehicle_count') as vehicle_count_key,
        sorted_names(array_agg(measure) filter (where is_derived)) as derived_measures,
        sorted_names(array_agg(measure) filter (where is_disputed)) as disputed_measures,
        bool_or(is_disputed) as is_disputed,
        coalesce(bool_and(countable) filter (where measure = 'expenditure'), bool_and(countable)) as countable
    from sourced
    group by unit_key, year_key, stage
),

headed as (
    select
        *,
        coalesce(staff_in_service, staff_establishment) as head_count,
        case
            when staff_in_service is not null then 'in_service'
            when staff_establishment is not null then 'establishment'
        end as head_base
    from measured
)

select
    headed.unit_key,
    dim_unit.unit_name,
    region_name(dim_unit.province, dim_unit.city, dim_unit.county) as region,
    dim_unit.region_level,
    dim_unit.scope,
    headed.year_key,
    headed.stage,
    headed.coverage,
    headed.revenue_amount,
    wan(headed.revenue_amount) as revenue_amount_wan,
    headed.revenue_key,
    headed.revenue_general_amount,
    wan(headed.revenue_general_amount) as revenue_general_amount_wan,
    headed.revenue_general_key,
    headed.revenue_fund_amount,
    wan(headed.revenue_fund_amount) as revenue_fund_amount_wan,
    headed.revenue_fund_key,
    headed.revenue_state_capital_amount,
    wan(headed.revenue_state_capital_amount) as revenue_state_capital_amount_wan,
    headed.revenue_state_capital_key,
    headed.expenditure_amount,
    wan(headed.expenditure_amount) as expenditure_amount_wan,
    headed.expenditure_key,
    headed.expenditure_general_amount,
    wan(headed.expenditure_general_amount) as expenditure_general_amount_wan,
    headed.expenditure_general_key,
    headed.expenditure_fund_amount,
    wan(headed.expenditure_fund_amount) as expenditure_fund_amount_wan,
    headed.expenditure_fund_key,
    headed.expenditure_state_capital_amount,
    wan(headed.expenditure_state_capital_amount) as expenditure_state_capital_amount_wan,
    headed.expenditure_state_capital_key,
    headed.basic_amount,
    wan(headed.basic_amount) as basic_amount_wan,
    headed.basic_key,
    headed.project_amount,
    wan(headed.project_amount) as project_amount_wan,
    headed.project_key,
    headed.personnel_amount,
    wan(headed.personnel_amount) as personnel_amount_wan,
    headed.personnel_key,
    headed.public_amount,
    wan(headed.public_amount) as public_amount_wan,
    headed.public_key,
    headed.three_public_amount,
    wan(headed.three_public_amount) as three_public_amount_wan,
    headed.three_public_key,
    headed.abroad_amount,
    wan(headed.abroad_amount) as abroad_amount_wan,
    headed.abroad_key,
    headed.vehicle_amount,
    wan(headed.vehicle_amount) as vehicle_amount_wan,
    headed.vehicle_key,
    headed.vehicle_purchase_amount,
    wan(headed.vehicle_purchase_amount) as vehicle_purchase_amount_wan,
    headed.vehicle_purchase_key,
    headed.vehicle_running_amount,
    wan(headed.vehicle_running_amount) as vehicle_running_amount_wan,
    headed.vehicle_running_key,
    headed.reception_amount,
    wan(headed.reception_amount) as reception_amount_wan,
    headed.reception_key,
    headed.meeting_amount,
    wan(headed.meeting_amount) as meeting_amount_wan,
    headed.meeting_key,
    headed.training_amount,
    wan(headed.training_amount) as training_amount_wan,
    headed.training_key,
    headed.carried_in_amount,
    wan(headed.carried_in_amount) as carried_in_amount_wan,
    headed.carried_in_key,
    headed.carried_out_amount,
    wan(headed.carried_out_amount) as carried_out_amount_wan,
    headed.carried_out_key,
    headed.operating_cost_amount,
    wan(headed.operating_cost_amount) as operating_cost_amount_wan,
    headed.operating_cost_key,
    headed.procurement_amount,
    wan(headed.procurement_amount) as procurement_amount_wan,
    headed.procurement_key,
    headed.procurement_sme_amount,
    wan(headed.procurement_sme_amount) as procurement_sme_amount_wan,
    headed.procurement_sme_key,
    headed.procurement_small_micro_amount,
    wan(headed.procurement_small_micro_amount) as procurement_small_micro_amount_wan,
    headed.procurement_small_micro_key,
    headed.staff_establishment,
    headed.staff_establishment_key,
    headed.staff_in_service,
    headed.staff_in_service_key,
    headed.staff_retired,
    headed.staff_retired_key,
    headed.vehicle_count,
    headed.vehicle_count_key,
    ratio(headed.procurement_sme_amount, headed.procurement_amount) as procurement_sme_share,
    execution.execution_rate,
    execution.coverage as execution_coverage,
    execution.published_rate,
    execution.published_key as published_rate_key,
    headed.head_count,
    headed.head_base,
    quotient(headed.expenditure_amount, headed.head_count) as expenditure_per_head,
    quotient(headed.personnel_amount, headed.head_count) as personnel_per_head,
    quotient(headed.three_public_amount, headed.head_count) as three_public_per_head,
    restated.unit_key is not null as is_restated,
    headed.derived_measures,
    headed.disputed_measures,
    headed.is_disputed,
    headed.countable
from headed
inner join dim_unit on headed.unit_key = dim_unit.unit_key
left join restated
    on
        headed.unit_key = restated.unit_key
        and headed.year_key = restated.year_key
        and headed.stage = restated.stage
left join execution
    on
        headed.unit_key = execution.unit_key
        and headed.year_key = execution.year_key
        and headed.stage = 'final'
