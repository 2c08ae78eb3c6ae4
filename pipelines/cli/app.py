"""The command ``mingzhang``. Heavy libraries are imported where they are used, so that help is quick."""

from __future__ import annotations

from typing import Annotated

import typer

from pipelines.cli.capture import capture
from pipelines.cli.connect import connect
from pipelines.cli.export import export
from pipelines.cli.ingest import ingest, retry
from pipelines.cli.life import accept, remove
from pipelines.cli.lookup import findings, query, trace
from pipelines.cli.mcp import mcp
from pipelines.cli.release import release
from pipelines.cli.serve import dev, explore, serve
from pipelines.cli.status import health, status
from pipelines.cli.streams import make_tolerant

app = typer.Typer(
    name="mingzhang",
    help="明账：部门预决算公开报告的数据仓库 / Mingzhang: departments' budgets and final accounts as a warehouse.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
_LOOKS = (status, health, query, findings, trace, capture, export, release, connect)
for _command in (ingest, retry, remove, accept, *_LOOKS, dev, explore, serve, mcp):
    app.command()(_command)


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        from pipelines.core.version import commit

        typer.echo(" ".join(filter(None, ["mingzhang", version("mingzhang"), commit()])))
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="版本与提交 / version and commit")
    ] = False,
) -> None:
    """明账：部门预决算公开报告的数据仓库 / Mingzhang: departments' budgets and final accounts as a warehouse."""


def main() -> None:
    """Run the command line."""
    make_tolerant()
    app()
