"""``mingzhang serve site``: one folder, read-only, with headers that let no page do more than it needs."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.publish.site_server import HEADERS, found, server


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "site"
    (folder / "units").mkdir(parents=True)
    (folder / "index.html").write_text("明账", encoding="utf-8")
    (folder / "units" / "a.html").write_text("a", encoding="utf-8")
    (folder / ".hidden").write_text("x", encoding="utf-8")
    (tmp_path / "secret").write_text("x", encoding="utf-8")
    (folder / "out").symlink_to(tmp_path / "secret")
    return folder


@pytest.fixture
def port(site: Path) -> Iterator[int]:
    with server("127.0.0.1", 0, site, lambda: {"healthy": False, "problems": ["x"]}) as listening:
        threading.Thread(target=listening.serve_forever, daemon=True).start()
        yield int(listening.server_address[1])
        listening.shutdown()


def ask(port: int, path: str, method: str = "GET") -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request(method, path)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, dict(answer.getheaders()), body


def test_pages_with_their_headers(port: int) -> None:
    status, headers, body = ask(port, "/")
    assert (status, body.decode(), headers["Content-Type"]) == (200, "明账", "text/html; charset=utf-8")
    assert HEADERS.items() <= headers.items() and "Python" not in headers["Server"]
    assert ask(port, "/units/a.html?x=1")[2] == b"a"
    status, headers, body = ask(port, "/index.html", "HEAD")
    assert (status, body, headers["Content-Length"]) == (200, b"", "6")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_nothing_can_be_written(port: int, method: str) -> None:
    status, headers, _ = ask(port, "/index.html", method)
    assert status == 501 and HEADERS.items() <= headers.items()


@pytest.mark.parametrize(
    "path",
    ["/../secret", "/%2e%2e/secret", "//secret", "/out", "/.hidden", "/units/", "/nothing", "/a%00b", "/..%5csecret"],
)
def test_nothing_else_can_be_read(port: int, path: str) -> None:
    status, headers, _ = ask(port, path)
    assert status == 404 and HEADERS.items() <= headers.items()


def test_health_is_answered(port: int) -> None:
    status, _, body = ask(port, "/healthz")
    assert status == 503 and json.loads(body)["problems"] == ["x"]


def test_the_pages_may_be_swapped(site: Path, port: int) -> None:
    site.rename(site.with_name("old"))
    assert ask(port, "/")[0] == 404
    site.with_name("old").rename(site)
    assert ask(port, "/")[0] == 200
    assert found(site, "/") == (site / "index.html").resolve()
