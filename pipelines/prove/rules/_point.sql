-- Grain: one row per printed amount, with all its coordinates. Adds to `extracted_cell`: the label without numbering, money
-- in yuan, half the last place of its table, or its own finer one, in yuan (`half`: what rounding may have cost this
-- cell), the factor back to its unit, whether its reading is doubtful (is_doubtful), and row_key: the printed row as far as it is one point along every other axis.
create or replace temp table point as
with
-- places shown: of the value without its trailing zeros, or of the text as printed where that shows more (59.00)
shown as (
    select
        *,
        greatest(
            length(rtrim(split_part(cast(value as varchar), '.', 2), '0')),
            least(8, length(regexp_extract(regexp_replace(coalesce(raw_text, ''), '[\s_,]', '', 'g'), '\.(\d+)$', 1)))
        ) as places,
        concat_ws(
            '|', row_no, subject_code, label, economic_code, gov_economic_code, coalesce(sub_unit, ''),
            coalesce(project, '')
        ) as row_key
    from extracted_cell
    where amount is not null
    window column_of as (partition by report_key, form, side, row_key, measure, fund)
    -- two columns of one measure are two printings of one point; where they differ nobody can tell which it is
    qualify
        row_number() over (partition by report_key, form, side, row_key, measure, fund order by cell_key) = 1
        and min(amount) over column_of = max(amount) over column_of
),

-- a spreadsheet shows nine digits or more in a narrow column with what decimals there is room for: rounded, not exact
cut as (
    select *, places < 2 and length(regexp_replace(coalesce(raw_text, ''), '[^0-9]', '', 'g')) >= 9 as is_cut
    from shown
),

-- what a single cell shows is its own affair: in an exact table a sum would show it too
finest as (
    select report_key, form, unit, list_reverse_sort(list(places))[least(2, count(*))] as places
    from shown
    group by report_key, form, unit
),

-- columns that their headings do not tell apart
alike as (
    select distinct report_key, form, side, heading
    from shown
    where heading is not null
    group by report_key, form, side, row_key, heading
    having count(*) > 1
),

-- the last row of a page where the table goes on: the end of a number may stand on the next one
page_end as (
    select t.report_key, t.form, t.page, max(t.row_no) as row_no
    from shown as t
    inner join (select distinct report_key, form, page from shown) as n
        on t.report_key = n.report_key and t.form = n.form and t.page + 1 = n.page
    group by t.report_key, t.form, t.page
),

final as (
    select
        s.cell_key, s.report_key, s.stage, s.form,
        coalesce(s.economic_code, '') || '/' || coalesce(s.gov_economic_code, '') as beside,
        coalesce(s.side, '') as side, s.row_no, s.row_key,
        nullif(trim(s.subject_code), '') as code,
        s.label,
        regexp_replace(
            s.label,
            '^(其中:?)?([一二三四五六七八九十]+[、.,:]|\([一二三四五六七八九十]+\)|\d+[、.]|\(\d+\))?', ''
        ) as name,
        s.measure, s.heading, s.sub_unit, s.project, s.fund, s.gov_economic_code,
        contains(coalesce(s.method, ''), 'a second reading gives')
        or contains(coalesce(s.method, ''), 'stands in the column of')
        or a.heading is not null
        or (e.row_no is not null and s.places between 1 and f.places - 1 and contains(s.raw_text, '.')) as is_doubtful,
        s.amount as yuan,
        cast(p.half_unit * u.yuan_per_unit as decimal(24, 9)) as half,
        s.unit,
        cast(u.unit_per_yuan as decimal(28, 8)) as unit_per_yuan,  -- narrower, a hundred million yuan overflow
        s.page
    from cut as s
    inner join finest as f on s.report_key = f.report_key and s.form = f.form and s.unit = f.unit
    inner join last_place as p on if(s.is_cut, greatest(s.places, 1), greatest(s.places, f.places)) = p.places
    inner join money_unit as u on s.unit = u.unit
    left join alike as a
        on s.report_key = a.report_key and s.form = a.form and s.side is not distinct from a.side and s.heading = a.heading
    left join page_end as e
        on s.report_key = e.report_key and s.form = e.form and s.page = e.page and s.row_no = e.row_no
)

select * from final
