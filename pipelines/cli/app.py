"""The command ``mingzhang``. Heavy libraries are imported where they are used, so that help is quick."""

from __future__ import annotations

import typer

from pipelines.cli.capture import capture
from pipelines.cli.export import export
from pipelines.cli.ingest import ingest, retry
from pipelines.cli.life import accept, remove
from pipelines.cli.lookup import findings, query, trace
from pipelines.cli.serve import dev, explore, serve
from pipelines.cli.status import health, status

app = typer.Typer(
    name="mingzhang",
    help="明账：部门预决算公开报告的数据仓库 / Mingzhang: departments' budgets and final accounts as a warehouse.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for _command in (
    ingest,
    status,
    health,
    query,
    findings,
    retry,
    remove,
    accept,
    capture,
    trace,
    export,
    dev,
    explore,
    serve,
):
    app.command()(_command)


def main() -> None:
    """Run the command line."""
    app()
