"""Commands that become a program that runs until it is stopped: ``dev``, ``explore`` and ``serve``."""

from __future__ import annotations

import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from pipelines.cli.console import WarehouseOption, settings_of
from pipelines.core.settings import Settings


class Part(StrEnum):
    """Parts of Dagster that ``serve`` runs."""

    web = "web"
    daemon = "daemon"


def dev(
    port: Annotated[int, typer.Option(help="端口 / port")] = 3000,
    warehouse: WarehouseOption = None,
) -> NoReturn:
    """启动 Dagster 界面与计划任务（仅本机） / The Dagster UI on 127.0.0.1 with schedules on."""
    _dagster(settings_of(warehouse), "dagster", "dev", "-h", "127.0.0.1", "-p", str(port))


def explore(
    port: Annotated[int, typer.Option(help="端口 / port")] = 8501,
    warehouse: WarehouseOption = None,
) -> NoReturn:
    """在浏览器中查询仓库（仅本机，只读） / SQL in the browser on 127.0.0.1, read-only."""
    from pipelines.explore import command

    settings = settings_of(warehouse)
    arguments = command(port)
    os.execve(arguments[0], arguments, os.environ | {"MINGZHANG_WAREHOUSE": str(settings.warehouse)})


def serve(
    part: Annotated[Part, typer.Argument(help="web 界面，daemon 计划任务 / web server or daemon")],
    host: Annotated[str, typer.Option(help="界面的地址 / address of the web server")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="端口 / port")] = 3000,
    warehouse: WarehouseOption = None,
) -> NoReturn:
    """长期运行 Dagster 的一部分（容器、systemd） / One part of Dagster as a service, for containers and systemd."""
    settings = settings_of(warehouse)
    if part is Part.daemon:
        _dagster(settings, "dagster-daemon", "run")
    _dagster(settings, "dagster-webserver", "-h", host, "-p", str(port))


def _dagster(settings: Settings, program: str, *arguments: str) -> NoReturn:
    """Become a Dagster program whose state lies in the warehouse folder."""
    from pipelines.orchestration.instance import dagster_home

    settings.raw.mkdir(parents=True, exist_ok=True)
    environment = os.environ | {
        "DAGSTER_HOME": str(dagster_home(settings)),
        "DAGSTER_DISABLE_TELEMETRY": "1",
        "MINGZHANG_WAREHOUSE": str(settings.warehouse),
        "MINGZHANG_RAW": str(settings.raw),
    }
    for tick in ("SCHEDULE", "SENSOR"):  # both read all of raw before they ask for a run; 60 s are few for a slow disk
        environment.setdefault(f"DAGSTER_{tick}_GRPC_TIMEOUT_SECONDS", "1800")
    executable = Path(sys.executable).with_name(program)
    os.execve(executable, [str(executable), *arguments, "-m", "pipelines.definitions"], environment)
