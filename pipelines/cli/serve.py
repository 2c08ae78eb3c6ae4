"""Commands that become a program that runs until it is stopped: ``dev``, ``explore`` and ``serve``."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from pipelines.cli.console import WarehouseOption, err, fail, settings_of
from pipelines.core.settings import Exit, Settings


class Part(StrEnum):
    """What ``serve`` runs: two parts of Dagster, and the static pages."""

    web = "web"
    daemon = "daemon"
    site = "site"


_PORTS = {Part.web: 3000, Part.site: 8080}


def dev(
    port: Annotated[int, typer.Option(help="端口 / port")] = 3000,
    warehouse: WarehouseOption = None,
) -> NoReturn:
    """启动 Dagster 界面与计划任务（仅本机，只看不动） / The Dagster UI on 127.0.0.1; looking changes nothing."""
    _dagster(settings_of(warehouse), "dagster", "dev", "-h", "127.0.0.1", "-p", str(port), MINGZHANG_LOOKING="on")


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
    part: Annotated[
        Part, typer.Argument(help="web 界面，daemon 计划任务，site 网页 / Dagster's web server or daemon, or the pages")
    ],
    host: Annotated[str, typer.Option(help="界面或网页的地址 / address to listen on")] = "127.0.0.1",
    port: Annotated[int | None, typer.Option(help="端口，web 3000，site 8080 / port")] = None,
    warehouse: WarehouseOption = None,
) -> None:
    """长期运行（容器、systemd）：网页供同事只读浏览 / Run as a service; the pages are read-only, for colleagues."""
    settings = settings_of(warehouse)
    number = str(_PORTS.get(part, 0) if port is None else port)
    if part is Part.site:
        _site(settings, host, int(number))
    elif part is Part.daemon:
        from pipelines.orchestration.journal import expect_nights

        expect_nights(settings)
        _dagster(settings, "dagster-daemon", "run")
    else:
        _dagster(settings, "dagster-webserver", "-h", host, "-p", number)


def _site(settings: Settings, host: str, port: int) -> None:
    """Serve the static pages until stopped."""
    from pipelines.orchestration.health import look
    from pipelines.publish.site_server import server

    def health() -> dict[str, object]:
        found = look(settings)
        return {"healthy": found.healthy, "problems": found.problems, "last_good_at": found.last_good_at}

    try:
        listening = server(host, port, settings.site, health)
    except OSError as error:
        fail(Exit.USAGE, f"无法监听 {host}:{port}", "cannot listen there", error.strerror or repr(error))
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with listening:
        shown = f"[{host}]" if ":" in host else host
        err.print(f"http://{shown}:{listening.server_address[1]}/", highlight=False, markup=False)
        with suppress(KeyboardInterrupt):
            listening.serve_forever()


def _dagster(settings: Settings, program: str, *arguments: str, **variables: str) -> NoReturn:
    """Become a Dagster program whose state lies in the warehouse folder."""
    from pipelines.orchestration.instance import dagster_home

    environment = (
        os.environ
        | variables
        | {
            "DAGSTER_HOME": str(dagster_home(settings)),
            "DAGSTER_DISABLE_TELEMETRY": "1",
            "MINGZHANG_WAREHOUSE": str(settings.warehouse),
            "MINGZHANG_RAW": str(settings.raw),
        }
    )
    for tick in ("SCHEDULE", "SENSOR"):  # both read all of raw before they ask for a run; 60 s are few for a slow disk
        environment.setdefault(f"DAGSTER_{tick}_GRPC_TIMEOUT_SECONDS", "1800")
    executable = Path(sys.executable).with_name(program)
    os.execve(executable, [str(executable), *arguments, "-m", "pipelines.definitions"], environment)
