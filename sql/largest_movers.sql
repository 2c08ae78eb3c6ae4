-- largest_movers: 变动最大的科目：每单位每年与上年同口径相比，增减最多的二十个 | The twenty subjects of a unit that changed most on the year before
-- grain: one classification, unit, stage, year and subject
-- stored: it ranks every change of every unit
-- follows: relatives
-- warnings: departments_contain_units, stages_are_versions, classifications_overlap
-- columns:
--   classification: 分类：functional 功能，economic 经济 | functional or economic; never add the two
--   unit_key: 单位键（承继后的单位） | Unit, the one that carries on after a succession
--   unit_name: 单位名称 | Name of the unit
--   region: 区划名称 | Name of its region
--   region_level: 区划级别 | Level of its region
--   stage: 阶段 | Stage
--   year_key: 财政年度 | Fiscal year
--   subject_key: 科目键 | Subject
--   subject_code: 科目编码 | Code of the subject
--   subject_name: 科目名称 | Name of the subject
--   coverage: 资金范围 | What money it covers
--   amount: 金额 | Amount | unit: yuan
--   amount_wan: 金额 | Amount | unit: 10,000 yuan
--   previous_amount: 上年金额；上年未印的科目不在此列 | Year before; subjects not printed then are not listed | unit: yuan
--   previous_amount_wan: 上年金额 | Year before | unit: 10,000 yuan
--   change_amount: 比上年增减 | Change on the year before | unit: yuan
--   change_amount_wan: 比上年增减 | Change on the year before | unit: 10,000 yuan
--   change_rate: 比上年增减率 | Change as a part of the year before
--   change_rank: 在本单位当年的名次，按增减额绝对值 | Place within the unit and year, by the size of the change
--   is_break: 与上年之间是否有科目改革断点 | Whether a reform of subjects lies between the two years
--   countable: 跨单位相加时是否计入 | Whether it counts when units are added up
with ranked as (
    select
        *,
        row_number() over (
            partition by classification, unit_key, stage, year_key
            order by abs(change_amount) desc, subject_key asc
        ) as change_rank
    from trend_expenditure_by_subject
    where change_amount <> 0 and subject_code is not null
    qualify change_rank <= 20
)

select
    ranked.classification,
    ranked.unit_key,
    dim_unit.unit_name,
    region_name(dim_unit.province, dim_unit.city, dim_unit.county) as region,
    dim_unit.region_level,
    ranked.stage,
    ranked.year_key,
    ranked.subject_key,
    ranked.subject_code,
    ranked.subject_name,
    ranked.coverage,
    ranked.amount,
    ranked.amount_wan,
    ranked.previous_amount,
    ranked.previous_amount_wan,
    ranked.change_amount,
    ranked.change_amount_wan,
    ranked.change_rate,
    ranked.change_rank,
    ranked.is_break,
    ranked.countable
from ranked
inner join dim_unit on ranked.unit_key = dim_unit.unit_key
