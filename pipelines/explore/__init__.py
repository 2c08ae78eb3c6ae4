"""SQL in the browser: a page of this machine alone, read-only, on Streamlit."""

from __future__ import annotations

import sys
from pathlib import Path

_OPTIONS = {
    "server.address": "127.0.0.1",
    "server.headless": "true",  # no browser is opened, no address is asked for
    "server.fileWatcherType": "none",
    "server.runOnSave": "false",
    "browser.gatherUsageStats": "false",
    "browser.serverAddress": "127.0.0.1",
    "client.toolbarMode": "minimal",
    "client.disableDataExport": "true",  # its own CSV would hand formulas to spreadsheets; ours does not
    "client.showErrorDetails": "none",
    "global.developmentMode": "false",
}


def command(port: int) -> list[str]:
    """Give the command that serves the page."""
    options = [f"--{name}={value}" for name, value in _OPTIONS.items()]
    page = str(Path(__file__).with_name("page.py"))
    return [sys.executable, "-m", "streamlit", "run", page, f"--server.port={port}", *options]
