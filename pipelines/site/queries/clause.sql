-- clause: the figures that the text of a report states, each with its words and where they stand
-- grain: one figure
select
    report_key,
    disclosure_key,
    section,
    fact,
    subject_path,
    value,
    value_text,
    unit,
    quote,
    -- pages of a file inside the file are no pages of its own
    case when origin is null or report_key not in (select attached.report_key from attached) then page end as page,
    source_line,
    case
        when report_key in (select attached.report_key from attached)
            then coalesce(origin || '第 ' || page || ' 页', origin)
        else origin
    end as origin
from mingzhang.fact_disclosure
where report_key in (select wanted.key from wanted)
order by report_key, page, source_line, quote, disclosure_key
