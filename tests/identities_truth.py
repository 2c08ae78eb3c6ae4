"""Hand-checked figures as frames, and tiny tables for single rules."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.core.frames import EXTRACTED_CELL, PUBLISHED_TABLE, REPORT_READING
from pipelines.prove.identities import findings
from tests.shared import SHARED

FACTORS = {"元": 1, "千元": 1000, "万元": 10_000, "亿元": 100_000_000}


def truth_folder() -> Path | None:
    """The folder of hand-checked figures, where there is one beside the clone."""
    folder = SHARED / "truth"
    return folder if (folder / "manifest.csv").is_file() else None


def truth_cells(folder: Path) -> pl.DataFrame:
    """Every hand-checked report as EXTRACTED_CELL; the order of rows is the order of the file."""
    with (folder / "manifest.csv").open(encoding="utf-8-sig", newline="") as f:
        files = [folder / f"{line['report']}.csv" for line in csv.DictReader(f)]
    cells: list[dict[str, Any]] = []
    for file in files:
        if file.is_file():
            with file.open(encoding="utf-8-sig", newline="") as f:
                cells += _rows(list(csv.DictReader(f)))
    return frame(cells)


def _rows(lines: list[dict[str, str]]) -> list[dict[str, Any]]:
    """Number the rows: a line goes on with the row before it unless its name or a repeated measure begins another."""
    row_no: dict[tuple[str, str], int] = {}
    open_row: dict[tuple[str, str], tuple[tuple[str, ...], set[str]]] = {}
    cells = []
    for line in lines:
        block = line["form"], line["side"]
        name = line["line_no"], line["subject_code"], line["subject_name"]
        last_name, measures = open_row.get(block, ((), set()))
        if last_name != name or line["measure"] in measures:
            row_no[block] = row_no.get(block, 0) + 1
            open_row[block] = (name, {line["measure"]})
        else:
            measures.add(line["measure"])
        cells.append(
            {
                "report_key": line["report"],
                "stage": line["stage"],
                "form": line["form"],
                "side": line["side"],
                "row_no": row_no[block],
                "line_no": line["line_no"] or None,
                "subject_code": line["subject_code"] or None,
                "subject_name": line["subject_name"],
                "measure": line["measure"],
                "raw_text": line["value"],
                "unit": line["unit"],
                "page": int(line["page"]) if line["page"] else None,
            }
        )
    return cells


def frame(cells: list[dict[str, Any]]) -> pl.DataFrame:
    """Complete cells given by row, name, measure and text to EXTRACTED_CELL."""
    for cell in cells:
        cell["value"] = Decimal(cell["raw_text"])
        cell["amount"] = cell["value"] * FACTORS[cell["unit"]]
        cell["cell_key"] = "|".join(str(cell[k]) for k in ("report_key", "form", "side", "row_no", "measure"))
    rows = [[cell.get(name) for name in EXTRACTED_CELL] for cell in cells]
    return pl.DataFrame(rows, schema=EXTRACTED_CELL, orient="row")


def tiny(
    form: str,
    rows: list[tuple[str, dict[str, str]]],
    *,
    stage: str = "final",
    side: str = "",
    unit: str = "万元",
    report: str = "r",
) -> pl.DataFrame:
    """One form: rows of (`"201 一般公共服务支出"` or a name, {measure: amount as printed})."""
    cells = []
    for number, (title, amounts) in enumerate(rows, start=1):
        code, _, name = title.partition(" ") if title[:3].isdigit() else ("", "", title)
        for measure, text in amounts.items():
            cells.append(
                {
                    "report_key": report,
                    "stage": stage,
                    "form": form,
                    "side": side,
                    "row_no": number,
                    "subject_code": code or None,
                    "subject_name": name,
                    "measure": measure,
                    "raw_text": text,
                    "unit": unit,
                    "page": 1,
                }
            )
    return frame(cells)


def readings(cells: pl.DataFrame, status: str = "loaded") -> pl.DataFrame:
    """A REPORT_READING row for every report of the cells."""
    keys = cells.select("report_key").unique(maintain_order=True)
    columns = [
        pl.lit(None, dtype).alias(name)
        for name, dtype in REPORT_READING.items()
        if name not in ("report_key", "status")
    ]
    return keys.with_columns(*columns, status=pl.lit(status)).select(list(REPORT_READING))


def no_tables() -> pl.DataFrame:
    return pl.DataFrame(schema=PUBLISHED_TABLE)


def found_in(
    cells: pl.DataFrame, tables: pl.DataFrame, reports: pl.DataFrame, **more: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """FINDING and OUTCOME of these reading tables; ``more`` by name."""
    return findings({"extracted_cell": cells, "published_table": tables, "report_reading": reports, **more})
