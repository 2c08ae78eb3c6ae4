-- subject_unit: what the units that lead a class spend on it, see leader
-- grain: one classification, class, unit, year and stage
select
    leader.subject,
    leader.rank_no,
    leader.unit_count,
    structure.unit_key,
    dim_unit.unit_name,
    structure.year_key,
    structure.stage,
    structure.amount,
    structure.share,
    structure.is_break,
    structure.report_key,
    structure.cells
from leader
inner join structure
    on
        leader.unit_key = structure.unit_key
        and leader.subject = replace(structure.breakdown, '_class', '') || '-' || structure.member
inner join mingzhang.dim_unit on leader.unit_key = dim_unit.unit_key
where structure.stage in ('budget', 'final')
order by leader.subject, leader.rank_no, structure.year_key, structure.stage
