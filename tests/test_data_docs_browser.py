"""The data docs in a browser without network, opened from disk."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from playwright.sync_api import Browser, Page

from pipelines.collect.samples import SAMPLE_FOLDER as RAW
from pipelines.orchestration.stages import report_lines
from pipelines.prove import data_docs, gate
from pipelines.prove.catalogue import catalogue
from pipelines.prove.expectations import read_suite
from pipelines.prove.identities import coverage
from pipelines.prove.judge import Judge
from pipelines.prove.tally import tally
from pipelines.storage.tables import conform, schema
from tests.browser import watch
from tests.corpus.samples import SAMPLES
from tests.identities_truth import found_in, no_tables, readings
from tests.mutations import misprinted, read

pytestmark = pytest.mark.xdist_group("data_docs")
HOSTILE = "<img src=x onerror=\"console.error('run')\">.pdf"


@pytest.fixture(scope="module")
def docs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Data docs of a clean report, and of one whose publisher added up wrongly and whose file name is hostile."""
    folder = tmp_path_factory.mktemp("docs")
    wrong = folder / "wrong.pdf"
    wrong.write_bytes(misprinted(SAMPLES[1]))
    names = {"clean": RAW / SAMPLES[5].file_name, "wrong": wrong}
    cells = pl.concat(read(path).cells.with_columns(report_key=pl.lit(key)) for key, path in names.items())
    found, outcome = found_in(cells, no_tables(), readings(cells))
    columns = [column for column in found.columns if column in schema("quality.finding")]
    finding = conform(found.select(columns), "quality.finding")
    reports = pl.DataFrame(
        {"report_key": ["clean", "wrong"], "file_name": ["clean.pdf", HOSTILE], "status": "loaded", "reason": None},
    ).with_columns(title=pl.lit(None, pl.String()))
    frames = {"finding": finding, "outcome": conform(outcome, "quality.outcome"), "dim_report": reports}
    judge, suites = Judge(), ["finding", "outcome"]
    verdict = gate.check(judge, suites, frames)
    specimens = {name: judge.specimens(read_suite(name), reports["report_key"], verdict.results) for name in suites}
    proved = tally([finding], [frames["outcome"]])
    lines = report_lines(reports, coverage(cells), proved.reports)
    return data_docs.build(
        folder / "data_docs", judge, specimens, verdict.results, lines, proved=proved, run_id="run"
    ).parent


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page without network; afterwards nothing but files may have been asked for, and nothing have gone wrong."""
    watched = watch(browser, "file://", "data:", offline=True)
    yield watched.page
    watched.page.wait_for_load_state("load")
    watched.page.context.close()
    watched.clean()


def test_the_index_says_at_a_glance_what_is_clean(docs: Path, page: Page) -> None:
    page.goto((docs / "index.html").as_uri())
    assert page.locator("html").get_attribute("lang") == "zh-CN"
    assert "2 份报告，1 份没有错误与警告" in page.locator("body").inner_text()
    rows = page.locator("#reports tbody tr")
    assert rows.count() == 2
    first, second = rows.nth(0).inner_text(), rows.nth(1).inner_text()
    assert HOSTILE in first and "有错误 errors" in first, "the worst first, and text stays text"
    assert "clean.pdf" in second and "无误 clean" in second and "100.0%" in second
    assert {"finding", "outcome"} == set(page.locator("#suites tbody tr td:first-child").all_inner_texts())
    assert page.locator("#failures tbody tr").count() > 3
    assert page.locator("img").count() == 0


def test_only_a_report_whose_numbers_were_tested_is_clean() -> None:
    none = dict.fromkeys(data_docs.REPORT_LINE)
    lines = [
        none | {"name": name, "status": "loaded", "cells": 5, "coverage": share and Decimal(share), "errors": errors}
        for name, share, errors in [("a", "0.999900", 0), ("b", None, 0), ("c", "0.000000", 0), ("d", "1.000000", 1)]
    ]
    results = pl.DataFrame(schema={"success": pl.Boolean, "report_keys": pl.List(pl.String)})
    reports = data_docs._worst_first(pl.DataFrame(lines, schema=data_docs.REPORT_LINE))
    rows = data_docs._report_rows(reports, results)
    assert {r["name"]: (r["is_clean"], r["is_untested"], r["share"]) for r in rows} == {
        "a": (True, False, "99.9%"),
        "b": (False, True, None),
        "c": (False, True, "0.0%"),
        "d": (False, False, "100.0%"),
    }


def test_a_suite_page_shows_every_rule(docs: Path, page: Page) -> None:
    page.goto((docs / "index.html").as_uri())
    page.locator("#suites tr", has_text="outcome").get_by_text("结果 result").click()
    page.wait_for_load_state("load")
    text = page.locator("body").inner_text()
    assert "检查集" in text and "未通过" in text
    for rule, zh in catalogue().select("rule_id", "zh").iter_rows():
        assert f"[{rule}] {zh}" in text


def test_the_rules_show_their_failing_rows(docs: Path, page: Page) -> None:
    page.goto((docs / "index.html").as_uri())
    page.get_by_text("逐条查看").click()
    page.wait_for_load_state("load")
    assert page.locator("#rules tbody tr").count() == catalogue().height
    row = page.locator("#rules tr", has_text="subject_total")
    assert row.locator("td").nth(5).inner_text() == "1"
    failing = page.locator("h2#subject_total + table tbody tr")
    assert failing.count() == 1
    assert HOSTILE in failing.inner_text() and "超出四舍五入允许的" in failing.inner_text()
