-- finding_class: findings by kind
-- grain: one class and severity
select
    class,
    severity,
    count(*) as findings,
    count(distinct report_key) as reports
from mingzhang.quality.finding
where accepted_at is null
group by class, severity
order by case severity when 'error' then 1 when 'warning' then 2 else 3 end, findings desc, class
