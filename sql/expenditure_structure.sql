-- expenditure_structure: 支出结构：按功能类、性质、经济类的占比 | Shares of a unit's expenditure by class, nature and economic class
-- grain: one unit, year, stage, breakdown and member
-- stored: it adds up every fact
-- follows: relatives
-- warnings: departments_contain_units, stages_are_versions, classifications_overlap
-- columns:
--   unit_key: 单位键 | Unit
--   unit_name: 单位名称 | Name of the unit
--   region: 区划名称 | Name of its region
--   region_level: 区划级别 | Level of its region
--   year_key: 财政年度 | Fiscal year
--   stage: 阶段 | Stage
--   breakdown: 结构：functional_class 功能类，nature 性质，economic_class 经济类（基本支出） | What the shares are by
--   member: 编码或性质 | Code or nature
--   member_name: 名称 | Name
--   coverage: 资金范围（合并的行不同时取最窄） | What money it covers, the narrowest where rows differ
--   amount: 金额 | Amount | unit: yuan
--   amount_wan: 金额 | Amount | unit: 10,000 yuan
--   is_complete: 是否完整：与印出的合计相符，且无未分部分 | Whether they come to the printed total with nothing left undivided
--   share_of: 占比的基数：总额的名称与资金范围 | What the share is of
--   base_amount: 占比的基数 | Amount the share is of | unit: yuan
--   base_amount_wan: 占比的基数 | Amount the share is of | unit: 10,000 yuan
--   share: 占比（0 到 1），不完整则为空 | Share of the breakdown's sum, 0 to 1; null unless complete
--   countable: 跨单位相加时是否计入 | Whether it counts when units are added up
with undivided as (
    select distinct
        unit_key,
        year_key,
        stage
    from expenditure
    where nature = 'undivided' and amount <> 0
),

-- where the source has no natures, totals of the same money may be printed by nature
divided_total as (
    select
        fact_expenditure.unit_key,
        fact_expenditure.year_key,
        fact_expenditure.stage,
        fact_expenditure.statement,
        fact_expenditure.nature,
        fact_expenditure.amount
    from fact_expenditure
    inner join undivided
        on
            fact_expenditure.unit_key = undivided.unit_key
            and fact_expenditure.year_key = undivided.year_key
            and fact_expenditure.stage = undivided.stage
    where fact_expenditure.is_current and fact_expenditure.statement = 'expenditure_total'
),

by_nature as (
    select
        expenditure.unit_key,
        expenditure.year_key,
        expenditure.stage,
        expenditure.statement,
        expenditure.coverage,
        expenditure.nature,
        expenditure.amount
    from expenditure
    anti join divided_total
        on
            expenditure.unit_key = divided_total.unit_key
            and expenditure.year_key = divided_total.year_key
            and expenditure.stage = divided_total.stage
    union all
    select
        unit_key,
        year_key,
        stage,
        statement,
        'all' as coverage,
        nature,
        amount
    from divided_total
),

member_row as (
    select
        unit_key,
        year_key,
        stage,
        'functional_class' as breakdown,
        coalesce(class_code, '') as member,
        coalesce(class_name, subject_name) as member_name,
        statement,
        coverage,
        amount,
        derived as is_undivided
    from expenditure
    union all
    select
        unit_key,
        year_key,
        stage,
        'nature' as breakdown,
        nature as member,
        nature as member_name,
        statement,
        coverage,
        amount,
        nature = 'undivided' and amount <> 0 as is_undivided
    from by_nature
    union all
    select
        unit_key,
        year_key,
        stage,
        'economic_class' as breakdown,
        coalesce(class_code, '') as member,
        coalesce(class_name, subject_name) as member_name,
        statement,
        coverage,
        amount,
        false as is_undivided
    from expenditure_economic
),

member_sum as (
    select
        unit_key,
        year_key,
        stage,
        breakdown,
        member,
        min(member_name) as member_name,
        min(statement) as statement,
        -- all < appropriation < general: the last is the narrowest
        max(coverage) as coverage,
        cast(sum(amount) as decimal(18, 2)) as amount,
        bool_or(is_undivided) as is_undivided
    from member_row
    group by unit_key, year_key, stage, breakdown, member
),

whole as (
    select
        unit_key,
        year_key,
        stage,
        breakdown,
        min(statement) as statement,
        max(coverage) as coverage,
        sum(amount) as amount,
        bool_or(is_undivided) as is_undivided
    from member_sum
    group by unit_key, year_key, stage, breakdown
),

tolerance as (
    select
        unit_key,
        year_key,
        stage,
        statement,
        max(tolerance) as tolerance,
        bool_and(coalesce(is_within_tolerance, true)) as is_within_tolerance
    from statement_total
    where is_current
    group by unit_key, year_key, stage, statement
),

judged as (
    select
        whole.unit_key,
        whole.year_key,
        whole.stage,
        whole.breakdown,
        whole.coverage,
        whole.amount,
        not whole.is_undivided and case
            when whole.breakdown = 'economic_class' then coalesce(tolerance.is_within_tolerance, true)
            when printed_total.coverage = 'all'
                then abs(printed_total.amount - whole.amount) <= coalesce(tolerance.tolerance, 0)
            else whole.coverage = 'all'
        end as is_complete
    from whole
    left join printed_total
        on
            whole.unit_key = printed_total.unit_key
            and whole.year_key = printed_total.year_key
            and whole.stage = printed_total.stage
    left join tolerance
        on
            whole.unit_key = tolerance.unit_key
            and whole.year_key = tolerance.year_key
            and whole.stage = tolerance.stage
            and whole.statement = tolerance.statement
)

select
    member_sum.unit_key,
    dim_unit.unit_name,
    region_name(dim_unit.province, dim_unit.city, dim_unit.county) as region,
    dim_unit.region_level,
    member_sum.year_key,
    member_sum.stage,
    member_sum.breakdown,
    member_sum.member,
    member_sum.member_name,
    member_sum.coverage,
    member_sum.amount,
    wan(member_sum.amount) as amount_wan,
    judged.is_complete,
    case judged.coverage when 'all' then '全部资金' when 'appropriation' then '财政拨款' else '一般公共预算' end
    || if(member_sum.breakdown = 'economic_class', '基本支出合计', '支出合计') as share_of,
    cast(judged.amount as decimal(18, 2)) as base_amount,
    wan(judged.amount) as base_amount_wan,
    case
        when judged.is_complete then part_of(member_sum.amount, judged.amount)
    end as share,
    unit_countable.countable
from member_sum
inner join judged
    on
        member_sum.unit_key = judged.unit_key
        and member_sum.year_key = judged.year_key
        and member_sum.stage = judged.stage
        and member_sum.breakdown = judged.breakdown
inner join dim_unit on member_sum.unit_key = dim_unit.unit_key
inner join unit_countable
    on
        member_sum.unit_key = unit_countable.unit_key
        and member_sum.year_key = unit_countable.year_key
        and member_sum.stage = unit_countable.stage
        and case
            when member_sum.breakdown = 'economic_class' then 'expenditure_economic'
            else 'expenditure'
        end = unit_countable.figures
