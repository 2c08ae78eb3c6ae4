"""How fast the views answer over ten million facts.

Usage::

    python -m benchmarks.views [--facts N] [--rounds N]

A warehouse is generated with SQL: units of every region and level, years, stages, reports, statements, subjects and
natures with consistent keys, printed totals among the cells. Then the views are made as the load makes them, and each
answers two questions, as an analyst asks them (nobody reads ten million rows):

``unit``    everything the view has on one unit, as somebody looks at one body; of a view without units, a first page;
``whole``   the whole view, every amount of it added up by stage, as somebody looks at the country.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipelines.model.dim_statement import dim_statement
from pipelines.storage import tables as metadata
from pipelines.warehouse import views
from pipelines.warehouse.load import STORAGE_VERSION

LIMIT = 1.0  # seconds a view may take

FACTS_PER_REPORT = 162  # the sum of `lines` below
YEARS = 10

SUBJECTS = """
    insert into dim_subject
    select
        classification || '-' || code, classification, code, '科目' || code, [], least(3, length(code) // 2),
        left(code, 3), '类' || left(code, 3), left(code, 5), '款' || left(code, 5), code, '项' || code,
        null, null, null, null, [], true
    from (
        select
            'functional' as classification,
            (201 + i // 9)::varchar || lpad((1 + i % 9)::varchar, 2, '0') || '01' as code
        from range(270) as r(i)
        union all
        select 'economic', (301 + i // 30)::varchar || lpad((1 + i % 30)::varchar, 2, '0') from range(90) as r(i)
    );
    insert into dim_subject (subject_key, classification, name, aliases, years_seen, is_reference)
    values ('none', 'none', '未分科目', [], [], false);
"""

UNITS = """
    insert into dim_unit
    select
        printf('%06d-%012d-department', 110000 + i // 100, i), printf('%06d-%012d', 110000 + i // 100, i),
        '省' || i // 3000 || '市' || i // 300 || '县' || i // 100 || '局' || i % 100, '局' || i % 100, [], 'department',
        (110000 + i // 100)::varchar, 'county', '省' || i // 3000, '市' || i // 300, '县' || i // 100, null,
        -- one unit in a hundred was merged into its neighbour
        case when i % 100 = 99 then printf('%06d-%012d-department', 110000 + (i - 1) // 100, i - 1) end
    from range($units) as r(i);
"""

REPORTS = """
    insert into dim_year
    select 2015 + i, make_date(2015 + i, 1, 1), make_date(2015 + i, 12, 31), (2015 + i) || '年度', '十四五', 1
    from range($years) as r(i);
    insert into dim_report by name
    select
        substr(md5(unit_key || year_key || stage), 1, 16) as report_key,
        sha256(unit_key || year_key || stage) as content_sha256,
        [] as file_names, stage, unit_key, year_key, 1 as version, 'loaded' as status, 'pdf' as format
    from dim_unit, dim_year, (values ('budget'), ('final')) as s(stage);
    insert into report_form by name
    select report_key, form, 60 as cell_count, true as is_current
    from dim_report, (
        values ('expenditure'), ('general_expenditure'), ('basic_economic'), ('fund'), ('three_public')
    ) as f(form);
"""

# A unit prints a run of the subjects, the same ones every year.
FACTS = """
    create temp table subject as
    select
        *,
        row_number() over (partition by classification order by code) - 1 as place
    from dim_subject where code is not null;
    create temp table line as
    select f.first, l.statement, l.nature, subject.subject_key, subject.code, subject.name
    from (values
        ('expenditure', 'basic', 'functional', 270, 30), ('expenditure', 'project', 'functional', 270, 30),
        ('general_expenditure', 'basic', 'functional', 270, 30),
        ('general_expenditure', 'project', 'functional', 270, 30), ('fund', 'project', 'functional', 270, 2),
        ('basic_economic', 'personnel', 'economic', 90, 40)
    ) as l(statement, nature, classification, many, lines), range(40) as n(k), range(270) as f(first)
    join subject on subject.classification = l.classification and subject.place = (f.first + n.k) % l.many
    where n.k < l.lines;
    create temp table figure as
    select
        report.report_key, report.unit_key, report.year_key, report.stage, line.* exclude (first),
        -- a tenth more every year, so that everything differs and nothing is random
        cast(
            (hash(report.unit_key, line.code, line.nature) % 10000000)::integer * 0.01
            * (1 + (report.year_key - 2015) * 0.1) as decimal(18, 2)
        ) as amount,
        hash(report.report_key, line.statement, line.code, line.nature)::varchar as cell_key
    from (select *, (hash(unit_key) % 270)::bigint as first from dim_report) as report
    join line using (first);
    insert into fact_expenditure by name
    select
        report_key, unit_key, year_key, subject_key, stage, statement, nature, amount, cell_key, 1 as cell_count,
        true as is_current
    from figure;
"""

CELLS = """
    create temp table total as
    select report_key, year_key, stage, statement, sum(amount) as amount from figure group by all
    union all
    select report_key, year_key, stage, 'balance', sum(amount) from figure
    where statement = 'expenditure' group by all
    union all
    select report_key, year_key, stage, 'revenue', sum(amount) from figure
    where statement = 'expenditure' group by all;
    create temp table three_public as
    select
        report_key, unit_key, year_key, stage, category,
        cast(share * (1000 + hash(unit_key, year_key) % 1000) as decimal(18, 2)) as amount,
        'three_public' as topic, category <> 'three_public' as is_leaf, hash(report_key, category)::varchar as cell_key
    from dim_report, (
        values ('three_public', 10), ('abroad', 1), ('vehicle_running', 6), ('reception', 3)
    ) as c(category, share);
    create temp table printed as
    select
        cell_key, report_key, year_key, stage, statement as form, '' as side, code as subject_code,
        name as subject_name, false as is_total, nature as measure, amount
    from figure
    union all
    select
        hash(report_key, statement, 'total')::varchar, report_key, year_key, stage, statement,
        if(statement = 'balance', 'expenditure', ''), null, if(statement = 'balance', '本年支出合计', '合计'),
        statement <> 'balance', if(statement in ('balance', 'basic_economic'), 'amount', 'total'), amount
    from total
    union all
    select
        cell_key, report_key, year_key, stage, 'three_public', '', null, '合计', true, stage || '_' || category, amount
    from three_public;
    insert into published_cell by name
    select
        *, 1 as table_no, 1 as row_no, amount as value, '元' as unit, 2 as decimals, 5 as page, 100.0 as x0,
        200.0 as top, 150.0 as x1, 210.0 as bottom, amount::varchar as raw_text, 'ruled' as method
    from printed;
    insert into fact_three_public by name
    select *, true as is_current from three_public;
    insert into fact_revenue by name
    select
        total.report_key, report.unit_key, total.year_key, 'none' as subject_key, total.stage, 'general' as source,
        total.amount, hash(total.report_key, 'revenue', 'total')::varchar as cell_key, 1 as cell_count,
        true as is_current
    from total join dim_report as report using (report_key) where statement = 'revenue';
    insert into quality.finding by name
    select
        report_key, 'sum' as rule_id, 'arithmetic' as class, 'warning' as severity, '……' as message, [] as cell_keys
    from dim_report where hash(report_key) % 10 = 0;
"""

# What the text states of each body, and its projects.
STATED = """
    insert into fact_stated by name
    select
        report_key, unit_key, year_key, stage, measure, 5 as value, '万元' as unit, 50000 as amount,
        hash(report_key, measure)::varchar as disclosure_key, true as is_current
    from dim_report, (
        values ('operating_cost'), ('procurement'), ('expenditure_fund'), ('meeting'), ('carried_out')
    ) as m(measure);
    insert into fact_staff by name
    select
        report_key, unit_key, year_key, stage, 'in_service' as kind, '' as group, 20 as persons, true as is_total,
        false as is_derived, hash(report_key, 'staff')::varchar as disclosure_key, true as is_current
    from dim_report;
    insert into fact_procurement by name
    select
        report_key, unit_key, year_key, stage, category, 50000 as amount, category <> 'total' as is_kind,
        hash(report_key, category)::varchar as disclosure_key, true as is_current
    from dim_report, (values ('total'), ('goods'), ('services')) as c(category);
    insert into fact_project by name
    select
        report_key, unit_key, year_key, i as row_no, '项目' || i as project, '' as item, 'current' as kind,
        1000.0 as budget_amount, 1000.0 as final_amount, '项目支出表' as section, true as is_leaf, true as is_current
    from dim_report, range(10) as r(i);
"""


@dataclass(frozen=True)
class Answer:
    """What a view took to answer.

    Attributes:
        view: its name.
        rows: rows it has.
        unit: seconds for everything it has on one unit.
        whole: seconds for adding all of it up.
    """

    view: str
    rows: int
    unit: float
    whole: float


def build(folder: Path, facts: int) -> Path:
    """Generate a warehouse with at least so many rows of ``fact_expenditure`` and return its file."""
    file = folder / "mingzhang.duckdb"
    units = -(-facts // (FACTS_PER_REPORT * YEARS * 2))
    with duckdb.connect() as connection:
        connection.execute(f"attach {metadata.literal(str(file))} as built (storage_version '{STORAGE_VERSION}')")
        connection.execute("use built")
        for statement in metadata.ddl():
            connection.execute(statement)
        connection.register("statements", dim_statement().to_arrow())
        connection.execute("insert into dim_statement by name from statements")
        for script in (SUBJECTS, UNITS, REPORTS, FACTS, CELLS, STATED):
            connection.execute(script.replace("$units", str(units)).replace("$years", str(YEARS)))
        for statement in views.ddl():
            connection.execute(statement)
    return file


def questions(view: views.View) -> tuple[str, str]:
    """Return what is asked of a view: all about one unit (or report, or a first page), and the whole added up."""
    money = [f"sum({column})" for column in view.columns if column.endswith("amount")]
    measures = ", ".join(["count(*)", *money])
    one = next((key for key in ("unit_key", "report_key") if key in view.columns), None)
    where = f" where {one} = (select {one} from dim_report order by report_key limit 1)" if one else " limit 1000"
    by = "stage, " if "stage" in view.columns else ""
    return f"select * from {view.name}{where}", f"select {by}{measures} from {view.name} group by all"


def measure(file: Path, rounds: int) -> Iterator[Answer]:
    """Ask every view both questions so often and yield the medians."""
    with duckdb.connect(str(file), read_only=True) as connection:

        def seconds(sql: str) -> float:
            taken = []
            for _ in range(rounds):
                begin = time.perf_counter()
                connection.execute(sql).fetchall()
                taken.append(time.perf_counter() - begin)
            return statistics.median(taken)

        for view in views.views().values():
            [rows] = connection.execute(f"select count(*) from {view.name}").fetchone() or [0]
            unit, whole = questions(view)
            yield Answer(view.name, rows, seconds(unit), seconds(whole))


def report(facts: int, rounds: int, folder: Path) -> bool:
    """Print what every view takes; return whether all stay below the limit."""
    begin = time.perf_counter()
    file = build(folder, facts)
    with duckdb.connect(str(file), read_only=True) as connection:
        [count] = connection.execute("select count(*) from fact_expenditure").fetchone() or [0]
    size = file.stat().st_size / 1e6
    print(f"{count:,} facts, built in {time.perf_counter() - begin:.0f} s, {size:,.0f} MB", flush=True)
    print(f"{'view':<32}{'rows':>12}{'unit, s':>10}{'whole, s':>10}", flush=True)
    fast = True
    for answer in measure(file, rounds):
        slow = max(answer.unit, answer.whole) > LIMIT
        fast = fast and not slow
        print(
            f"{answer.view:<32}{answer.rows:>12,}{answer.unit:>10.3f}{answer.whole:>10.3f}{'  slow' if slow else ''}",
            flush=True,
        )
    return fast


def main() -> None:
    """Build, measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.views")
    parser.add_argument("--facts", type=int, default=10_000_000, help="rows of fact_expenditure, at least")
    parser.add_argument("--rounds", type=int, default=5, help="the median of so many answers is printed")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mingzhang-bench-") as folder:
        if not report(arguments.facts, arguments.rounds, Path(folder)):
            raise SystemExit(f"a view takes longer than {LIMIT:g} s")


if __name__ == "__main__":
    main()
