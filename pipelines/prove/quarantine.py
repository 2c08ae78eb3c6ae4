"""Quarantine: one YAML record per report that was stopped, with the reason and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import polars as pl
import yaml

from pipelines.collect.discover import FAULTS, Skipped
from pipelines.core.digests import short_key

_NEXT = {
    "expectation": "对照原件检查列出的期望；若是读取有误请报告；mingzhang retry {key} 重读 / "
    "compare the expectations listed with the source; mingzhang retry {key} reads it again",
    "only_attachments": "下载网页链接的附件，用 mingzhang ingest 读入 / ingest the files that the page links",
    "unread": "检查文件与权限后重新运行 mingzhang ingest / check the file and its permissions, then ingest again",
}
_NEXT_OTHERWISE = (
    "修好的文件用 mingzhang ingest 读入；文件无误时用 mingzhang retry {key} 重读 / "
    "ingest the mended file; where the file is right, read it again with mingzhang retry {key}"
)

_PATH = "path-"
"""How the records of paths that were not read begin; those of reports are named by their key."""


def record_name(skipped: Skipped) -> str:
    """Name the record of a path that was not read."""
    return f"{_PATH}{short_key(skipped.file_name)}.yml"


def names(folder: Path) -> set[str]:
    """Name the records there are."""
    return {file.stem for file in folder.glob("*.yml")}


def new_reasons(folder: Path, before: set[str], most: int = 20) -> dict[str, str]:
    """Say of records that have come why they have, by the name of the file.

    Args:
        folder: Quarantine folder of the warehouse.
        before: What `names` gave then.
        most: How many are told of.
    """
    found = {}
    for name in sorted(names(folder) - before)[:most]:
        record = yaml.safe_load((folder / f"{name}.yml").read_text(encoding="utf-8"))
        found[", ".join(record["file_names"]) or name] = str(record["reason"])
    return found


def write(
    folder: Path,
    dim_report: pl.DataFrame,
    files: pl.DataFrame,
    results: pl.DataFrame,
    skipped: Iterable[Skipped] | None,
) -> int:
    """Make the folder say exactly what is in quarantine now.

    Args:
        folder: Quarantine folder of the warehouse.
        dim_report: All reports.
        files: ``SOURCE_FILE``, for the paths a report was found at.
        results: ``RESULT`` of the gates, for the expectations a report failed.
        skipped: Paths of this run that were not read; ``None`` when it looked at none, and their records stay.

    Returns:
        The number of records.
    """
    failed: dict[str, list[dict[str, Any]]] = {}
    for row in results.filter(~pl.col("success"), pl.col("severity") == "structural").iter_rows(named=True):
        entry = {"asset": row["asset"], "expectation": row["expectation_id"], "notes": row["notes"]}
        for key in row["report_keys"]:
            failed.setdefault(key, []).append(entry | {"sample": row["sample"][:5]})
    paths = dict(files.sort("path").group_by("report_key").agg("path").iter_rows())
    records = {
        row["report_key"]: {
            "report_key": row["report_key"],
            "file_names": row["file_names"],
            "paths": paths.get(row["report_key"], []),
            "content_sha256": row["content_sha256"],
            "reason_code": row["reason_code"],
            "reason": row["reason"],
            "expectations": failed.get(row["report_key"], []),
            "next": _NEXT.get(row["reason_code"] or "", _NEXT_OTHERWISE).format(key=row["report_key"]),
        }
        for row in dim_report.filter(pl.col("status") == "quarantined").iter_rows(named=True)
    }
    for path in skipped or ():
        if path.code in FAULTS:
            records[record_name(path).removesuffix(".yml")] = {
                "report_key": None,
                "file_names": [path.file_name],
                "reason_code": path.code,
                "reason": path.reason,
                "next": _NEXT["unread"],
            }
    folder.mkdir(parents=True, exist_ok=True)
    for key, record in records.items():
        text = yaml.safe_dump(record, allow_unicode=True, sort_keys=False, width=120)
        partial = folder / f".{key}.tmp"
        partial.write_text(text, encoding="utf-8")
        partial.replace(folder / f"{key}.yml")
    for file in folder.glob("*.yml"):
        if file.stem not in records and (skipped is not None or not file.stem.startswith(_PATH)):
            file.unlink()
    return len(records)
