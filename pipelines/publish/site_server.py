"""The static pages over HTTP for colleagues: read-only, one folder, headers that let no page do more than it needs.

No logins: who reaches the address reads everything, so it listens on this machine unless told otherwise.
"""

from __future__ import annotations

import json
import mimetypes
import os
import posixpath
import shutil
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-cache",  # the pages change every night under the same names
}
HEALTH = "/healthz"
"""Answers 200 or 503 with what is to be said of the warehouse."""

_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
}
_SECONDS = 30
"""A client that says nothing for longer is let go."""


class Handler(BaseHTTPRequestHandler):
    """Answers GET and HEAD with files of one folder."""

    server_version = "mingzhang"
    sys_version = ""
    protocol_version = "HTTP/1.1"
    timeout = _SECONDS

    def __init__(self, *arguments: Any, folder: Path, health: Callable[[], dict[str, Any]]) -> None:
        self.folder, self.health = folder, health
        super().__init__(*arguments)

    def do_GET(self) -> None:
        """Send a file."""
        self._answer(body=True)

    def do_HEAD(self) -> None:
        """Say what would be sent."""
        self._answer(body=False)

    def _answer(self, *, body: bool) -> None:
        path = urlsplit(self.path).path
        if path == HEALTH:
            said = self.health()
            status = HTTPStatus.OK if said["healthy"] else HTTPStatus.SERVICE_UNAVAILABLE
            self._send(status, "application/json", json.dumps(said, ensure_ascii=False).encode(), body=body)
            return
        file = found(self.folder, path)
        if file is None:
            self._send(
                HTTPStatus.NOT_FOUND, "text/plain; charset=utf-8", "没有此页 / no such page\n".encode(), body=body
            )
            return
        try:
            stream = file.open("rb")
        except OSError:  # replaced between the look and the opening
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        with stream:
            self.send_response(HTTPStatus.OK)
            kind = _TYPES.get(file.suffix) or mimetypes.guess_type(file.name)[0] or "application/octet-stream"
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(os.fstat(stream.fileno()).st_size))
            self.end_headers()
            if body:
                shutil.copyfileobj(stream, self.wfile)

    def _send(self, status: HTTPStatus, kind: str, content: bytes, *, body: bool) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if body:
            self.wfile.write(content)

    def end_headers(self) -> None:
        """Send the headers, ours among them, with every answer."""
        for name, value in HEADERS.items():
            self.send_header(name, value)
        super().end_headers()

    def log_message(self, format: str, *arguments: Any) -> None:
        """Keep no record of who reads what."""


def found(folder: Path, path: str) -> Path | None:
    """Find the file of an address below a folder.

    Args:
        folder: The pages.
        path: Of the address, still quoted.

    Returns:
        A regular file inside the folder, however the address or links in it lead; ``index.html`` for a folder.
    """
    name = unquote(path)
    if "\0" in name or "\\" in name:
        return None
    relative = posixpath.normpath("/" + name).lstrip("/")
    if any(part.startswith(".") for part in relative.split("/") if part != "."):
        return None
    try:
        inside = folder.resolve(strict=True)
        file = (inside / relative).resolve(strict=True)
        file = file / "index.html" if file.is_dir() else file
        return file if file.is_relative_to(inside) and file.is_file() else None
    except (OSError, ValueError, RuntimeError):
        return None


def server(host: str, port: int, folder: Path, health: Callable[[], dict[str, Any]]) -> ThreadingHTTPServer:
    """Open the server; it listens when this returns.

    Args:
        host: Address to listen on.
        port: Port; 0 for any that is free.
        folder: The pages; looked up anew for each request, so that it follows the swap.
        health: Gives what is to be said of the warehouse, ``healthy`` among it.

    Raises:
        OSError: The address cannot be had.
    """
    return _Server((host, port), partial(Handler, folder=folder, health=health))


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a client that went away in the middle."""
