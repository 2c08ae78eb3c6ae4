"""Search, comparison, downloads and the origin of stated figures in a real browser; what axe-core says of the pages."""

from __future__ import annotations

import csv
import io
import threading
from pathlib import Path
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from pipelines.core.settings import Settings
from pipelines.publish.site_server import server
from tests.browser import Watched, watch
from tests.site_pages import IN_VIEW, charts_are_drawn, opened, rows, unit_page

pytestmark = pytest.mark.xdist_group("pages")


def searched(watched: Watched, words: str) -> Page:
    page = watched.page
    page.locator("#query").fill(words)
    page.locator(f"#said[data-done='{words}']").wait_for(state="attached")
    return page


def hits(page: Page, heading: str) -> list[str]:
    return page.locator("section", has=page.locator("h2", has_text=heading)).locator("li a").all_inner_texts()


def test_search_finds_units_subjects_and_words_of_reports(browser: Browser, site: Settings) -> None:
    watched = opened(browser, site, "search.html")
    page = searched(watched, "高级人民")
    assert hits(page, "单位") == ["江苏省高级人民法院"]
    assert hits(searched(watched, "工资福利"), "科目")[0] == "301 工资福利支出"
    page = searched(watched, "人大常委会 接待费")
    found = hits(page, "报告文字")
    assert found and all("接待费" in text for text in found), "each term in the words or in the name of the report"
    assert hits(searched(watched, "２，０９８．７４"), "报告文字"), "widths do not matter"
    assert page.locator("#found li").count() == len(hits(page, "报告文字")), "no unit or subject is called that"
    page.locator("#found li a").first.click()
    page.wait_for_url("**/reports/*.html#d-*")
    marked = page.locator("#card")
    marked.wait_for()
    assert "2,098.74" in marked.inner_text()
    watched.clean()


def test_search_from_any_page(browser: Browser, site: Settings) -> None:
    watched = opened(browser, site, unit_page(site, "高级人民法院"))
    page = watched.page
    page.locator("#find").fill("会议费 50%")
    page.locator("#find").press("Enter")
    page.wait_for_url("**/search.html#*")
    assert page.locator("#query").input_value() == "会议费 50%"
    watched.clean()


def test_a_stated_figure_leads_to_its_clause_on_the_page(browser: Browser, site: Settings) -> None:
    [(report, key, words)] = rows(
        site,
        "select report_key, disclosure_key, quote from fact_disclosure join dim_report using (report_key) "
        "where format = 'pdf' and fact = 'amount' and page is not null order by length(quote) desc limit 1",
    )
    watched = opened(browser, site, f"reports/{report}.html#d-{key}")
    page = watched.page
    marked = page.locator("g.clause.at rect")
    marked.first.wait_for()
    assert page.evaluate(IN_VIEW, "g.clause.at rect")
    assert str(words) in page.locator("#card").inner_text()
    box = page.locator("g.clause.at").bounding_box()
    assert box is not None and box["width"] > 100, "all of the clause is marked"
    page.locator("g.clause:not(.at)").first.click()
    assert page.evaluate("location.hash").startswith("#d-")
    watched.clean()


def test_a_stated_figure_of_a_source_without_pages_leads_to_its_words(browser: Browser, site: Settings) -> None:
    [(report, key, words)] = rows(
        site,
        "select report_key, disclosure_key, quote from fact_disclosure join dim_report using (report_key) "
        "where format = 'docx' and fact = 'amount' order by disclosure_key limit 1",
    )
    watched = opened(browser, site, f"reports/{report}.html#d-{key}")
    watched.page.locator("mark").wait_for()
    assert watched.page.locator("mark").inner_text() == words
    watched.clean()


def test_every_clause_of_the_samples_is_found_on_its_page(site: Settings) -> None:
    """The text layer of pdfium and the reading agree on what a clause is."""
    stated = rows(
        site,
        "select count(distinct (report_key, page, quote)) from fact_disclosure where page is not null",
    )
    marked = sum(page.read_text(encoding="utf-8").count('<g id="q-') for page in site.site.glob("reports/*.html"))
    assert stated == [(marked,)]


def test_units_are_compared(browser: Browser, site: Settings) -> None:
    watched = opened(browser, site, "compare.html", accept_downloads=True)
    page = watched.page
    page.locator("#unit").fill("高级人民")
    page.locator("#offered li").first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.locator("#unit").fill("人大常委会")
    page.locator("#offered li", has_text="人大常委会").click()
    page.locator("#table tbody tr").nth(1).wait_for()
    page.locator("#measure").select_option("three_public")
    page.locator("#from").select_option("2018")
    table = page.locator("#table")
    assert [text.split("\t")[0] for text in table.inner_text().splitlines()[1:]] == [
        "江苏省高级人民法院",
        "江苏省人大常委会办公厅",
    ]
    assert table.locator("thead th").all_inner_texts() == ["单位", "阶段", "2018", "2019"]
    assert table.locator("a.num", has_text="620.75").count() == 1
    page.locator("#plot svg .mark-line path").nth(1).wait_for(state="attached")
    with page.expect_download() as download:
        page.locator("#csv").click()
    text = Path(download.value.path()).read_bytes().decode("utf-8")
    assert text.startswith("\ufeff单位 unit,阶段 stage,2018,2019\r\n江苏省高级人民法院,部门预算,620.75,")
    address = page.url
    page.goto("about:blank")
    page.goto(address)
    page.locator("#table tbody tr").nth(1).wait_for()
    assert page.locator("#measure").input_value() == "three_public", "the address holds the choice"
    page.locator("#chosen button").first.click()
    assert table.locator("tbody tr").count() == 1
    watched.clean()


def test_data_of_a_chart_as_csv(browser: Browser, site: Settings) -> None:
    watched = opened(browser, site, unit_page(site, "高级人民法院"), accept_downloads=True)
    charts_are_drawn(watched)
    with watched.page.expect_download() as download:
        watched.page.locator("#total ~ figure .csv").first.click()
    assert download.value.suggested_filename == "江苏省高级人民法院 历年支出合计（万元）.csv"
    text = Path(download.value.path()).read_bytes().decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text)))[:2] == [
        ["年度 year", "阶段 stage", "万元 10,000 yuan"],
        ["2017", "部门预算", "28849.38"],
    ]
    watched.clean()


def served(browser: Browser, site: Settings, page: str, **options: object) -> Watched:
    listening = server("127.0.0.1", 0, site.site, lambda: {"healthy": True})
    threading.Thread(target=listening.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{listening.server_address[1]}/"
    watched = watch(browser, address, "data:", "blob:", **options)  # type: ignore[arg-type]
    watched.page.goto(address + page)
    return watched


def test_served_pages_keep_to_their_headers(browser: Browser, site: Settings) -> None:
    [(one,), (other,)] = rows(site, "select unit_key from dim_unit where unit_name like '江苏%' order by 1")
    watched = served(browser, site, f"search.html#{quote('接待费')}")
    watched.page.locator("#said[data-done]").wait_for(state="attached")
    assert hits(watched.page, "报告文字")
    watched.clean()
    watched = served(browser, site, f"compare.html#u={one},{other}")
    watched.page.locator("#plot svg .mark-line path").nth(1).wait_for(state="attached")
    watched.clean()


@pytest.mark.parametrize("page", ["unit", "report", "index.html", "quality.html", "subject", "search", "compare"])
def test_nothing_keeps_people_out(browser: Browser, site: Settings, page: str) -> None:
    """No serious fault of axe-core on any kind of page; its own look at style sheets is left out, pages allow none."""
    unit = unit_page(site, "高级人民法院")
    page = {
        "unit": unit,
        "report": f"reports/{rows(site, 'select min(report_key) from fact_disclosure where page > 0')[0][0]}.html",
        "subject": "subjects/economic-301.html",
        "search": f"search.html#{quote('会议费')}",
        "compare": f"compare.html#u={Path(unit).stem}",
    }.get(page, page)
    for width, scheme in [(1280, "light")] if page != unit else [(1280, "light"), (390, "dark")]:
        watched = opened(browser, site, page, width=width, color_scheme=scheme)
        if page.startswith("search"):
            watched.page.locator("#said[data-done]").wait_for(state="attached")
        elif page.startswith("compare"):
            watched.page.locator("#plot svg .mark-line path").first.wait_for(state="attached")
        else:
            charts_are_drawn(watched)
        found = Axe().run(watched.page, options={"preload": False}).response["violations"]
        grave = [(one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in {"serious", "critical"}]
        assert grave == []
        watched.clean()
