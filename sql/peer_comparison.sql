-- peer_comparison: 同级比较：同一区划内同级单位之间，或各地同名单位之间 | A unit among its peers of one region or of one name
-- grain: one unit, stage, year, measure and kind of peers
-- stored: it compares every unit with all its peers
-- warnings: departments_contain_units, stages_are_versions
-- columns:
--   unit_key: 单位键 | Unit
--   unit_name: 单位名称 | Name of the unit
--   stage: 阶段 | Stage
--   year_key: 财政年度 | Fiscal year
--   measure: 指标：expenditure 支出合计，three_public “三公”经费合计 | What is compared
--   coverage: 资金范围（只与同范围的比较） | What money it covers; only the same is compared
--   peers: 范围：region 同一上级区划内同级，namesake 各地同级同名 | region: same level within one region, or namesake: same name
--   peer_group: 可比组名称 | Name of the group
--   amount: 金额 | Amount | unit: yuan
--   amount_wan: 金额 | Amount | unit: 10,000 yuan
--   peer_count: 组内单位数（含本单位） | Units of the group, this one included
--   rank: 由大到小的名次 | Place from the largest
--   median_amount: 组内中位数 | Median of the group | unit: yuan
--   median_amount_wan: 组内中位数 | Median of the group | unit: 10,000 yuan
--   average_amount: 组内平均数 | Average of the group | unit: yuan
--   average_amount_wan: 组内平均数 | Average of the group | unit: 10,000 yuan
--   ratio_to_median: 与中位数之比，仅一个单位时为空 | This unit to the median; null in a group of one
--   group_amount: 组内合计，占比的基数 | Sum of the group, which the share is of | unit: yuan
--   group_amount_wan: 组内合计 | Sum of the group | unit: 10,000 yuan
--   share: 占组内合计的比重，仅一个单位时为空 | Share of the group's sum, 0 to 1; null in a group of one
--   countable: 跨单位相加时是否计入 | Whether it counts when units are added up
with compared as (
    select
        unit_key,
        stage,
        year_key,
        'expenditure' as measure,
        coverage,
        amount,
        countable
    from trend_expenditure_by_unit
    union all
    select
        unit_key,
        stage,
        year_key,
        'three_public' as measure,
        'three_public' as coverage,
        amount,
        countable
    from trend_three_public
    where category = 'three_public'
),

grouped as (
    select
        compared.*,
        dim_unit.unit_name,
        'region' as peers,
        case dim_unit.region_level
            when 'county' then coalesce(dim_unit.city, dim_unit.province)
            when 'prefecture' then dim_unit.province
            else '全国'
        end || '/' || dim_unit.region_level || '/' || dim_unit.scope as peer_group
    from compared
    inner join dim_unit on compared.unit_key = dim_unit.unit_key
    where dim_unit.region_level is not null
    union all
    select
        compared.*,
        dim_unit.unit_name,
        'namesake' as peers,
        dim_unit.short_name || '/' || dim_unit.region_level || '/' || dim_unit.scope as peer_group
    from compared
    inner join dim_unit on compared.unit_key = dim_unit.unit_key
    where dim_unit.region_level is not null
),

measured as (
    select
        *,
        count(*) over peer as peer_count,
        rank() over largest_first as rank,
        row_number() over largest_first as place,
        sum(amount) over peer as peer_amount
    from grouped
    window
        peer as (partition by peers, peer_group, measure, stage, year_key, coverage),
        largest_first as (partition by peers, peer_group, measure, stage, year_key, coverage order by amount desc)
),

-- the median is the amount in the middle, or half way between the two that are
middled as (
    select
        *,
        min(amount) filter (where 2 * place in (peer_count, peer_count + 1, peer_count + 2)) over peer as lower_middle,
        max(amount) filter (where 2 * place in (peer_count, peer_count + 1, peer_count + 2)) over peer as upper_middle
    from measured
    window peer as (partition by peers, peer_group, measure, stage, year_key, coverage)
),

placed as (
    select
        *,
        half_way(lower_middle, upper_middle) as median_amount,
        quotient(peer_amount, peer_count) as average_amount
    from middled
)

select
    unit_key,
    unit_name,
    stage,
    year_key,
    measure,
    coverage,
    peers,
    peer_group,
    amount,
    wan(amount) as amount_wan,
    peer_count,
    rank,
    median_amount,
    wan(median_amount) as median_amount_wan,
    average_amount,
    wan(average_amount) as average_amount_wan,
    case when peer_count > 1 then ratio(amount, median_amount) end as ratio_to_median,
    cast(peer_amount as decimal(18, 2)) as group_amount,
    wan(peer_amount) as group_amount_wan,
    case when peer_count > 1 then part_of(amount, peer_amount) end as share,
    countable
from placed
