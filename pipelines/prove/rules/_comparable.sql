-- Grain: one row per figure that reports of one unit are compared by. role: change (stated against the year before),
-- initial (stated initial budget), amount (what a table says). name: the code of a subject, else the narrative's name;
-- form: which amount of that name, so that like is compared with like.
with
-- the amount that a change is stated of: the nearest one of its name in its section
amount_of as (
    select c.key, a.yuan
    from disclosed as c
    inner join disclosed as a
        on c.report_key = a.report_key and c.section is not distinct from a.section and c.path = a.path
    where c.fact = 'change_amount' and a.yuan is not null and a.fact in ('amount', 'final', 'budget')
    qualify row_number() over (partition by c.key order by abs(a.position - c.position), a.position) = 1
),

final as (
    select
        if(d.fact = 'change_amount', 'change', 'initial') as role, d.report_key, coalesce(d.code, d.path) as name, null as form,
        d.key, d.section, d.path as label, d.yuan, d.half, a.yuan as amount, d.unit, d.unit_per_yuan, d.page, null as cell_key,
        d.quote as note
    from disclosed as d
    left join amount_of as a on d.key = a.key
    where
        d.yuan is not null and d.path is not null
        and (d.fact = 'change_amount' or (d.fact = 'initial_budget' and d.stage = 'final'))
    union all by name
    select distinct
        'amount' as role, n.report_key, f.name, n.form || ' ' || n.line || ' ' || n.measure as form, n.cell_key as key,
        null as section, f.name as label, n.yuan, n.half, c.unit, c.unit_per_yuan, c.page, n.cell_key, null as note
    from named_cell as n
    inner join narrative_figure as f
        on n.form = f.form and n.line = f.line and (f.measure = '' or f.measure = n.measure)
    inner join cell as c on n.cell_key = c.cell_key
    where f.facts = 'stated' or list_contains(string_split(f.facts, ' '), c.stage)
    union all by name
    select
        'amount' as role, report_key, code as name, form, cell_key as key, null as section, label, yuan, half, unit,
        unit_per_yuan, page, cell_key, null as note
    from cell
    where
        code is not null and measure = 'total'
        and form in (select form from whole_form)
)

select * from final
