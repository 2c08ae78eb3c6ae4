-- Grain: one row per instance of a rule: a printed amount and the amounts it must be the sum of.
-- printed, expected, difference (printed - expected), tolerance: in the unit of the printed cell.
-- tolerance: half the last place of every cell involved, so u/2 x (n + 1) within a table, u for two printings; u is the
-- coarser place where the narrative prints a cell with fewer decimals, rounded or cut.
-- result: equal, rounding (within tolerance), beyond, blank (parts printed, their sum not), insufficient (no part printed),
-- unread: what would be beyond or blank, but a number of it is doubtful, or its row (in a sum over rows: its row and
-- column) stands among what was left unread, or the very difference does, as one number or two.
-- A figure that is another one rounded to its own coarser place is equal. Where the rule's relation is at_most or at_least, what keeps to it is equal; covers: a sum below the printed amount
-- settles nothing.
with
part as (
    select
        e.rule_id, e.report_key, e.form, e.side, e.subject_code, e.subject_name, e.measure, e.instance, e.target, e.note,
        count(c.key) as n,
        sum(e.sign * c.yuan) as expected_yuan,
        sum(c.half) as half,
        any_value(c.unit) as unit,
        any_value(c.unit_per_yuan) as unit_per_yuan,
        list(c.key order by c.key) filter (where c.is_cell) as part_keys,
        list(c.page order by c.page) filter (where c.page is not null) as part_pages
    from edge as e
    left join operand as c on e.part = c.key
    group by all
),

joined as (
    select
        p.* exclude (unit, unit_per_yuan),
        r.relation,
        t.is_cell,
        p.n = 1 and t.half > p.half and abs(t.yuan - p.expected_yuan) <= t.half as is_rounded,
        t.yuan as printed_yuan,
        t.page as target_page,
        coalesce(t.unit, p.unit) as unit,
        coalesce(t.unit_per_yuan, p.unit_per_yuan) as unit_per_yuan,
        greatest(
            coalesce(p.half, 0) + coalesce(t.half, 0),
            if(p.n = 1 and not t.is_cell, 2 * greatest(p.half, t.half), 0)
        ) as tolerance_yuan
    from part as p
    left join operand as t on p.target = t.key
    inner join rule as r on p.rule_id = r.rule_id
),

compared as (
    select
        row_number() over () as instance_no, instance, target, rule_id, report_key, form, side, subject_code, subject_name, measure, unit,
        cast(printed_yuan * unit_per_yuan as decimal(24, 8)) as printed,
        cast(expected_yuan * unit_per_yuan as decimal(24, 8)) as expected,
        cast((printed_yuan - expected_yuan) * unit_per_yuan as decimal(24, 8)) as difference,
        cast(tolerance_yuan * unit_per_yuan as decimal(24, 8)) as tolerance,
        cast(n as integer) as n,
        coalesce(target_page, part_pages[1]) as page,
        list_sort(list_distinct(list_concat(
            coalesce(part_pages, []), if(target_page is null, [], [target_page])
        ))) as pages,
        list_concat(if(is_cell, [target], []), coalesce(part_keys, [])) as cell_keys,
        note,
        case
            when target is null and abs(expected_yuan) > tolerance_yuan then 'blank'
            when printed_yuan is null or n = 0 then 'insufficient'
            when printed_yuan = expected_yuan or is_rounded then 'equal'
            when relation = 'at_most' and printed_yuan < expected_yuan then 'equal'
            when relation = 'at_least' and printed_yuan > expected_yuan then 'equal'
            when abs(printed_yuan - expected_yuan) <= tolerance_yuan then 'rounding'
            when relation = 'covers' and printed_yuan > expected_yuan then 'insufficient'
            else 'beyond'
        end as result
    from joined
),

suspect as (
    select * from compared where result in ('beyond', 'blank')
),

-- the numbers of a broken instance, and the blank one
member as (
    select s.instance_no, c.report_key, c.form, c.row_no, c.code, c.label, c.measure, c.is_doubtful, split_part(c.heading, '/', -1) as heading
    from (select instance_no, unnest(cell_keys) as cell_key from suspect) as s
    inner join point as c on s.cell_key = c.cell_key
    union all by name
    select
        instance_no, report_key, form, null as row_no, subject_code as code, subject_name as label, measure,
        false as is_doubtful, null as heading
    from suspect
    where form is not null and result = 'blank'
),

along as (
    select instance_no, count(distinct (form, row_no)) filter (where row_no is not null) = 1 as is_row
    from member
    group by instance_no
),

touching as (
    select m.instance_no
    from member as m
    inner join along as a on m.instance_no = a.instance_no
    inner join suspect as s on m.instance_no = s.instance_no
    inner join unread_line as u on m.report_key = u.report_key and m.form = u.form
    where
        u.is_money
        and (
            contains(u.text, ' ' || m.label || ' ') or contains(u.text, ' ' || m.code || ' ')
            or (u.code is not null and starts_with(u.code, coalesce(s.subject_code, '')))
        )
        and (
            a.is_row or contains(u.text, ' ' || m.measure || ' ')
            or contains(u.text, m.heading || ' ')
        )
    union
    select m.instance_no
    from member as m
    inner join suspect as s on m.instance_no = s.instance_no
    inner join unread_digits as u on m.report_key = u.report_key and m.form = u.form
    where
        -- a number broken into pieces is found by its digits, where they are so many that it is not by chance
        length(replace(rtrim(cast(abs(s.difference) as varchar), '0'), '.', '')) >= 5
        and contains(u.digits, rtrim(rtrim(cast(abs(s.difference) as varchar), '0'), '.'))
    union
    select m.instance_no
    from member as m
    inner join suspect as s on m.instance_no = s.instance_no
    inner join unread_line as u on m.report_key = u.report_key and m.form = u.form and u.is_money
    where abs(abs(s.difference) - abs(u.amount)) <= s.tolerance
    union
    select m.instance_no
    from member as m
    inner join suspect as s on m.instance_no = s.instance_no
    inner join unread_pair as u on m.report_key = u.report_key and m.form = u.form
    where abs(abs(s.difference) - u.amount) <= s.tolerance
    union
    select instance_no from member where is_doubtful
),

-- a change between two sums of which one does not hold cannot hold either: the fault is told there
derived as (
    select c.instance_no
    from suspect as c
    inner join compared as p
        on
            c.rule_id = p.rule_id and c.report_key = p.report_key and c.form = p.form and c.side = p.side
            and c.instance = p.instance and starts_with(c.measure, 'change_')
            and p.measure in (replace(c.measure, 'change_', 'prior_'), replace(c.measure, 'change_', 'prior_budget_'))
    inner join compared as b
        on
            c.rule_id = b.rule_id and c.report_key = b.report_key and c.form = b.form and c.side = b.side
            and c.instance = b.instance and b.measure in (replace(c.measure, 'change_', ''), replace(c.measure, 'change_', 'budget_'))
    where
        'beyond' in (b.result, p.result)
        and abs(c.difference - (b.difference - p.difference)) <= c.tolerance + b.tolerance + p.tolerance
),

final as (
    select * exclude (instance_no, instance, target) replace (
        case
            when instance_no in (select instance_no from touching) then 'unread'
            when instance_no in (select instance_no from derived) then 'insufficient'
            else result
        end as result
    )
    from compared
)

select *
from final
order by report_key, rule_id, form, side, subject_code nulls first, subject_name, measure, cell_keys, printed, expected, note
