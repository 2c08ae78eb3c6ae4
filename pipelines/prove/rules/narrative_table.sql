-- narrative_table: a figure the narrative states by name = the cell of that name (`narrative_figure.csv`); of several
-- cells that the name may mean, the nearest. Where one statement of a name in a section agrees, the others there of that
-- kind, or of no told kind (amount), mean something else. So do the parts of personnel and public expenditure below a
-- whole that is not basic expenditure (支出按经济科目分类), and statements, one per sub-unit say, that add up to the cell. operating_cost: where no table of its own defines them,
-- operating costs are part of 公用经费.
with
stated as (
    select d.*, f.form, f.line, f.measure
    from disclosed as d
    inner join narrative_figure as f
        on
            d.path = f.name and f.stage in ('', d.stage) and contains(coalesce(d.section, ''), f.section)
            and (
                list_contains(string_split(f.facts, ' '), d.fact)
                or (f.facts = 'stated' and d.fact in ('amount', d.stage))
            )
    where d.yuan is not null
),

candidate as (
    select
        s.key, s.position, s.report_key, s.section, s.path, s.fact, s.quote, n.form, n.cell_key, s.yuan, s.yuan - n.yuan as off,
        abs(s.yuan - n.yuan) <= 2 * greatest(s.half, n.half) as agrees
    from stated as s
    inner join named_cell as n
        on
            s.report_key = n.report_key and s.form = n.form and s.line = n.line and (s.measure = '' or s.measure = n.measure)
    -- revenue is told with what was carried over or without: that it is all expenditure can only be agreed to
    where
        not (ends_with(s.path, '收入') and s.form in ('general_expenditure', 'fund', 'state_capital') and s.measure = 'total')
        or abs(s.yuan - n.yuan) <= 2 * greatest(s.half, n.half)
),

nearest as (
    select *
    from candidate
    qualify row_number() over (partition by key order by abs(off), form, cell_key) = 1
),

split as (
    select o.report_key, o.path, o.cell_key
    from (select distinct report_key, path, cell_key, yuan from nearest where not agrees) as o
    inner join named_cell as n on o.cell_key = n.cell_key
    group by o.report_key, o.path, o.cell_key, n.yuan, n.half
    having count(*) > 1 and abs(sum(o.yuan) - n.yuan) <= n.half * (count(*) + 1)
),

-- the whole whose parts by economic class a section goes through
nature_of as (
    select s.key, w.path as whole
    from (select distinct key, report_key, section, position, path from stated) as s
    inner join disclosed as w
        on s.report_key = w.report_key and s.section is not distinct from w.section and w.position < s.position
    where
        regexp_matches(s.path, '^(人员|公用)经费') and not contains(coalesce(s.section, ''), '基本支出')
        and w.yuan is not null and not w.is_subject and w.fact in ('amount', 'budget', w.stage)
        and regexp_matches(w.path, '(基本支出|财政拨款支出|支出合计)$')
    qualify row_number() over (partition by s.key order by w.position desc) = 1
),

-- nothing is settled where a table that the name may mean has lost its total (an economic table may do with the sums
-- for personnel and the public), or is required of the report and not there
lost as (
    select distinct s.key
    from stated as s
    inner join cell as c
        on
            s.report_key = c.report_key and s.form = c.form
            and (s.measure = '' or s.measure = if(c.measure = 'amount', 'total', c.measure))
    left join form_total as t on s.report_key = t.report_key and s.form = t.form
    where
        s.line = 'total' and t.cell_key is null
        and (s.report_key, s.form) not in (select (report_key, form) from named_cell where line in ('personnel', 'public'))
    union
    select distinct s.key
    from stated as s
    inner join report_reading as r on s.report_key = r.report_key
    inner join required_form as f
        on r.stage = f.stage and r.fiscal_year >= f.since and list_contains(string_split(f.forms, ' '), s.form)
    left join (select distinct report_key, form from cell) as c
        on s.report_key = c.report_key and list_contains(string_split(f.forms, ' '), c.form)
    where
        c.form is null
        -- personnel and the public have tables of their own; others may show them too
        and not (regexp_matches(s.path, '^(人员|公用)经费') and s.form in ('general_expenditure', 'general_basic'))
    union
    select n.key
    from nearest as n
    inner join split as s on n.report_key = s.report_key and n.path = s.path and n.cell_key = s.cell_key
    union
    select key from nature_of where not contains(whole, '基本支出')
),

settled as (
    select * replace (if(agrees or key not in (select key from lost), cell_key, null) as cell_key)
    from nearest
    qualify
        agrees
        or not bool_or(agrees) over (partition by report_key, section, path, if(fact = 'amount', '', fact))
        and not (fact = 'amount' and bool_or(agrees) over (partition by report_key, section, path))
),

running as (
    select d.key, d.report_key, d.path, d.fact, d.quote, n.cell_key
    from disclosed as d
    inner join named_cell as n on d.report_key = n.report_key and n.form = 'basic_economic' and n.line = 'public'
    where
        d.path = '机关运行经费' and d.fact in ('amount', d.stage) and d.yuan is not null
        and d.report_key not in (select report_key from cell where form = 'operating_cost')
),

final as (
    select
        'narrative_table' as rule_id, report_key, form, '' as side, null as subject_code, path as subject_name,
        fact as measure, key as instance, key as target, cell_key as part, 1 as sign, quote as note
    from settled
    union all by name
    select
        'operating_cost' as rule_id, report_key, 'basic_economic' as form, '' as side, null as subject_code,
        path as subject_name, fact as measure, key as instance, key as target, cell_key as part, 1 as sign, quote as note
    from running
)

select * from final
