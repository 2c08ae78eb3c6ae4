"""Debian's Chromium for tests of pages; where there is none they are skipped and say so."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, sync_playwright

CHROMIUM = next(filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome"])), None)
QUIET = "--no-sandbox --disable-gpu --disable-background-networking --disable-component-update --disable-sync"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no chromium on the PATH: pages are not looked at")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET.split())
        yield browser
        browser.close()


@dataclass(slots=True)
class Watched:
    """A page, and everything it said or asked for that it should not have.

    Attributes:
        page: The page.
        allowed: Beginnings of addresses it may ask for; everything else is refused.
        asked: Every address it asked for.
        complaints: Errors and warnings of its console, faults of its scripts, dialogs.
    """

    page: Page
    allowed: tuple[str, ...]
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def clean(self) -> None:
        assert self.asked
        assert [address for address in self.asked if not address.startswith(self.allowed)] == []
        assert self.complaints == []


def watch(browser: Browser, *allowed: str, width: int = 1280, **options: Any) -> Watched:
    """Open a page of a context of its own that reaches nothing but ``allowed``."""
    context = browser.new_context(viewport={"width": width, "height": 900}, **options)
    context.set_default_timeout(30_000)
    watched = Watched(context.new_page(), allowed)

    def route(route: Route) -> None:
        if route.request.url.startswith(allowed):
            route.continue_()
        else:
            route.abort()

    context.route("**/*", route)
    page = watched.page
    page.on("request", lambda request: watched.asked.append(request.url))
    page.on("websocket", lambda socket: watched.asked.append(socket.url))
    page.on("pageerror", lambda error: watched.complaints.append(str(error)))
    page.on("dialog", lambda dialog: (watched.complaints.append(dialog.message), dialog.dismiss()))
    page.on(
        "console",
        lambda message: watched.complaints.append(message.text) if message.type in {"error", "warning"} else None,
    )
    return watched
