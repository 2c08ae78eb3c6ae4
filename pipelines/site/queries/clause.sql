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
    case when origin is null then page end as page,
    source_line,
    coalesce(origin || '第 ' || page || ' 页', origin) as origin
from mingzhang.fact_disclosure
where report_key in (select wanted.key from wanted)
order by report_key, page, source_line, quote, disclosure_key
