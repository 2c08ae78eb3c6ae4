"""The site in a real browser: charts, tables, origins, hostile names, keyboard, phone; and when it is built."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag

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
from tests.browser import Watched, watch

pytestmark = pytest.mark.xdist_group("pages")  # one worker builds what they share

IN_VIEW = "(at) => { const y = document.querySelector(at).getBoundingClientRect().y; return 0 < y && y < innerHeight }"
HOSTILE = "<script>alert(1)</script>{{7*7}}${7*7}\"'=cmd|' /C calc'!A0<img src=x onerror=alert(2)>"


@pytest.fixture(scope="module")
def settings(samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The samples with a site that has pictures."""
    there = Settings.from_environment(samples, workers=2)
    settings = replace(there, warehouse=tmp_path_factory.mktemp("site"), site_pictures=True)
    shutil.copy(there.database, settings.database)
    shutil.copytree(there.frames / "source_file", settings.frames / "source_file")
    settings.data_docs.mkdir()
    shutil.copy(there.data_docs / "index.html", settings.data_docs)
    build(settings)
    return settings


def rows(settings: Settings, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(settings.database), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def unit_page(settings: Settings, name: str) -> str:
    [(key,)] = rows(settings, f"select unit_key from dim_unit where unit_name like '%{name}%'")
    return f"units/{key}.html"


def opened(browser: Browser, settings: Settings, page: str, **options: object) -> Watched:
    watched = watch(browser, "file:", "data:", **options)
    watched.page.goto(f"{(settings.site / page.partition('#')[0]).as_uri()}{''.join(page.partition('#')[1:])}")
    return watched


def charts_are_drawn(watched: Watched) -> int:
    """Wait for every chart of a page to have marks; give their number."""
    plots = watched.page.locator(".plot")
    for place in range(plots.count()):
        plots.nth(place).locator("svg .role-mark path").first.wait_for(state="attached")
    return plots.count()


@pytest.mark.parametrize(
    ("page", "charts", "tables"),
    [("index.html", 1, 2), ("硚口区", 5, 6), ("高级人民法院", 5, 6), ("quality.html", 1, 2), ("economic-301", 1, 2)],
)
def test_charts_and_tables(browser: Browser, settings: Settings, page: str, charts: int, tables: int) -> None:
    if page.startswith("economic"):
        page = f"subjects/{page}.html"
    elif not page.endswith(".html"):
        page = unit_page(settings, page)
    watched = opened(browser, settings, page)
    assert charts_are_drawn(watched) == charts
    assert watched.page.locator("table").count() >= tables
    assert watched.page.locator("table:not(:has(tbody tr))").count() == 0
    assert watched.page.locator("th:not([scope])").count() == 0
    watched.clean()


def test_a_chart_tells_values_and_hides_a_series(browser: Browser, settings: Settings) -> None:
    watched = opened(browser, settings, "index.html")
    charts_are_drawn(watched)
    page = watched.page
    page.locator(".plot .mark-symbol path").first.hover()
    tip = page.locator("#vg-tooltip-element.visible")
    tip.wait_for()
    assert re.search(r"[\d,]+\.\d\d", tip.inner_text())
    faint = ".plot .mark-line path[stroke-opacity], .plot .mark-line path[opacity='0.1']"
    before = page.locator(faint).count()
    page.locator(".plot .role-legend-symbol path").first.click()
    page.wait_for_function(f"document.querySelectorAll({faint!r}).length > {before}")
    watched.clean()


def test_a_number_leads_to_its_origin(browser: Browser, settings: Settings) -> None:
    [(amount, raw)] = rows(
        settings,
        "select p.amount, c.raw_text from printed_total as p join published_cell as c using (cell_key) "
        "where unit_name = '江苏省人大常委会办公厅' and p.year_key = 2018",
    )
    watched = opened(browser, settings, unit_page(settings, "人大常委会办公厅"))
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


def test_several_cells_of_one_sum(browser: Browser, settings: Settings) -> None:
    [(key, cells)] = rows(
        settings,
        "select report_key, list(cell_key)[:3] from published_cell where page = 5 group by 1 order by 1 limit 1",
    )
    watched = opened(browser, settings, origin(str(key), cells))  # type: ignore[arg-type]
    watched.page.locator("rect.at").first.wait_for()
    assert watched.page.locator("rect.at").count() == watched.page.locator("#card dl").count() == 3
    watched.clean()


def test_keyboard(browser: Browser, settings: Settings) -> None:
    watched = opened(browser, settings, "index.html")
    page = watched.page
    focused = "document.activeElement.getAttribute('href')"
    page.keyboard.press("Tab")
    assert page.evaluate(focused) == "#main"
    assert page.locator(".skip").bounding_box()["x"] >= 0, "the skip link shows itself"  # type: ignore[index]
    seen = []
    for _ in range(60):
        page.keyboard.press("Tab")
        seen.append(page.evaluate(focused))
    unit = unit_page(settings, "人大常委会")
    assert {"quality.html", "index.html#units", unit} <= set(seen)
    page.locator(f"a[href='{unit}']").focus()
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid", "the focus is seen"
    page.keyboard.press("Enter")
    page.wait_for_url("**/units/*.html")
    watched.clean()


@pytest.mark.parametrize("page", ["index.html", "硚口区", "高级人民法院", "quality.html", "reports"])
def test_phone(browser: Browser, settings: Settings, page: str) -> None:
    if page == "reports":
        page = f"reports/{rows(settings, 'select min(report_key) from dim_report')[0][0]}.html"
    elif not page.endswith(".html"):
        page = unit_page(settings, page)
    watched = opened(browser, settings, page, width=390)
    charts_are_drawn(watched)
    assert watched.page.evaluate("document.documentElement.scrollWidth") <= 390
    watched.clean()


class Links(HTMLParser):
    """Addresses and names of a page."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.to: set[str] = set()
        self.names: set[str] = set()
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in {"href", "src"} and value and not value.startswith("data:"):
                self.to.add(value)
            elif name in {"id", "data-cell"} and value:
                self.names.add(value)


def broken_links(site: Path) -> Iterator[str]:
    pages = {page.resolve(): Links(page) for page in site.rglob("*.html")}
    for page, links in pages.items():
        for link in links.to:
            address, fragment = urldefrag(link)
            target = (page.parent / unquote(address)).resolve() if address else page
            if not target.exists():
                yield f"{page.name} → {link}"
            elif fragment and target in pages:
                yield from (f"{page.name} → {link}" for name in fragment.split("+") if name not in pages[target].names)


def test_every_link_leads_somewhere(settings: Settings) -> None:
    assert list(broken_links(settings.site)) == []
    assert len(list(settings.site.glob("units/*.html"))) == rows(settings, "select count(*) from dim_unit")[0][0]


def test_every_amount_of_units_and_classes_is_a_link(settings: Settings) -> None:
    pages = [*settings.site.glob("units/*.html"), *settings.site.glob("subjects/*.html")]
    assert [page.name for page in pages if '<span class="num"' in page.read_text(encoding="utf-8")] == []


def test_every_linked_amount_is_the_sum_of_its_cells(settings: Settings) -> None:
    with duckdb.connect(str(settings.database), read_only=True) as connection:
        sql = "select cell_key, coalesce(amount, 0) from published_cell"
        amounts: dict[str, Decimal] = dict(connection.execute(sql).fetchall())
    pages = [*settings.site.glob("units/*.html"), *settings.site.glob("subjects/*.html"), settings.site / "index.html"]
    shown = [
        (Decimal(text.replace(",", "")), [amounts[cell.removeprefix("c-")] for cell in cells.split("+")])
        for page in pages
        for cells, text in re.findall(
            r'<a[^>]*href="[^"#]*#(c-[^"]*)"[^>]*>\s*(-?[\d,.]+)\s*</a>', page.read_text(encoding="utf-8")
        )
    ]
    assert len(shown) > 100
    assert [(text, cells) for text, cells in shown if text != in_wan(sum(cells, Decimal(0)))] == []


def test_money_of_different_coverage_is_told_apart(settings: Settings) -> None:
    """A budget of the general public budget beside a final account of all funds."""
    covers = rows(settings, "select distinct unit_key, coverage from expenditure_structure")
    assert covers
    for unit, coverage in covers:
        assert label("coverage", coverage) in (settings.site / f"units/{unit}.html").read_text(encoding="utf-8")


def test_every_amount_of_the_matrix_is_the_printed_total(settings: Settings) -> None:
    text = (settings.site / "index.html").read_text(encoding="utf-8")
    for (amount,) in rows(settings, "select amount from printed_total"):
        assert f">{wan(amount)}</a>" in text  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def hostile(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The samples with texts that try to get out of pages, and without pictures."""
    warehouse = tmp_path_factory.mktemp("hostile")
    hostile = replace(settings, warehouse=warehouse, site_pictures=False)
    shutil.copy(settings.database, hostile.database)
    dump = warehouse / "dump.txt"
    lines = [f"{number} {HOSTILE}" for number in range(1, 31)]
    lines[13] = "填报人：张三丰\t联系电话：13812345678"
    dump.write_text("\n".join(lines), encoding="utf-8")
    digest, _ = sha256(dump)
    [(dumped,)] = rows(settings, "select min(report_key) from dim_report")
    files = FrameStore(settings.frames).read("source_file")
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
        ):
            connection.execute(f"update {table} set {column} = {column} || ?", [HOSTILE])
        connection.execute(
            "insert into fact_performance (report_key, unit_key, year_key, row_no, table_title, indicator, "
            "target_value, page, is_current) "
            "select report_key, unit_key, year_key, 1, $1, $1, $1, 1, true from dim_report limit 1",
            [HOSTILE],
        )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pipelines.site.build._UNITS_PER_PAGE", 3)
        patch.setattr("pipelines.site.build._REPORTS_PER_PAGE", 11)
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
def test_a_number_without_a_page_leads_to_its_cell(browser: Browser, settings: Settings, format: str) -> None:
    [(report, cell, raw, origin)] = rows(
        settings,
        "select report_key, cell_key, raw_text, origin from published_cell join dim_report using (report_key) "
        f"where format = '{format}' and form = 'three_public' and value > 0 order by source_line, cell_key limit 1",
    )
    watched = opened(browser, settings, f"reports/{report}.html#c-{cell}")
    marked = watched.page.locator(".source td.at")
    marked.wait_for()
    assert marked.count() == 1 and marked.inner_text() == raw
    assert marked.get_attribute("data-origin") == origin
    assert watched.page.locator(".source tr.at td").count() > 1, "its row is drawn as a row"
    watched.clean()


def test_long_lists_go_on_on_further_pages(hostile: Settings) -> None:
    assert sorted(path.name for path in hostile.site.glob("*.html")) == ["index-2.html", "index.html", "quality.html"]
    for name, other in (("index.html", "index-2.html"), ("index-2.html", "index.html")):
        text = (hostile.site / name).read_text(encoding="utf-8")
        assert f'href="{other}">' in text
        assert text.count('href="units/') == 3


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
    before = index.stat().st_mtime_ns
    monkeypatch.setattr(assets, "build", fails)
    [check] = materialized(hostile)
    assert (check.metadata["fault"].value, check.passed) == ("OSError('no space left')", False)
    assert index.stat().st_mtime_ns == before, "the old pages stay"
    assert not hostile.state.exists(), "the run is not complete, so that the next one does it again"
    monkeypatch.undo()
    [check] = materialized(hostile)
    assert check.passed
    assert index.stat().st_mtime_ns > before
    assert not hostile.state.exists(), "the pages alone make no run complete"


def materialized(settings: Settings) -> list[dg.AssetCheckEvaluation]:
    resources = {"session": Session(settings), "watcher": dg.ResourceDefinition.hardcoded_resource(UNWATCHED)}
    return dg.materialize([assets.site], resources=resources).get_asset_check_evaluations()
