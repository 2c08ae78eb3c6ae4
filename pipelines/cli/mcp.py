"""The command ``mcp``."""

from __future__ import annotations

import signal

from pipelines.cli.console import WarehouseOption, connect, settings_of


def mcp(warehouse: WarehouseOption = None) -> None:
    """供 AI 助手只读查询的 MCP 服务（标准输入输出） / A read-only MCP server for assistants, on stdin and stdout."""
    settings = settings_of(warehouse)
    with connect(settings):
        pass  # where there is no warehouse, it is better told now than with the first question
    from pipelines.assistant.server import server

    signal.signal(signal.SIGINT, signal.SIG_DFL)  # a thread that waits for standard input hears of no interrupt
    server(settings).run("stdio")
