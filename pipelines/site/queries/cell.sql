-- cell: every published cell of a report in reading order
-- grain: one cell
select
    report_key,
    cell_key,
    form,
    side,
    line_no,
    subject_code,
    subject_name,
    measure,
    value,
    unit,
    -- pages of a file inside the file are no pages of its own
    case when origin is null or report_key not in (select attached.report_key from attached) then page end as page,
    x0,
    top,
    x1,
    bottom,
    source_line,
    case
        when report_key in (select attached.report_key from attached)
            then coalesce(origin || '第 ' || page || ' 页', origin)
        else origin
    end as origin,
    raw_text,
    method
from mingzhang.published_cell
where report_key in (select wanted.key from wanted)
order by report_key, page, source_line, top, x0, cell_key
