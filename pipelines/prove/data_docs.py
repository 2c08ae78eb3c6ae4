"""Data Docs that open from disk without network, with an index that says at a glance what is clean.

Great Expectations renders a page per suite and per result; the pages load scripts from content networks and a logo
that reports each view. Links are rewritten to the copies in ``static/``, the rest is taken out. Only the last run is
kept: older results are rows of ``quality.expectation_result``.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import ROUND_FLOOR, Decimal
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
import polars as pl

from pipelines.core.atomic_replace import put_in_place
from pipelines.prove.catalogue import catalogue
from pipelines.prove.expectations import STRUCTURAL, ephemeral_context, gx_suite, read_suite
from pipelines.prove.judge import Judge, rows_digest
from pipelines.prove.tally import Tally

STATIC = Path(__file__).parent / "static"
TEMPLATES = Path(__file__).parent / "templates"
_TEXT = re.compile(r"<(?P<raw>script|style)\b.*?</(?P=raw)>|>(?P<text>[^<>{}]+)<", re.DOTALL)
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


REPORT_LINE: dict[str, pl.DataType] = {
    "report_key": pl.String(),
    "name": pl.String(),
    "status": pl.String(),
    "reason": pl.String(),
    "cells": pl.Int64(),
    "coverage": pl.Decimal(9, 6),
    "errors": pl.Int64(),
    "warnings": pl.Int64(),
    "infos": pl.Int64(),
}
"""One report on the index page; numbers are null where there are none."""

MADE_OF = "made_of.json"
"""File in the docs: what the pages of each suite were made of."""

REPORTS_SHOWN = 2000
"""The worst first; all of them stand in the view ``quality_by_report``."""


def build(
    folder: Path,
    judge: Judge,
    specimens: Mapping[str, pl.DataFrame],
    results: pl.DataFrame,
    reports: pl.DataFrame,
    *,
    proved: Tally,
    run_id: str,
) -> Path:
    """Write the docs of one run beside the old ones, then put them in their place.

    Args:
        folder: Folder of the docs; replaced as a whole.
        judge: Gives Great Expectations' result about them.
        specimens: Rows that Great Expectations is shown for each suite (`pipelines.prove.judge`): its pages are about
            them, and are rendered anew only where they have changed.
        results: ``RESULT`` of the same suites over all rows.
        reports: ``REPORT_LINE`` of all reports.
        proved: How the rules ended for all reports.
        run_id: Shown on the index.

    Returns:
        The index page.
    """
    new = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(new, ignore_errors=True)
    made_of = {asset: _digest(asset, rows) for asset, rows in specimens.items()}
    before = _made_of(folder)
    changed = [asset for asset in specimens if before.get(asset) != made_of[asset] or not _results(folder, asset)]
    if set(specimens) <= set(before) | set(changed) and before:
        shutil.copytree(folder, new)
    if changed:
        rendered = folder.with_name(f".{folder.name}.rendered")  # Great Expectations takes away what it was not told of
        shutil.rmtree(rendered, ignore_errors=True)
        _render(rendered, {asset: judge.document(read_suite(asset), specimens[asset]) for asset in changed}, run_id)
        for asset in changed:
            for part in (f"validations/{asset}", f"expectations/{asset}.html"):
                shutil.rmtree(new / part, ignore_errors=True)
                (new / part).parent.mkdir(parents=True, exist_ok=True)
                (rendered / part).replace(new / part)
        shutil.rmtree(rendered)
    for asset in changed:
        for page in [new / "expectations" / f"{asset}.html", *_results(new, asset)]:
            depth = len(page.relative_to(new).parts) - 1
            page.write_text(chinese(offline(page.read_text(encoding="utf-8"), "../" * depth)), encoding="utf-8")
    if changed or not before:
        shutil.rmtree(new / "static", ignore_errors=True)
        shutil.copytree(STATIC, new / "static")
    (new / MADE_OF).write_text(json.dumps(made_of), encoding="utf-8")
    for name, html in _pages(new, results, reports, proved, run_id).items():
        (new / name).write_text(html, encoding="utf-8")
    put_in_place(new, folder)
    return folder / "index.html"


def _results(folder: Path, asset: str) -> list[Path]:
    """List the pages that show how a suite ended."""
    return sorted((folder / "validations" / asset).rglob("*.html"))


def _digest(asset: str, rows: pl.DataFrame) -> str:
    """Name what the pages of a suite show: what is said about the rows, and this module."""
    return hashlib.sha256(f"{rows_digest(read_suite(asset), rows)} {_code()}".encode()).hexdigest()


@cache
def _code() -> str:
    return Path(__file__).read_text(encoding="utf-8")


def _made_of(folder: Path) -> dict[str, str]:
    try:
        known: dict[str, str] = json.loads((folder / MADE_OF).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return known


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
    for asset, said in documents.items():
        context.suites.add(gx_suite(read_suite(asset)))
        key = ValidationResultIdentifier(ExpectationSuiteIdentifier(asset), run, asset)
        context.validation_results_store.set(key, expectationSuiteValidationResultSchema.load(said))
    context.build_data_docs()


def chinese(html: str) -> str:
    """Put Chinese before the words that Great Expectations writes around results; what it quotes stays."""
    return _TEXT.sub(_translated, html)


def _translated(match: re.Match[str]) -> str:
    if match["text"] is None:
        return match[0]
    words = " ".join(match["text"].split())
    known = _words()
    if words in known:
        return f">{known[words]} {words}<"
    for pattern, zh in ((r"([\d.]+%) unexpected", "不符"), (r"([\d.]+%) not null", "非空")):
        if found := re.fullmatch(pattern, words):
            return f">{found[1]} {zh}<"
    return match[0]


@cache
def _words() -> dict[str, str]:
    rows = pl.read_csv(Path(__file__).parent / "data_docs_translation.csv")
    return dict(rows.select("en", "zh").iter_rows())


_STATUS = {
    "loaded": ("success", "已载入 loaded"),
    "superseded": ("secondary", "已被替代 superseded"),
    "removed": ("secondary", "已移出 removed"),
    "empty": ("secondary", "无数据 empty"),
    "quarantined": ("danger", "隔离 quarantined"),
}


def _pages(folder: Path, results: pl.DataFrame, reports: pl.DataFrame, proved: Tally, run_id: str) -> dict[str, str]:
    """Render the pages of our own: the index, and the rules with their failing rows."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True
    )
    environment.filters["figure"] = lambda value: "" if value is None else f"{value.normalize():,f}"
    lines = _worst_first(reports)
    shared = {
        "run_id": run_id,
        "built_at": f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S}",
        "names": dict(reports.select("report_key", "name").iter_rows()),
        "rules": _rule_rows(proved),
    }
    failures = results.filter(~pl.col("success")).sort(pl.col("severity") != STRUCTURAL, maintain_order=True)
    return {
        "index.html": environment.get_template("index.html").render(
            **shared,
            reports=_report_rows(lines.head(REPORTS_SHOWN), results),
            report_count=lines.height,
            clean_count=lines["is_clean"].sum(),
            suites=[
                _suite_row(folder, str(asset), rows)
                for (asset,), rows in results.group_by("asset", maintain_order=True)
            ],
            failures=failures.to_dicts(),
            structural=STRUCTURAL,
        ),
        "rules.html": environment.get_template("rules.html").render(**shared),
    }


def _floor(share: Decimal) -> Decimal:
    """A share in percent; 100.0 only where nothing is missing."""
    return (share * 100).quantize(Decimal("0.1"), ROUND_FLOOR)


def _worst_first(reports: pl.DataFrame) -> pl.DataFrame:
    """Sort ``REPORT_LINE``, and say of each whether it is clean or untested.

    Clean is a report without error or warning of which numbers were tested; untested, one of which none was.
    """
    wrong = (pl.col("status") == "quarantined") | (pl.col("errors") + pl.col("warnings") > 0)
    tested = pl.col("coverage").fill_null(0) > 0
    return (
        reports.with_columns(pl.col("errors", "warnings", "infos").fill_null(0))
        .with_columns(is_clean=~wrong & tested, is_untested=~wrong & ~tested)
        .sort(
            pl.col("status") != "quarantined", -pl.col("errors"), -pl.col("warnings"), -pl.col("infos"), "name",
            maintain_order=True,
        )
    )  # fmt: skip


def _report_rows(reports: pl.DataFrame, results: pl.DataFrame) -> list[dict[str, Any]]:
    """Give what `_worst_first` says of some reports as lines, with what is wrong."""
    failed: dict[str, list[str]] = {}
    for row in results.filter(~pl.col("success")).iter_rows(named=True):
        for key in row["report_keys"]:
            failed.setdefault(key, []).append(f"{row['asset']}.{row['expectation_id']}")
    rows = []
    for line in reports.iter_rows(named=True):
        colour, words = _STATUS.get(line["status"], ("light", line["status"]))
        share = None if line["coverage"] is None else f"{_floor(line['coverage'])}%"
        rows.append(
            line | {"failed": failed.get(line["report_key"], []), "share": share, "colour": colour, "words": words}
        )
    return rows


def _rule_rows(proved: Tally) -> list[dict[str, Any]]:
    """The rules of the catalogue with their outcomes and failing rows."""
    ended: dict[str, dict[str, int]] = {}
    for rule, outcome, count in proved.outcomes.select("rule_id", "outcome", "reports").iter_rows():
        ended.setdefault(rule, {})[outcome] = count
    rows = {str(rule): frame.to_dicts() for (rule,), frame in proved.failing.group_by("rule_id", maintain_order=True)}
    return [
        rule | {"outcomes": ended.get(rule["rule_id"], {}), "rows": rows.get(rule["rule_id"], [])}
        for rule in catalogue().select("rule_id", "zh", "en", "class", "severity").to_dicts()
    ]


def _suite_row(folder: Path, asset: str, rows: pl.DataFrame) -> dict[str, Any]:
    failures = rows.filter(~pl.col("success"))
    structural = failures.filter(pl.col("severity") == STRUCTURAL).height
    pages = [page.relative_to(folder).as_posix() for page in _results(folder, asset)]
    return {
        "asset": asset,
        "notes": read_suite(asset).notes,
        "expectations": rows.height,
        "structural": structural,
        "faults": failures.height - structural,
        "pages": pages,
    }
