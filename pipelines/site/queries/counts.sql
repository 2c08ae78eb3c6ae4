-- counts: the warehouse in a few numbers
-- grain: one row
select
    (select count(*) from mingzhang.dim_report where status <> 'removed') as reports,
    (select count(*) from mingzhang.dim_report where is_sample and status <> 'removed') as samples,
    (select count(*) from mingzhang.dim_unit) as units,
    (select count(*) from mingzhang.published_cell) as cells,
    (select count(*) from mingzhang.quality.finding where severity <> 'info' and accepted_at is null) as findings,
    (select count(*) from mingzhang.dim_report where status = 'quarantined') as quarantined,
    (select min(year_key) from mingzhang.dim_report) as first_year,
    (select max(year_key) from mingzhang.dim_report) as last_year,
    (select count(*) from mingzhang.statement_total where published_amount is not null) as totals_checked,
    (select count(*) from mingzhang.statement_total where not is_within_tolerance) as totals_off,
    meta.built_at
from mingzhang.meta
