"""From a cell back to its source: file, page, box, text and a picture with the cell outlined."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.collect.archive import is_unpacked
from pipelines.core.document import Box
from pipelines.core.document import Place as At
from pipelines.core.files import literally, open_path, sha256
from pipelines.core.settings import Settings
from pipelines.formats import registry
from pipelines.formats.kind import BETWEEN_CELLS

if TYPE_CHECKING:
    import duckdb

    from pipelines.formats.kind import Format, ShownRow

_WIDEST = 200  # characters shown of a line

_CELL = """
    select c.*, r.file_name, r.content_sha256, r.bytes, r.format, u.unit_name
    from published_cell as c
    join dim_report as r using (report_key)
    left join dim_unit as u using (unit_key)
    where c.cell_key = ?
"""
_DISCLOSURE = """
    select
        d.report_key, d.year_key, r.stage, 'narrative' as form, d.section as side, null as line_no, d.subject_code,
        d.subject_path as subject_name, d.fact as measure, d.value, d.unit, d.amount, d.page, null as x0,
        d.source_line, d.origin, d.quote as raw_text, null as method,
        r.file_name, r.content_sha256, r.bytes, r.format, u.unit_name
    from fact_disclosure as d
    join dim_report as r using (report_key)
    left join dim_unit as u on d.unit_key = u.unit_key
    where d.disclosure_key = ?
"""


class NoPicture(RuntimeError):  # noqa: N818 (a state, not a mistake)
    """There is no page to show."""

    def __init__(self, chinese: str, english: str) -> None:
        super().__init__(chinese)
        self.english = english


@dataclass(frozen=True, slots=True)
class Place:
    """A published cell, or a figure of the narrative, and the report it stands in."""

    cell: dict[str, Any]

    def __getitem__(self, column: str) -> Any:
        return self.cell[column]


def find(connection: duckdb.DuckDBPyConnection, key: str) -> Place | None:
    """Look a cell up with its report, or the figure of the narrative that a fact comes from.

    Args:
        connection: An open warehouse.
        key: ``cell_key``, or ``disclosure_key`` of a fact of the statement ``narrative``.
    """
    for query in (_CELL, _DISCLOSURE):
        answer = connection.execute(query, [key])
        columns = [column[0] for column in answer.description or []]
        if row := answer.fetchone():
            return Place(dict(zip(columns, row, strict=True)))
    return None


def source(settings: Settings, place: Place) -> Path | None:
    """Find a file that still holds the content of the report: where it was, else wherever it was moved to.

    Looked through are the folders that held it and ``raw``; only files of the same size are read.
    """
    known = [path for path in _known_paths(settings, place["report_key"]) if not path.is_dir()]
    folders = dict.fromkeys([settings.raw, *(path.parent for path in known)])
    for path in (*known, *(file for folder in folders for file in sorted(folder.rglob("*")))):
        try:
            if path.stat().st_size == place["bytes"] and sha256(path)[0] == place["content_sha256"]:
                return path
        except OSError:
            continue
    return None


def _known_paths(settings: Settings, report_key: str) -> list[Path]:
    """Read where the report was seen; through DuckDB, since Polars takes as long to import as the whole answer."""
    import duckdb

    files = literally(settings.frames) + "/source_file/*.parquet"
    try:
        with duckdb.connect() as connection:
            found = connection.execute(
                "select distinct path from read_parquet(?) where report_key = ? order by 1", [files, report_key]
            ).fetchall()
    except duckdb.IOException:  # the database was copied without the rest of the warehouse
        return []
    return [open_path(stored) for (stored,) in found]


def describe(place: Place, file: Path | None) -> dict[str, str]:
    """Say in words where a number stands."""
    words = {
        "文件 / file": _file(place, file),
        "报告 / report": f"{place['report_key']} {place['unit_name'] or ''} {place['year_key']} {place['stage']}",
        "报表 / form": " ".join(filter(None, [place["form"], place["side"]])),
        "行 / row": " ".join(filter(None, [place["line_no"], place["subject_code"], place["subject_name"]])),
        "指标 / measure": place["measure"],
        "数值 / value": f"{place['value'].normalize():f} {place['unit'] or ''}" if place["value"] is not None else "",
    }
    if place["amount"] is not None:
        words["金额 / amount"] = f"{place['amount']:,f} 元"
    if place["page"] is not None:
        words["页 / page"] = str(place["page"])
    if place["x0"] is not None:
        box = (place[side] for side in ("x0", "top", "x1", "bottom"))
        words["方框 / box"] = ", ".join(f"{edge:.1f}" for edge in box) + " pt"
    if place["origin"] is not None:
        words["位置 / origin"] = place["origin"]
    if place["source_line"] is not None:
        words["行号 / line"] = str(place["source_line"])
        if file is not None:
            words["上下文 / context"] = _context(
                registry.named(place["format"]), file, place["source_line"], place["raw_text"], place["origin"]
            )
    words["原文 / raw text"] = place["raw_text"] or ""
    words["读法 / method"] = place["method"] or ""
    return words


def _file(place: Place, file: Path | None) -> str:
    """Name the file; a member of an archive by its name there, and where it was unpacked to."""
    if file is None:
        return f"{place['file_name']}（原件已不在 / the file is gone）"
    if is_unpacked(file, place["content_sha256"]):
        return f"{place['file_name']}（压缩包成员，解出在 / member of an archive, unpacked at {file}）"
    return str(file)


def _context(kind: Format, file: Path, line: int, raw_text: str | None, origin: str | None = None) -> str:
    """Give the line with its neighbours, numbered, the line itself marked; of a row the cell in brackets."""
    shown = kind.excerpt(file, At(line=line))
    rows = {row.number: row for row in shown.rows}
    wanted = _bracketed(rows[line], origin) if line in rows else None
    return "".join(
        f"\n{'>' if number == line else ' '} {number:>5} "
        f"{_window((wanted or text) if number == line else text, raw_text if number == line else None)}"
        for number, text in shown.lines
    )


def _bracketed(row: ShownRow, origin: str | None) -> str:
    """A row as text, the cell of an origin in brackets; of a paragraph nothing is."""
    if len(row.cells) == 1:
        return row.text
    marks = [f"【{cell.text}】" if cell.origin == origin and cell.text else cell.text for cell in row.cells]
    return BETWEEN_CELLS.join(marks)


def _window(text: str, wanted: str | None) -> str:
    """The beginning of a line, or the part of it in which a text stands: a whole table may stand on one line."""
    start = max(0, text.find(wanted or "") + len(wanted or "") - _WIDEST)
    start = min(len(text), start + _WIDEST // 2) if start else 0
    return f"{'…' if start else ''}{text[start : start + _WIDEST]}"


def picture(place: Place, file: Path | None, target: Path) -> str | None:
    """Draw the page with the cell outlined, as PNG; a figure of the narrative has a page but no outline.

    Returns:
        What is wrong with the picture, in Chinese and English, if anything: the page may need fonts nobody has here.

    Raises:
        NoPicture: The source has no pages, or its file is gone.
    """
    no_page = NoPicture("此来源没有页面，无法成图", "this source has no pages, so there is no picture")
    if place["page"] is None:
        raise no_page
    if file is None:
        raise NoPicture("原件已不在，无法成图", "the source file is gone, so there is no picture")
    if not registry.named(place["format"]).paged:  # a web page of placed words has pages, and no picture of them
        raise no_page
    box = None if place["x0"] is None else Box(*(place[side] for side in ("x0", "top", "x1", "bottom")))
    shown = registry.named(place["format"]).excerpt(file, At(page=place["page"], box=box, element=place["origin"]))
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(shown.png or b"")
    return shown.fault
