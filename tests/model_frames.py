"""Input frames for tests of the model: from the hand-checked truth, or row by row."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

import polars as pl
import pytest

from pipelines.core.frames import (
    EXTRACTED_CELL,
    EXTRACTED_DISCLOSURE,
    EXTRACTED_PERFORMANCE,
    EXTRACTED_PROJECT,
    PUBLISHED_TABLE,
    REPORT_READING,
    SOURCE_FILE,
)
from pipelines.model.cross_report_finding import cross_report_finding
from pipelines.model.dim_report import dim_report
from pipelines.model.dim_statement import dim_statement
from pipelines.model.dim_subject import dim_subject, printed_subject
from pipelines.model.dim_unit import dim_unit
from pipelines.model.dim_year import dim_year
from pipelines.model.fact_disclosure import fact_disclosure
from pipelines.model.fact_expenditure import fact_expenditure
from pipelines.model.fact_performance import fact_performance
from pipelines.model.fact_procurement import fact_procurement
from pipelines.model.fact_project import fact_project
from pipelines.model.fact_revenue import fact_revenue
from pipelines.model.fact_staff import fact_staff
from pipelines.model.fact_stated import fact_stated
from pipelines.model.fact_three_public import fact_three_public
from pipelines.model.finding_cell import finding_cell
from pipelines.model.published_cell import published_cell
from pipelines.model.published_table import published_table
from pipelines.model.report_form import report_form
from tests.shared import SHARED

YUAN = {"元": 1, "千元": 1_000, "万元": 10_000, "亿元": 100_000_000}

# What the covers say; the readers find it out for themselves.
TRUTH_UNITS = {
    "qiaokou-2023-final": "武汉市硚口区大数据中心",
    "qingshan-2020-final": "武汉市青山区大数据中心",
    "huangpi-2022-final": "武汉市黄陂区大数据中心（本级）",
    "qiaokou-2021-budget": "硚口区大数据中心",
    "caidian-2024-final": "武汉市蔡甸区经济信息化和科技创新局(汇总)",
    "putuo-finance-2024-final": "上海市普陀区财政局",
    "jiangsu-npc": "江苏省人大常委会办公厅",
    "jiangsu-high-court": "江苏省高级人民法院",
}


class Frames(NamedTuple):
    """The input frames of the model."""

    source_file: pl.DataFrame
    report_reading: pl.DataFrame
    published_table: pl.DataFrame
    extracted_cell: pl.DataFrame
    extracted_disclosure: pl.DataFrame
    extracted_performance: pl.DataFrame
    extracted_project: pl.DataFrame


def cell(  # one cell of a report, in 万元 unless said otherwise
    form: str,
    code: str | None,
    measure: str,
    value: str | int,
    *,
    name: str | None = None,
    side: str = "",
    row: int | None = None,
    unit: str = "万元",
) -> dict[str, Any]:
    return {
        "form": form,
        "subject_code": code,
        "measure": measure,
        "value": Decimal(str(value)),
        "subject_name": name if name is not None else ("合计" if code is None else f"科目{code}"),
        "side": side,
        "row_no": row,
        "unit": unit,
        "raw_text": str(value),
    }


def stated(
    fact: str, code: str | None, value: str | int | None, *, path: str = "科目", is_subject: bool = True
) -> dict[str, Any]:
    """One figure of a report's narrative, in 万元."""
    words = "" if value is None else str(value)
    return {
        "fact": fact,
        "subject_path": path,
        "is_subject": is_subject,
        "subject_code": code,
        "value": None if value is None else Decimal(words),
        "value_text": words,
        "unit": "万元",
        "amount": None if value is None else Decimal(words) * YUAN["万元"],
        "quote": f"{path}{words}万元",
    }


def report(cells: Iterable[dict[str, Any]], **identity: Any) -> dict[str, Any]:
    """One report of 武汉市硚口区大数据中心, final 2023, unless said otherwise."""
    return {
        "unit_name": "武汉市硚口区大数据中心",
        "fiscal_year": 2023,
        "stage": "final",
        "scope": "department",
        "cells": list(cells),
        **identity,
    }


def frames(reports: Iterable[dict[str, Any]]) -> Frames:
    """Turn reports into the model's input; rows of a form are numbered in order where no row is given."""
    files, readings, tables, cells, figures = [], [], [], [], []
    appendix: dict[str, list[dict[str, Any]]] = {"indicators": [], "projects": []}
    for number, described in enumerate(reports):
        spec = dict(described)
        own = spec.pop("cells")
        said = spec.pop("stated", [])
        annexed = {name: spec.pop(name, []) for name in appendix}
        name = spec.pop("file_name", f"{number}.txt")
        sha = hashlib.sha256(repr((own, sorted(spec.items(), key=str), spec.pop("key", ""))).encode()).hexdigest()
        key = sha[:16]
        files.append(
            {
                "report_key": key,
                "content_sha256": sha,
                "file_name": name,
                "path": f"/raw/{name}",
                "format": "txt",
                "bytes": 1,
                "published_on": spec.pop("published_on", None),
                "first_seen_at": spec.pop("first_seen_at", datetime(2026, 1, 1)),
            }
        )
        status = spec.pop("status", "loaded" if own else "empty")
        readings.append(
            {"report_key": key, "content_sha256": sha, "format": "txt", "status": status, "currency_unit": "万元"}
            | {"extractor_version": "test", **spec}
        )
        rows: dict[tuple[str, str], dict[Any, int]] = {}
        for index, one in enumerate(own):
            seen = rows.setdefault((one["form"], one["side"]), {})
            row = one["row_no"] or seen.setdefault((one["subject_code"], one["subject_name"]), len(seen) + 1)
            cells.append(
                {
                    **one,
                    "report_key": key,
                    "cell_key": f"{key}-{index:05}",
                    "stage": spec["stage"],
                    "fiscal_year": spec["fiscal_year"],
                    "row_no": row,
                    "amount": one["value"] * YUAN[one["unit"]],
                }
            )
        for index, one in enumerate(said):
            where = {"report_key": key, "disclosure_key": f"{key}-{index:05}", "fiscal_year": spec["fiscal_year"]}
            figures.append(one | where)
        for part, rows in annexed.items():
            common = {"report_key": key, "fiscal_year": spec["fiscal_year"]}
            appendix[part] += [common | {"row_no": index} | row for index, row in enumerate(rows, 1)]
        for order, form in enumerate(dict.fromkeys(one["form"] for one in own), 1):
            tables.append({"report_key": key, "table_no": order, "form": form, "unit": "万元"})
    return Frames(
        pl.DataFrame(files, schema=SOURCE_FILE),
        pl.DataFrame(readings, schema=REPORT_READING),
        pl.DataFrame(tables, schema=PUBLISHED_TABLE),
        pl.DataFrame(cells, schema=EXTRACTED_CELL),
        pl.DataFrame(figures, schema=EXTRACTED_DISCLOSURE),
        pl.DataFrame(appendix["indicators"], schema=EXTRACTED_PERFORMANCE),
        pl.DataFrame(appendix["projects"], schema=EXTRACTED_PROJECT),
    )


def star(reports: Iterable[dict[str, Any]]) -> dict[str, pl.DataFrame]:
    """Every table of the star schema that the reports give, by its name in ``tables.yml``."""
    given = frames(reports)
    cells = published_cell(given.extracted_cell, given.report_reading)
    forms = report_form(cells, given.report_reading, given.source_file)
    described = dim_report(given.report_reading, given.source_file, forms)
    subjects = dim_subject(printed_subject(given.extracted_cell, given.report_reading))
    disclosed = fact_disclosure(given.extracted_disclosure, described, subjects)
    found = cross_report_finding(cells, forms, described)
    stated_of_body = fact_stated(disclosed, described, given.report_reading)
    return {
        "published_cell": cells,
        "published_table": published_table(given.published_table, given.report_reading),
        "report_form": forms,
        "dim_year": dim_year(given.report_reading),
        "dim_unit": dim_unit(given.report_reading),
        "dim_subject": subjects,
        "dim_statement": dim_statement(),
        "dim_report": described,
        "fact_disclosure": disclosed,
        "fact_expenditure": fact_expenditure(
            cells, forms, described, subjects, disclosed, report_reading=given.report_reading
        ),
        "fact_performance": fact_performance(given.extracted_performance, described),
        "fact_project": fact_project(given.extracted_project, described, cells),
        "fact_revenue": fact_revenue(cells, forms, described, subjects, given.report_reading),
        "fact_three_public": fact_three_public(cells, forms, described, given.report_reading, stated_of_body),
        "fact_stated": stated_of_body,
        "fact_staff": fact_staff(disclosed, described),
        "fact_procurement": fact_procurement(cells, forms, described, stated_of_body),
        "quality.finding": found,
        "quality.finding_cell": finding_cell(found),
    }


def truth_reports() -> list[dict[str, Any]]:
    """The 14 hand-checked reports; skips the test where they are not at hand."""
    folder = SHARED / "truth"
    if not (folder / "manifest.csv").exists():
        pytest.skip("the hand-checked truth (/work/shared/truth) is not here")
    found = []
    with (folder / "manifest.csv").open(encoding="utf-8-sig", newline="") as lines:
        manifest = [(row["report"], row["file"]) for row in csv.DictReader(lines)]
    for name, file in manifest:
        unit = next((u for start, u in TRUTH_UNITS.items() if name.startswith(start)), None)
        year = int("".join(filter(str.isdigit, name)))
        stage = "budget" if "budget" in name else "final"
        truth = folder / f"{name}.csv"
        own = []
        if truth.exists():
            with truth.open(encoding="utf-8-sig", newline="") as lines:
                for row in csv.DictReader(lines):
                    printed = row["subject_name"] or ("合计" if not row["subject_code"] else "")
                    code = row["subject_code"] or None
                    one = cell(row["form"], code, row["measure"], row["value"], name=printed, side=row["side"])
                    own.append(one | {"unit": row["unit"], "line_no": row["line_no"] or None} | page(row["page"]))
        found.append(
            report(
                own,
                file_name=file,
                key=name,
                unit_name=unit,
                fiscal_year=year,
                stage=stage,
                scope="unit" if unit and "本级" in unit else "department",
                title=f"{year}年度{unit}",
                document_date=date(year + 1, 8, 1) if stage == "final" else date(year, 2, 1),
            )
        )
    return found


def page(printed: str) -> dict[str, Any]:
    return {"page": int(printed) if printed else None}
