"""Data Docs that open from disk without network, with an index that says at a glance what is clean.

Great Expectations renders a page per suite and per result; the pages load scripts from content networks and a logo
that reports each view. Links are rewritten to the copies in ``static/``, the rest is taken out. Only the last run is
kept: older results are rows of ``quality.expectation_result``.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.prove.expectations import STRUCTURAL, ephemeral_context, gx_suite, read_suite
from pipelines.swap import put_in_place

STATIC = Path(__file__).parent / "static"
_VENDORED = {
    r"jquery-[\d.]+\.min\.js": "js/jquery.min.js",
    r"popper\.js/.*/popper\.min\.js": "js/popper.min.js",
    r"bootstrap/[\d.]+/js/bootstrap\.min\.js": "js/bootstrap.min.js",
    r"bootstrap/[\d.]+/css/bootstrap\.min\.css": "css/bootstrap.min.css",
    r"dist/bootstrap-table\.min\.js": "js/bootstrap-table.min.js",
    r"dist/bootstrap-table\.min\.css": "css/bootstrap-table.min.css",
    r"bootstrap-table-filter-control\.min\.js": "js/bootstrap-table-filter-control.min.js",
    r"bootstrap-table-filter-control(\.min)?\.css": "css/bootstrap-table-filter-control.min.css",
    r"bootstrap-datepicker\.min\.js": "js/bootstrap-datepicker.min.js",
    r"bootstrap-datepicker\.min\.css": "css/bootstrap-datepicker.min.css",
    r"font-awesome/.*/all\.min\.css": "css/fontawesome.min.css",
    r"bootstrap-prefers-dark(\.min)?\.css": "css/bootstrap-prefers-dark.min.css",
}
_LOADED = re.compile(r"<(?:script\b[^>]*\bsrc|link\b[^>]*\bhref)=[\"'](https?:[^\"']*)[\"'][^>]*>(?:\s*</script>)?")
_CUTS = [
    (re.compile(r"<img\b[^>]*\bsrc=[\"']https?:[^>]*>"), ""),  # the logo reports each view
    (re.compile(r"<footer>.*?</footer>", re.DOTALL), ""),  # newsletter
    (re.compile(r"url\([\"']?https?:[^)]*\)"), "none"),  # the logo again, as a background
]


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One report on the index page."""

    report_key: str
    name: str
    status: str
    reason: str


def build(
    folder: Path,
    documents: Mapping[str, dict[str, Any]],
    results: pl.DataFrame,
    reports: Iterable[ReportLine],
    run_id: str,
) -> Path:
    """Write the docs of one run beside the old ones, then put them in their place.

    Args:
        folder: Folder of the docs; replaced as a whole.
        documents: Great Expectations' result of each suite, as JSON.
        results: ``RESULT`` rows of the same suites.
        reports: All reports, for the index.
        run_id: Shown on the index.

    Returns:
        The index page.
    """
    new = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(new, ignore_errors=True)
    _render(new, documents, run_id)
    for page in new.rglob("*.html"):
        depth = len(page.relative_to(new).parts) - 1
        page.write_text(offline(page.read_text(encoding="utf-8"), "../" * depth), encoding="utf-8")
    shutil.rmtree(new / "static", ignore_errors=True)
    shutil.copytree(STATIC, new / "static")
    (new / "index.html").write_text(_index(new, results, reports, run_id), encoding="utf-8")
    put_in_place(new, folder)
    return folder / "index.html"


def offline(html: str, up: str) -> str:
    """Rewrite a page so that it loads nothing but files below ``<up>static/``."""

    def local(match: re.Match[str]) -> str:
        for pattern, file in _VENDORED.items():
            if re.search(pattern, match.group(1)):
                link = f"{up}static/{file}"
                if match.group(0).startswith("<script"):
                    return f'<script src="{link}"></script>'
                return f'<link rel="stylesheet" href="{link}">'
        return ""

    html = _LOADED.sub(local, html)
    html = re.sub(r'<link rel="shortcut icon"[^>]*>', "", html)
    for cut, left in _CUTS:
        html = cut.sub(left, html)
    return html


def _render(folder: Path, documents: Mapping[str, dict[str, Any]], run_id: str) -> None:
    context = ephemeral_context()
    from great_expectations.core.expectation_validation_result import expectationSuiteValidationResultSchema
    from great_expectations.core.run_identifier import RunIdentifier
    from great_expectations.data_context.types.resource_identifiers import (
        ExpectationSuiteIdentifier,
        ValidationResultIdentifier,
    )

    context.add_data_docs_site(
        "local",
        {
            "class_name": "SiteBuilder",
            "show_how_to_buttons": False,
            "store_backend": {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(folder)},
            "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
        },
    )
    run = RunIdentifier(run_name=run_id, run_time=datetime.now(UTC))
    for asset, document in documents.items():
        context.suites.add(gx_suite(read_suite(asset)))
        key = ValidationResultIdentifier(ExpectationSuiteIdentifier(asset), run, asset)
        context.validation_results_store.set(key, expectationSuiteValidationResultSchema.load(document))
    context.build_data_docs()


_INDEX = """<!DOCTYPE html>
<html lang="zh-CN">
<head>
<meta charset="UTF-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>明账 数据质量 · Mingzhang data docs</title>
<link rel="stylesheet" href="static/css/bootstrap.min.css">
<link rel="stylesheet" href="static/css/bootstrap-prefers-dark.min.css">
</head>
<body class="container-fluid p-4">
<h1 class="h3">明账 · 数据质量 <small class="text-muted">Mingzhang data docs</small></h1>
<p>运行 / run <code>{run_id}</code> · {built_at} UTC · {summary}</p>
<h2 class="h5 mt-4">检查集 <small class="text-muted">Expectation suites</small></h2>
<table class="table table-sm table-hover" id="suites">
<thead><tr><th>检查集<br>suite</th><th>内容<br>what</th><th>结果<br>result</th>
<th class="text-right">期望<br>expectations</th><th class="text-right">结构性失败<br>structural</th>
<th class="text-right">公布方差错<br>faults</th><th>详情<br>pages</th></tr></thead>
<tbody>
{suites}
</tbody>
</table>
<h2 class="h5 mt-4">未通过的期望 <small class="text-muted">Failed expectations</small></h2>
<table class="table table-sm table-hover" id="failures">
<thead><tr><th>检查集<br>suite</th><th>期望<br>expectation</th><th>严重程度<br>severity</th><th>说明<br>notes</th>
<th class="text-right">行数<br>rows</th><th>例子<br>samples</th></tr></thead>
<tbody>
{failures}
</tbody>
</table>
<h2 class="h5 mt-4">报告 <small class="text-muted">Reports</small></h2>
<table class="table table-sm table-hover" id="reports">
<thead><tr><th>报告<br>report</th><th>文件<br>file</th><th>状态<br>status</th>
<th>未通过<br>failed expectations</th><th>说明<br>reason</th></tr></thead>
<tbody>
{reports}
</tbody>
</table>
</body>
</html>
"""
_STATUS = {
    "loaded": ("success", "已载入 loaded"),
    "superseded": ("secondary", "已被替代 superseded"),
    "empty": ("secondary", "无数据 empty"),
    "quarantined": ("danger", "隔离 quarantined"),
}


def _index(folder: Path, results: pl.DataFrame, reports: Iterable[ReportLine], run_id: str) -> str:
    failures = results.filter(~pl.col("success")).sort(pl.col("severity") != STRUCTURAL, maintain_order=True)
    failed: dict[str, list[str]] = {}
    for row in failures.iter_rows(named=True):
        for key in row["report_keys"]:
            failed.setdefault(key, []).append(f"{row['asset']}.{row['expectation_id']}")
    lines = sorted(reports, key=lambda r: (r.status != "quarantined", r.report_key not in failed, r.name))
    suites = results.group_by("asset", maintain_order=True)
    clean = sum(line.report_key not in failed and line.status != "quarantined" for line in lines)
    return _INDEX.format(
        run_id=escape(run_id),
        built_at=f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S}",
        summary=f"{len(lines)} 份报告，{clean} 份无失败 / {len(lines)} reports, {clean} clean",
        suites="\n".join(_suite_row(folder, str(asset), rows) for (asset,), rows in suites),
        failures="\n".join(_failure_row(row) for row in failures.iter_rows(named=True)),
        reports="\n".join(_report_row(line, failed.get(line.report_key, [])) for line in lines),
    )


def _suite_row(folder: Path, asset: str, rows: pl.DataFrame) -> str:
    failures = rows.filter(~pl.col("success"))
    structural = failures.filter(pl.col("severity") == STRUCTURAL).height
    pages = [p.relative_to(folder).as_posix() for p in sorted((folder / "validations" / asset).rglob("*.html"))]
    links = [f'<a href="{escape(page)}">结果 result</a>' for page in pages]
    links.append(f'<a href="expectations/{escape(asset)}.html">检查集 suite</a>')
    badge = _badge("danger", "未通过 failed") if structural else _badge("warning", "有差错 faults")
    return (
        f"<tr><td><code>{escape(asset)}</code></td><td>{escape(read_suite(asset).notes)}</td>"
        f"<td>{badge if failures.height else _badge('success', '通过 passed')}</td>"
        f'<td class="text-right">{rows.height}</td><td class="text-right">{structural}</td>'
        f'<td class="text-right">{failures.height - structural}</td><td>{" · ".join(links)}</td></tr>'
    )


def _failure_row(row: Mapping[str, Any]) -> str:
    colour = "danger" if row["severity"] == STRUCTURAL else "warning"
    return (
        f"<tr><td><code>{escape(row['asset'])}</code></td><td><code>{escape(row['expectation_id'])}</code></td>"
        f"<td>{_badge(colour, row['severity'])}</td><td>{escape(row['notes'])}</td>"
        f'<td class="text-right">{row["unexpected_count"] or ""}</td>'
        f"<td>{escape(' · '.join(row['sample'][:5]))}</td></tr>"
    )


def _report_row(line: ReportLine, failed: list[str]) -> str:
    colour, words = _STATUS.get(line.status, ("light", line.status))
    return (
        f"<tr><td><code>{escape(line.report_key)}</code></td><td>{escape(line.name)}</td>"
        f"<td>{_badge(colour, words)}</td><td>{escape(', '.join(failed))}</td><td>{escape(line.reason)}</td></tr>"
    )


def _badge(colour: str, words: str) -> str:
    return f'<span class="badge badge-{colour}">{escape(words)}</span>'
