"""The site in a real browser: charts, tables, origins, hostile names, keyboard, phone; and when it is built."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from decimal import Decimal

import dagster as dg
import duckdb
import polars as pl
import pytest
from playwright.sync_api import Browser

from pipelines.collect.discover import sha256
from pipelines.core.settings import Settings
from pipelines.orchestration import assets
from pipelines.orchestration.session import Session
from pipelines.orchestration.watcher import UNWATCHED
from pipelines.site.build import build
from pipelines.site.text import in_wan, label, origin, wan
from pipelines.storage.frame_store import FrameStore
from tests.site_pages import HOSTILE, IN_VIEW, broken_links, charts_are_drawn, opened, rows, unit_page

pytestmark = pytest.mark.xdist_group("pages")  # one worker builds what they share


@pytest.mark.parametrize(
    ("page", "charts", "tables"),
    [("index.html", 1, 2), ("硚口区", 6, 8), ("高级人民法院", 7, 10), ("quality.html", 1, 2), ("economic-301", 1, 2)],
)
def test_charts_and_tables(browser: Browser, site: Settings, page: str, charts: int, tables: int) -> None:
    if page.startswith("economic"):
        page = f"subjects/{page}.html"
    elif not page.endswith(".html"):
        page = unit_page(site, page)
    watched = opened(browser, site, page)
    assert charts_are_drawn(watched) == charts
    assert watched.page.locator("table").count() >= tables
    assert watched.page.locator("table:not(:has(tbody tr))").count() == 0
    assert watched.page.locator("th:not([scope])").count() == 0
    watched.clean()


def test_a_chart_tells_values_and_hides_a_series(browser: Browser, site: Settings) -> None:
    watched = opened(browser, site, "index.html")
    charts_are_drawn(watched)
    page = watched.page
    page.locator(".plot .mark-rect path").first.hover()
    tip = page.locator("#vg-tooltip-element.visible")
    tip.wait_for()
    assert re.search(r"[\d,]+\.\d\d", tip.inner_text())
    faint = ".plot .mark-rect path[opacity='0.1']"
    before = page.locator(faint).count()
    page.locator(".plot .role-legend-symbol path").first.click()
    page.locator(faint).nth(before).wait_for(state="attached")
    watched.clean()


def test_a_number_leads_to_its_origin(browser: Browser, site: Settings) -> None:
    [(amount, raw)] = rows(
        site,
        "select p.amount, c.raw_text from printed_total as p join published_cell as c using (cell_key) "
        "where unit_name = '江苏省人大常委会办公厅' and p.year_key = 2018",
    )
    watched = opened(browser, site, unit_page(site, "人大常委会办公厅"))
    page = watched.page
    page.locator("#total ~ .scroll a.num", has_text=wan(amount)).click()
    page.wait_for_url("**/reports/*.html#c-*")
    marked = page.locator("rect.at")
    marked.wait_for()
    assert marked.count() == 1
    assert page.evaluate(IN_VIEW, "rect.at")
    card = page.locator("#card")
    assert raw in card.inner_text() and "第" in card.inner_text()
    assert page.locator("tr.at").count() == 1
    picture = page.locator(".sheet image").first.get_attribute("href")
    loaded = "async (href) => { const i = new Image(); i.src = href; await i.decode(); return i.naturalWidth }"
    assert page.evaluate(loaded, picture) > 500
    watched.clean()


def test_several_cells_of_one_sum(browser: Browser, site: Settings) -> None:
    [(key, cells)] = rows(
        site,
        "select report_key, list(cell_key)[:3] from published_cell where page = 5 group by 1 order by 1 limit 1",
    )
    watched = opened(browser, site, origin(str(key), cells))  # type: ignore[arg-type]
    watched.page.locator("rect.at").first.wait_for()
    assert watched.page.locator("rect.at").count() == watched.page.locator("#card dl").count() == 3
    watched.clean()


def test_keyboard(browser: Browser, site: Settings) -> None:
    watched = opened(browser, site, "index.html")
    page = watched.page
    focused = "document.activeElement.getAttribute('href')"
    page.keyboard.press("Tab")
    assert page.evaluate(focused) == "#main"
    assert page.locator(".skip").bounding_box()["x"] >= 0, "the skip link shows itself"  # type: ignore[index]
    seen = []
    for _ in range(60):
        page.keyboard.press("Tab")
        seen.append(page.evaluate(focused))
    unit = unit_page(site, "人大常委会")
    assert {"quality.html", "index.html#units", unit} <= set(seen)
    page.locator(f"a[href='{unit}']").focus()
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid", "the focus is seen"
    page.keyboard.press("Enter")
    page.wait_for_url("**/units/*.html")
    watched.clean()


CUT = """() => [...document.querySelectorAll('body *')].filter((one) => {
  const box = one.getBoundingClientRect();
  return box.width && box.right > innerWidth + 1 && !one.closest('.scroll, .sheet, .lines, .skip, svg');
}).map((one) => one.outerHTML.slice(0, 80))"""


@pytest.mark.parametrize(
    "page", ["index.html", "硚口区", "高级人民法院", "quality.html", "reports", "search.html", "compare.html"]
)
def test_phone(browser: Browser, site: Settings, page: str) -> None:
    """Nothing is cut; wide tables and pages of reports scroll in places of their own."""
    if page == "reports":
        page = f"reports/{rows(site, 'select min(report_key) from dim_report')[0][0]}.html"
    elif not page.endswith(".html"):
        page = unit_page(site, page)
    if page == "compare.html":
        page = f"compare.html#u={rows(site, 'select min(unit_key) from dim_unit')[0][0]}"
    watched = opened(browser, site, page, width=390)
    if page.startswith("compare"):
        watched.page.locator("#plot svg").wait_for(state="attached")
    else:
        charts_are_drawn(watched)
    assert watched.page.evaluate("document.documentElement.scrollWidth") <= 390
    assert watched.page.evaluate(CUT) == []
    watched.clean()


def test_every_link_leads_somewhere(site: Settings) -> None:
    assert list(broken_links(site.site)) == []
    assert len(list(site.site.glob("units/*.html"))) == rows(site, "select count(*) from dim_unit")[0][0]


def test_every_amount_of_units_and_classes_is_a_link(site: Settings) -> None:
    pages = [*site.site.glob("units/*.html"), *site.site.glob("subjects/*.html")]
    assert [page.name for page in pages if '<span class="num"' in page.read_text(encoding="utf-8")] == []


def test_every_linked_amount_is_the_sum_of_its_cells(site: Settings) -> None:
    with duckdb.connect(str(site.database), read_only=True) as connection:
        sql = (
            "select 'c-' || cell_key, coalesce(amount, 0) from published_cell union all "
            # a figure that is no money is shown as it is
            "select 'd-' || disclosure_key, coalesce(amount, value * 10000) from fact_disclosure where value >= 0"
        )
        amounts: dict[str, Decimal] = dict(connection.execute(sql).fetchall())
    pages = [*site.site.glob("units/*.html"), *site.site.glob("subjects/*.html"), site.site / "index.html"]
    shown = [
        (Decimal(text.replace(",", "")), [amounts[cell] for cell in cells.split("+")])
        for page in pages
        for cells, text in re.findall(
            r'<a[^>]*href="[^"#]*#([cd]-[^"]*)"[^>]*>\s*(-?[\d,.]+)\s*</a>', page.read_text(encoding="utf-8")
        )
    ]
    assert len(shown) > 100
    assert any(len(cells) > 1 for _, cells in shown)
    assert [(text, cells) for text, cells in shown if text != in_wan(sum(cells, Decimal(0)))] == []


def test_money_of_different_coverage_is_told_apart(site: Settings) -> None:
    """A budget of the general public budget beside a final account of all funds."""
    covers = rows(site, "select distinct unit_key, coverage from expenditure_structure")
    assert covers
    for unit, coverage in covers:
        assert label("coverage", coverage) in (site.site / f"units/{unit}.html").read_text(encoding="utf-8")


def test_every_amount_of_the_matrix_is_the_printed_total(site: Settings) -> None:
    text = (site.site / "index.html").read_text(encoding="utf-8")
    for (amount,) in rows(site, "select amount from printed_total"):
        assert f">{wan(amount)}</a>" in text  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def hostile(site: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The samples with texts that try to get out of pages, and without pictures."""
    warehouse = tmp_path_factory.mktemp("hostile")
    hostile = replace(site, warehouse=warehouse, site_pictures=False)
    shutil.copy(site.database, hostile.database)
    dump = warehouse / "dump.txt"
    lines = [f"{number} {HOSTILE}" for number in range(1, 31)]
    lines[13] = "填报人：张三丰\t联系电话：13812345678"
    dump.write_text("\n".join(lines), encoding="utf-8")
    digest, _ = sha256(dump)
    [(dumped,)] = rows(site, "select min(report_key) from dim_report")
    files = FrameStore(site.frames).read("source_file")
    path = pl.when(pl.col("report_key") == dumped).then(pl.lit(str(dump))).otherwise("path").alias("path")
    FrameStore(hostile.frames).write("source_file", files.with_columns(path))
    with duckdb.connect(str(hostile.database)) as connection:
        connection.execute(
            "update dim_report set content_sha256 = ?, format = 'txt' where report_key = ?", [digest, dumped]
        )
        connection.execute("update quality.finding set page = null where report_key = ?", [dumped])
        connection.execute(
            "update published_cell set page = null, x0 = null, top = null, x1 = null, bottom = null, source_line = 13 "
            "where report_key = ?",
            [dumped],
        )
        for table, column in (
            ("dim_unit", "unit_name"),
            ("dim_unit", "province"),
            ("dim_report", "file_name"),
            ("dim_subject", "class_name"),
            ("dim_subject", "name"),
            ("published_cell", "raw_text"),
            ("published_cell", "measure"),
            ("quality.finding", "message"),
            ("fact_disclosure", "quote"),
            ("fact_disclosure", "subject_path"),
        ):
            connection.execute(f"update {table} set {column} = {column} || ?", [HOSTILE])
        connection.execute(
            "insert into fact_performance (report_key, unit_key, year_key, row_no, table_title, indicator, "
            "target_value, page, is_current) "
            "select report_key, unit_key, year_key, 1, $1, $1, $1, 1, true from dim_report limit 1",
            [HOSTILE],
        )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pipelines.site.pages._UNITS_PER_PAGE", 3)
        patch.setattr("pipelines.site.pages._REPORTS_PER_PAGE", 11)
        build(hostile)
    return hostile


@pytest.mark.parametrize("page", ["index.html", "quality.html", "units", "subjects", "reports"])
def test_texts_of_documents_stay_texts(browser: Browser, hostile: Settings, page: str) -> None:
    if not page.endswith(".html"):
        page = next((hostile.site / page).glob("*.html")).relative_to(hostile.site).as_posix()
    watched = opened(browser, hostile, page)
    charts_are_drawn(watched)
    assert HOSTILE in watched.page.locator("main").inner_text()
    assert watched.page.locator("script:not([type]):not([src*='assets/'])").count() == 0
    assert watched.page.locator("main img").count() == 0
    watched.clean()


def test_texts_of_documents_stay_texts_in_search_and_comparison(browser: Browser, hostile: Settings) -> None:
    watched = opened(browser, hostile, "search.html")
    page = watched.page
    page.locator("#query").fill("<img src=x")
    page.locator("#said[data-done]").wait_for(state="attached")
    page.locator("#found li", has_text=HOSTILE).first.wait_for()
    assert page.locator("main img, main script").count() == 0
    watched.clean()
    [(unit,)] = rows(hostile, "select min(unit_key) from dim_unit")
    watched = opened(browser, hostile, f"compare.html#u={unit},../x,{'%'}&m=none&s=none&f=x")
    watched.page.locator("#plot svg").wait_for(state="attached")
    assert HOSTILE in watched.page.locator("#table").inner_text()
    assert watched.page.locator("main img, main script").count() == 0
    watched.clean()


def test_a_number_of_a_text_leads_to_its_lines(browser: Browser, hostile: Settings) -> None:
    [(key, cell)] = rows(
        hostile, "select report_key, min(cell_key) from published_cell where source_line = 13 group by report_key"
    )
    watched = opened(browser, hostile, origin(str(key), [str(cell)]))
    lines = watched.page.locator(".line").all_inner_texts()
    assert [line.strip() for line in lines[:3]] == [f"{number} {number} {HOSTILE}" for number in (11, 12, 13)]
    assert lines[3].split() == ["14", "填报人：", "联系电话："], "officials are named nowhere"
    assert len(lines) == 5
    marked = watched.page.locator(".line.at")
    marked.wait_for()
    assert marked.inner_text().startswith("13 13 ")
    assert watched.page.evaluate(IN_VIEW, ".line.at")
    assert HOSTILE in watched.page.locator("#card").inner_text()
    watched.clean()


@pytest.mark.parametrize("format", ["html", "csv"])
def test_a_number_without_a_page_leads_to_its_cell(browser: Browser, site: Settings, format: str) -> None:
    [(report, cell, raw, origin)] = rows(
        site,
        "select report_key, cell_key, raw_text, origin from published_cell join dim_report using (report_key) "
        f"where format = '{format}' and form = 'three_public' and value > 0 order by source_line, cell_key limit 1",
    )
    watched = opened(browser, site, f"reports/{report}.html#c-{cell}")
    marked = watched.page.locator(".source td.at")
    marked.wait_for()
    assert marked.count() == 1 and marked.inner_text() == raw
    assert marked.get_attribute("data-origin") == origin
    assert watched.page.locator(".source tr.at td").count() > 1, "its row is drawn as a row"
    watched.clean()


def test_long_lists_go_on_on_further_pages(hostile: Settings) -> None:
    pages = [(hostile.site / f"index{number}.html").read_text(encoding="utf-8") for number in ("", "-2")]
    for text, other in zip(pages, ("index-2.html", "index.html"), strict=True):
        assert f'href="{other}">' in text
        assert text.count('href="units/') >= 2
    further = [path.read_text(encoding="utf-8") for path in hostile.site.glob("index-[3-9].html")]
    listed = re.findall('href="(units/[^"]+)"', "".join(pages + further))
    assert sorted(listed) == sorted(f"units/{path.name}" for path in (hostile.site / "units").iterdir())


def test_names_of_files_are_keys(hostile: Settings) -> None:
    names = [path.relative_to(hostile.site).as_posix() for path in hostile.site.rglob("*")]
    assert all(re.fullmatch(r"[a-z0-9/._-]+", name) for name in names)
    assert not (hostile.site / "pictures").exists()
    without_docs = ["quality.html → ../data_docs/index.html"]
    assert list(broken_links(hostile.site)) == without_docs, "without pictures numbers lead to rows"


def test_a_site_that_fails_is_told_and_done_again(hostile: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_: Settings) -> int:
        raise OSError("no space left")

    index = hostile.site / "index.html"
    index.write_text("old", encoding="utf-8")
    monkeypatch.setattr(assets, "build", fails)
    [check] = materialized(hostile)
    assert (check.metadata["fault"].value, check.passed) == ("OSError('no space left')", False)
    assert index.read_text(encoding="utf-8") == "old", "the old pages stay"
    assert not hostile.state.exists(), "the run is not complete, so that the next one does it again"
    monkeypatch.undo()
    [check] = materialized(hostile)
    assert check.passed
    assert "old" not in index.read_text(encoding="utf-8")[:5]
    assert not hostile.state.exists(), "the pages alone make no run complete"


def materialized(site: Settings) -> list[dg.AssetCheckEvaluation]:
    resources = {"session": Session(site), "watcher": dg.ResourceDefinition.hardcoded_resource(UNWATCHED)}
    return dg.materialize([assets.site], resources=resources).get_asset_check_evaluations()
