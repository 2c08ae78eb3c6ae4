"""The narrative of the real reports, from file to warehouse: nothing stated is missed, nothing unsaid is there."""

from __future__ import annotations

import csv
import re
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from time import perf_counter

import duckdb
import pytest

from pipelines.extraction.report import read_document
from pipelines.extraction.tables import interpret
from pipelines.narrative import narrative, resolve_items
from tests.shared import SHARED, real_reports

MINGZHANG = Path(sys.executable).parent / "mingzhang"

pytestmark = [
    pytest.mark.xdist_group("end_to_end"),
    pytest.mark.skipif(not (SHARED / "reports").is_dir(), reason="../shared/reports is not here"),
]

ZERO_IN_WORDS = re.compile(r"持平|一致|无|没有|不变")
ITEM_FACTS = ("initial_budget", "final", "completion_percent")


@pytest.fixture(scope="module")
def warehouse(reports: Path) -> Path:
    return reports / "mingzhang.duckdb"


@pytest.fixture(scope="module")
def database(warehouse: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        yield connection


def test_every_figure_of_the_truth_is_found(warehouse: Path) -> None:
    command = [sys.executable, str(SHARED / "tools/score_text.py"), str(warehouse), str(SHARED / "truth")]
    done = subprocess.run([*command, "--show", "9"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    recall = re.search(r"recall ([\d.]+)%", done.stdout)
    precision = re.search(r"item precision ([\d.]+)%", done.stdout)
    assert recall and float(recall[1]) == 100, done.stdout
    assert precision and float(precision[1]) == 100, done.stdout


def test_no_figure_without_a_quote_that_states_it(database: duckdb.DuckDBPyConnection) -> None:
    stated = database.execute("select value, value_text, quote from fact_disclosure where value is not null").fetchall()
    assert len(stated) > 1500
    for value, printed, quote in stated:
        numbers = re.findall(r"\d+(?:\.\d+)?", unicodedata.normalize("NFKC", re.sub(r"[_,，]", "", quote)))
        by_number = any(Decimal(n) == abs(value) for n in numbers)
        assert printed in quote
        assert by_number or (value == 0 and ZERO_IN_WORDS.search(quote)), (value, quote)


def test_no_quote_holds_a_telephone_number(database: duckdb.DuckDBPyConnection) -> None:
    texts = database.execute("select quote || coalesce(section, '') || coalesce(subject_path, '') from fact_disclosure")
    for (text,) in texts.fetchall():
        assert not re.search(r"(?<![\d.])\d{8,11}(?![\d.万元])|负责人(?!用车)|联系电话|填报人", text), text


def test_every_item_with_an_initial_budget_has_its_code(database: duckdb.DuckDBPyConnection) -> None:
    items = database.execute(
        """
        select r.file_name, count(*), count(f.subject_key), count(f.disclosure_key) filter (where f.amount is not null)
        from fact_disclosure as d
        inner join dim_report as r on d.report_key = r.report_key
        left join fact_expenditure as f on d.disclosure_key = f.disclosure_key
        where d.fact = 'initial_budget' and d.is_subject
        group by r.file_name
        """
    ).fetchall()
    counts = {Path(name).stem: tuple(numbers) for name, *numbers in items}
    assert counts == {
        "qiaokou-2023-final": (9, 9, 9),
        "qingshan-2020-final": (6, 6, 6),
        "huangpi-2022-final": (7, 7, 7),
        "caidian-2024-final": (30, 30, 30),
        "上海市普陀区财政局2024年度部门决算": (11, 11, 11),
    }
    # the printed table of the same report names the same code
    wrong = database.execute(
        """
        select d.subject_path, d.subject_code, c.subject_name
        from fact_disclosure as d
        inner join published_cell as c
            on d.report_key = c.report_key and d.subject_code = c.subject_code and c.form = 'general_expenditure'
        where d.fact = 'initial_budget' and d.is_subject
        and replace(split_part(d.subject_path, '/', -1), '支出', '')
            <> replace(replace(replace(c.subject_name, '（', '('), '）', ')'), '支出', '')
        """
    ).fetchall()
    assert wrong == []


def test_initial_budgets_add_up_to_what_the_truth_states(database: duckdb.DuckDBPyConnection) -> None:
    with (SHARED / "truth/manifest.csv").open(encoding="utf-8-sig", newline="") as lines:
        files = {row["report"]: row["file"] for row in csv.DictReader(lines)}
    expected: dict[str, Decimal] = {}
    for truth in ("narrative-text.csv", "narrative-shanghai.csv"):
        with (SHARED / "truth" / truth).open(encoding="utf-8-sig", newline="") as lines:
            for row in csv.DictReader(lines):
                if row["fact"] == "initial_budget" and row["subject_path"] != "一般公共预算财政拨款支出":
                    file = Path(files[row["report"]]).name
                    expected[file] = expected.get(file, Decimal(0)) + Decimal(row["value"]) * 10_000
    got = database.execute(
        """
        select r.file_name, sum(f.amount)
        from fact_expenditure as f inner join dim_report as r on f.report_key = r.report_key
        where f.statement = 'narrative' and f.stage = 'initial_budget' and f.is_current and f.cell_key is null
        group by r.file_name
        """
    ).fetchall()
    assert dict(got) == expected


def test_execution_by_subject_within_one_report(database: duckdb.DuckDBPyConnection) -> None:
    rows = database.execute(
        """
        select subject_code, level, budget_amount, final_amount, execution_rate
        from budget_execution
        where unit_name = '武汉市蔡甸区经济信息化和科技创新局' and budget_from = 'initial_budget'
        """
    ).fetchall()
    by_code = {code: rest for code, *rest in rows}
    assert len(rows) == len(by_code) == 32
    assert by_code["2013750"] == [3, Decimal("6432900.00"), Decimal("2463800.00"), Decimal("0.383000")]
    assert by_code["2080501"] == [3, Decimal("3206900.00"), Decimal("1491500.00"), Decimal("0.465091")]
    assert by_code["2060404"] == [3, Decimal("0.00"), Decimal("8755000.00"), None]
    assert by_code["2120803"] == [3, None, Decimal("16075800.00"), None]  # of the fund no initial budget is stated


def test_execution_where_the_narrative_names_classes_only(database: duckdb.DuckDBPyConnection) -> None:
    rows = database.execute(
        """
        select subject_code, level, budget_amount / 10000, final_amount / 10000
        from budget_execution where unit_name = '武汉市青山区大数据中心' order by all
        """
    ).fetchall()
    assert [(code, level, float(budget), float(final)) for code, level, budget, final in rows] == [
        ("201", 1, 1084.53, 1059.76),
        ("204", 1, 0, 11.3),
        ("206", 1, 0, 643.29),
        ("208", 1, 23.18, 23.18),
        ("210", 1, 27.9, 29.87),
        ("221", 1, 35.22, 35.22),
    ]


def test_initial_budgets_stand_in_the_expenditure_view_apart_from_the_final_accounts(
    database: duckdb.DuckDBPyConnection,
) -> None:
    rows = database.execute(
        """
        select unit_name, statement, coverage, count(*), sum(amount_wan)
        from expenditure
        where stage = 'initial_budget' group by all order by unit_name
        """
    ).fetchall()
    assert [(name, *rest[:3], float(rest[3])) for name, *rest in rows] == [
        ("上海市普陀区财政局", "narrative", "general", 11, 2993.93),
        ("武汉市硚口区大数据中心", "narrative", "general", 9, 819.48),
        ("武汉市蔡甸区经济信息化和科技创新局", "narrative", "general", 30, 3371.14),
        ("武汉市青山区大数据中心", "narrative", "general", 6, 1170.83),
        ("武汉市黄陂区大数据中心", "narrative", "general", 7, 1091.53),
    ]


def test_figures_that_are_no_numbers_are_findings(database: duckdb.DuckDBPyConnection) -> None:
    found = database.execute("select rule_id, message from quality.finding where printed is null").fetchall()
    unread = [message for rule, message in found if rule == "unread_figure"]
    assert len(unread) == 2
    assert any("资金万元" in message for message in unread)
    assert [rule for rule, message in found if "72.83.1" in message] == ["completion_percent"]


def test_the_narrative_takes_at_most_a_fifth_of_the_reading() -> None:
    reading = telling = 0.0
    for path in real_reports():
        start = perf_counter()
        document = read_document(path, path.suffix[1:])
        found = interpret(document)
        middle = perf_counter()
        resolve_items(
            narrative(document, found.identity, found.tables).disclosures, found.cells, found.identity.fiscal_year
        )
        reading += middle - start
        telling += perf_counter() - middle
    assert telling <= 0.2 * reading
