"""What tests of the pages share: asking the warehouse, opening a page, following links."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag

import duckdb
from playwright.sync_api import Browser

from pipelines.core.settings import Settings
from tests.browser import Watched, watch

IN_VIEW = "(at) => { const y = document.querySelector(at).getBoundingClientRect().y; return 0 < y && y < innerHeight }"
HOSTILE = "<script>alert(1)</script>{{7*7}}${7*7}\"'=cmd|' /C calc'!A0<img src=x onerror=alert(2)>"


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
            if target.name == "compare.html" and fragment.startswith("u="):
                keys = fragment.removeprefix("u=").split(",")
                yield from (f"{page.name} → {link}" for key in keys if not (site / "data" / f"{key}.js").exists())
            elif not target.exists():
                yield f"{page.name} → {link}"
            elif fragment and target in pages:
                yield from (f"{page.name} → {link}" for name in fragment.split("+") if name not in pages[target].names)
