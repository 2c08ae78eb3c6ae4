"""What several commands tell of reports: samples that are shown, files that are gone."""

from __future__ import annotations

from collections.abc import Sequence

from rich.markup import escape

from pipelines.cli.console import out

SAMPLES_SHOWN = (
    "仓库里是随程序附带的样本，不是数据；读入自己的报告后即隐去，或用 mingzhang remove --samples / "
    "these are the shipped samples, no data; hidden once there are reports, or with mingzhang remove --samples"
)

_SHOWN = 20
"""Reports whose file is gone that are named; the rest is counted."""


def show_gone(gone: Sequence[tuple[str, str]]) -> None:
    """Tell of reports whose file is no longer there, and offer to take them out.

    Args:
        gone: Key and name of each.
    """
    if not gone:
        return
    from pipelines.publish.output import visible

    out.print(
        f"{len(gone)} 份报告的原件已不在，仍计入；移出：mingzhang remove --gone，或逐份列出 / the files of {len(gone)} "
        "reports are gone, the reports still count; to take them out: mingzhang remove --gone, or name some",
        highlight=False,
        soft_wrap=True,
    )
    for key, name in gone[:_SHOWN]:
        out.print(f"  {key} {escape(visible(name))}", highlight=False, soft_wrap=True)
