"""One file to frames: the unit of work of a worker process."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import perf_counter
from typing import Any

import polars as pl

from pipelines.core.digests import short_key
from pipelines.core.document import Document, Line, UnreadableError
from pipelines.core.folding import key
from pipelines.core.frames import (
    EXTRACTED_CELL,
    EXTRACTED_DISCLOSURE,
    EXTRACTED_PERFORMANCE,
    EXTRACTED_PROJECT,
    EXTRACTED_REMARK,
    PUBLISHED_TABLE,
    REPORT_READING,
)
from pipelines.core.money import UNIT, UNITS, yuan
from pipelines.core.ocr import OCR
from pipelines.core.settings import Limits
from pipelines.core.stated import Stated
from pipelines.extraction.personal_data import personal_of, withhold, without_personal
from pipelines.extraction.tables import Interpretation, interpret
from pipelines.extraction.unread import tell_unknown, tell_unread, without_text
from pipelines.formats import registry
from pipelines.identity.kinds import REASON_CODE
from pipelines.identity.report_identity import Identity
from pipelines.layout.appendix import appendices
from pipelines.layout.results import ReadCell, ReadTable
from pipelines.narrative import Disclosure, narrative, resolve_items
from pipelines.narrative.remarks import remark_rows
from pipelines.performance.indicators import performance_rows
from pipelines.projects.projects import project_rows
from pipelines.repair.torn_indicators import mend_indicators
from pipelines.statements.forms import is_title

registry.load_readers()  # a worker process imports this module before its memory is limited

MAX_PAGES = Limits().pages
_PARTS = {"unit_name": "单位名称 unit", "fiscal_year": "年度 fiscal year", "stage": "预算或决算 stage"}
"""What a report must say of itself, in Chinese and English."""
_MONEY = re.compile(rf"\d(?:\.\d+)?{UNIT}")


@dataclass(frozen=True, slots=True)
class ReportReading:
    """What one file says: ``REPORT_READING`` (one row), ``PUBLISHED_TABLE``, ``EXTRACTED_CELL`` and so on."""

    report: pl.DataFrame
    tables: pl.DataFrame
    cells: pl.DataFrame
    disclosures: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=EXTRACTED_DISCLOSURE))
    performance: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=EXTRACTED_PERFORMANCE))
    projects: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=EXTRACTED_PROJECT))
    remarks: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=EXTRACTED_REMARK))


def read_document(path: Path, format: str, max_pages: int = MAX_PAGES) -> Document:
    """Read a file of a known format.

    Raises:
        UnreadableError: The file cannot be read; the error says why.
    """
    kind = registry.named(format)
    registry.refuse_other_kinds(path, format)
    return kind.read(path, is_title, {**kind.limits, "pages": max_pages})


def read_report_in_subprocess(
    path: Path,
    report_key: str,
    content_sha256: str,
    format: str,
    stated: str | None = None,
    *,
    max_pages: int = MAX_PAGES,
) -> ReportReading:
    """Do what `read_report` does in a worker process, where no font of the machine has a say."""
    registry.named(format).prepare_worker()
    return read_report(path, report_key, content_sha256, format, stated, max_pages=max_pages)


def read_report(
    path: Path,
    report_key: str,
    content_sha256: str,
    format: str,
    stated: str | None = None,
    *,
    max_pages: int = MAX_PAGES,
) -> ReportReading:
    """Read one report; a document that cannot be read gives a quarantined report with its reason.

    Args:
        path: The file.
        report_key: Key of the content.
        content_sha256: Hash of the content.
        format: Name of its kind in `pipelines.formats.registry`.
        stated: What the source card says of the identity (`pipelines.core.stated`, as text).
        max_pages: A report with more pages is quarantined.

    Returns:
        The frames; without cells when the report is empty or quarantined.
    """
    started = perf_counter()
    report: dict[str, Any] = {
        "report_key": report_key,
        "content_sha256": content_sha256,
        "format": format,
        "status": "loaded",
        "stated": stated,
    }
    tables: list[dict[str, Any]] = []
    cells: list[dict[str, Any]] = []
    disclosed: list[dict[str, Any]] = []
    indicators: list[dict[str, Any]] = []
    projects: list[dict[str, Any]] = []
    remarks: list[dict[str, Any]] = []
    document = Document(format, [])
    try:
        document = read_document(path, format, max_pages)
        report |= {
            "pages": document.pages,
            "recognised_pages": sorted({document.own_page(page) for page in document.recognised}) or None,
            "document_date": document.created_on,
        }
        _refuse_scan(document)
        people = personal_of(document)
        found = interpret(document, Stated.from_text(stated))
        report |= _identity(found)
        tables = [_table(report_key, n, t) for n, t in enumerate(found.tables, 1)]
        tables += tell_unread(document.unread, tables, report_key, document.own_page)
        _refuse_other_kinds(found)
        _refuse_without_unit(found)
        empty = not found.cells and not (_names_a_body(found.identity) and _states_money(document))
        if empty:
            _refuse_unrecognised(found)
            report["status"] = "empty"  # an official form nobody filled in
        else:
            _refuse_unknown(found)
            cells = _cells(report_key, found, document)
            figures = narrative(document, found.identity, found.tables).disclosures
            disclosed = _disclosures(report_key, found, figures, people)
            parts = appendices(document)
            indicators = _numbered(
                report_key, found, performance_rows(document, found.identity, parts, mend_indicators).rows
            )
            projects = _numbered(report_key, found, project_rows(document, found.identity, parts).rows)
            remarks = _numbered(report_key, found, remark_rows(document, found.tables))
            tell_unknown(found.tables, tables, [*indicators, *projects])
        withhold([*tables, *cells, *disclosed, *indicators, *projects, *remarks], people)
    except UnreadableError as error:
        report |= {"status": "quarantined", "reason_code": error.code, "reason": str(error)}
    except MemoryError:
        raise  # the worker process gives up, and its parent says so
    except Exception as error:  # a hostile document can raise anything inside a parser
        detail = f"{type(error).__name__}: {error}"[:300]
        report |= {
            "status": "quarantined",
            "reason_code": "reader_failed",
            "reason": f"读取程序出错：{detail}；the reader failed on this document",
        }
    document.tell_own_pages([*tables, *cells, *disclosed, *indicators, *projects, *remarks])
    report["seconds"] = round(perf_counter() - started, 3)
    return ReportReading(
        pl.DataFrame([{c: report.get(c) for c in REPORT_READING}], schema=REPORT_READING),
        pl.DataFrame(tables, schema=PUBLISHED_TABLE),
        pl.DataFrame(cells, schema=EXTRACTED_CELL),
        pl.DataFrame(disclosed, schema=EXTRACTED_DISCLOSURE),
        pl.DataFrame(indicators, schema=EXTRACTED_PERFORMANCE),
        pl.DataFrame(projects, schema=EXTRACTED_PROJECT),
        pl.DataFrame(remarks, schema=EXTRACTED_REMARK),
    )


def _states_money(document: Document) -> bool:
    return any(_MONEY.search(key(line.text)) for line in document.lines())


def _refuse_scan(document: Document) -> None:
    """Raise when nothing at all was read of a document, with the reason and what to do."""
    if not any(isinstance(b, Line) or b.cells for b in document.blocks):
        raise UnreadableError("no_text", without_text(document.unread))


def _refuse_unrecognised(found: Interpretation) -> None:
    """Raise when a document without numbers shows no statutory form either: it is no report, or was not understood."""
    if not any(t.form for t in found.tables):
        raise UnreadableError(
            "nothing_recognised",
            "没有认出任何法定报表，也没有读到金额；no statutory form was recognised and no amount was read",
        )


def _refuse_other_kinds(found: Interpretation) -> None:
    """Raise for a document that is no department's report, naming what it is, and for a form with made-up figures."""
    identity = found.identity
    if identity.kind is not None:
        raise UnreadableError(REASON_CODE, identity.kind.message)
    if identity.is_template and found.cells:
        raise UnreadableError(
            "template",
            f"这是范本或模板（“{identity.title}”），不是某个单位的报告；a template with placeholders, no body's report",
        )


def _refuse_unknown(found: Interpretation) -> None:
    """Raise when a report does not say whose, of which year or stage it is, or says it in ways that do not agree."""
    identity = found.identity
    if identity.rivals:
        shown = "；".join(f"{_PARTS[part]}：{'、'.join(rivals)}" for part, rivals in identity.rivals)
        raise UnreadableError(
            "identity_conflict",
            f"报告各处所写不一致，无法确定，可在来源卡片中写明：{shown}；"
            f"what the report says of its {', '.join(_PARTS[part] for part, _ in identity.rivals)} does not agree",
        )
    if missing := [words for part, words in _PARTS.items() if getattr(identity, part) is None]:
        raise UnreadableError(
            "identity_unknown",
            f"读不出报告的{'、'.join(missing)}，可在来源卡片中写明；the report does not say its {', '.join(missing)}",
        )


def _refuse_without_unit(found: Interpretation) -> None:
    """Raise when numbers were found but no unit of money."""
    if not found.cells and any(
        t.form and t.table.unit is None and any(r.readings for r in t.rows) for t in found.tables
    ):
        raise UnreadableError("unit_unknown", "报告没有写明金额单位，数字不能入库；the report states no unit of money")


def _names_a_body(identity: Identity) -> bool:
    """Whether a report names a body, or several that do not agree."""
    return identity.unit_name is not None or any(part == "unit_name" for part, _ in identity.rivals)


def _identity(found: Interpretation) -> dict[str, Any]:
    identity = found.identity
    units = [t.table.unit for t in found.tables if t.form and t.rows and t.table.unit]
    full = identity.unit_full_name
    return {
        "stage": identity.stage,
        "fiscal_year": identity.fiscal_year,
        "unit_name": full,
        "unit_aliases": sorted({*identity.spellings, *filter(None, [identity.unit_name])} - {full}),
        "scope": identity.scope,
        "sub_units": sorted({c.sub_unit for c in found.cells if c.sub_unit}),
        "title": identity.title,
        "identity_evidence": "；".join([*identity.evidence, *_unsettled(identity)]) or None,
        "stated_otherwise": "；".join(identity.stated_otherwise) or None,
        "currency_unit": max(set(units), key=lambda u: (units.count(u), u)) if units else None,
        "cover_date": identity.cover_date,
        "three_public_budget_stage": identity.three_public_budget_stage,
    }


def _unsettled(identity: Identity) -> list[str]:
    return [f"{part}?: {'、'.join(rivals)}" for part, rivals in identity.rivals]


def _table(report_key: str, number: int, read: ReadTable) -> dict[str, Any]:
    table = read.table
    pages = [g.place.page for g in table.grids if g.place.page is not None]
    has_money = any(r.readings for r in read.rows)
    return {
        "report_key": report_key,
        "table_no": number,
        "form": read.form,
        "title": key(table.title) or None,
        "page": pages[0] if pages else table.place.page,
        "last_page": pages[-1] if pages else table.place.page,
        "source_line": table.place.line,
        "origin": table.place.origin,
        "unit": table.unit if has_money else None,
        "unit_from": table.unit_from if has_money else None,
        "row_count": len(read.rows) if read.form else sum(g.rows for g in table.grids),
        "cell_count": sum(len(r.readings) for r in read.rows),
        "note": "\n".join(table.note) or None,
        "unread": "\n".join(read.unread) or None,
    }


def _cells(report_key: str, found: Interpretation, document: Document) -> list[dict[str, Any]]:
    identity = found.identity
    occurrences: dict[tuple[str, ...], int] = {}
    rows: list[dict[str, Any]] = []
    for cell in found.cells:
        subject = (cell.form, cell.side, cell.code or key(cell.name), cell.measure, *_coordinates(cell))
        occurrence = occurrences[subject] = occurrences.get(subject, 0) + 1
        box = document.displayed(cell.place)
        rows.append(
            {
                "cell_key": short_key(report_key, *subject, str(occurrence)),
                "report_key": report_key,
                "stage": identity.stage,
                "fiscal_year": identity.fiscal_year,
                "form": cell.form,
                "side": cell.side,
                "table_no": cell.table_no,
                "row_no": cell.row_no,
                "line_no": cell.line_no,
                "subject_code": cell.code or None,
                "subject_name": cell.name or None,
                "measure": cell.measure,
                "value": cell.value,
                "unit": cell.unit,
                "amount": yuan(cell.value, cell.unit),
                "page": cell.place.page,
                "x0": round(box.x0, 2) if box else None,
                "top": round(box.top, 2) if box else None,
                "x1": round(box.x1, 2) if box else None,
                "bottom": round(box.bottom, 2) if box else None,
                "source_line": cell.place.line,
                "origin": cell.place.origin,
                "raw_text": cell.text,
                "method": _method(cell, document),
                "heading": cell.heading or None,
                "sub_unit": cell.sub_unit or None,
                "economic_code": cell.economic_code or None,
                "gov_economic_code": cell.gov_economic_code or None,
                "project": cell.project or None,
                "fund": cell.fund or None,
                "period": cell.period,
            }
        )
    return rows


def _method(cell: ReadCell, document: Document) -> str:
    """How a number was read, and as what the file stores it where it shows it rounded or scaled."""
    stored = document.stored.get(cell.place)
    sure = cell.place.confidence
    method = cell.method if sure is None else f"{cell.method}; {OCR} {sure:.2f}"
    return f"{method}; stored {stored}" if stored else method


def _coordinates(cell: ReadCell) -> list[str]:
    """The coordinates of a cell beside form, side, row and measure; those it has none of keep the key as it was."""
    named = {
        "sub_unit": cell.sub_unit,
        "economic_code": cell.economic_code,
        "gov_economic_code": cell.gov_economic_code,
        "project": cell.project,
        "fund": cell.fund,
        "period": "" if cell.period == "current" else cell.period,
    }
    return [f"{axis}={key(value)}" for axis, value in named.items() if value]


def _disclosures(
    report_key: str, found: Interpretation, stated: list[Disclosure], people: frozenset[str]
) -> list[dict[str, Any]]:
    """Rows of what the narrative states; its quotes are part of their keys, so people are taken out of them first."""
    identity = found.identity
    stated = [replace(one, quote=without_personal(one.quote, people)) for one in stated]
    occurrences: dict[tuple[str, ...], int] = {}
    rows: list[dict[str, Any]] = []
    for one in resolve_items(stated, found.cells, identity.fiscal_year):
        path = "/".join(one.path)
        words = (one.section, one.fact, path, one.printed, one.unit, one.quote)
        occurrence = occurrences[words] = occurrences.get(words, 0) + 1
        rows.append(
            {
                "disclosure_key": short_key(report_key, *words, str(occurrence)),
                "report_key": report_key,
                "fiscal_year": identity.fiscal_year,
                "section": one.section or None,
                "fact": one.fact,
                "subject_path": path or None,
                "is_subject": one.is_item,
                "subject_code": one.code,
                "value": one.value,
                "value_text": one.printed,
                "unit": one.unit,
                "amount": None if one.value is None or one.unit not in UNITS else yuan(one.value, one.unit),
                "quote": one.quote,
                "page": one.place.page,
                "source_line": one.place.line,
                "origin": one.place.origin,
            }
        )
    return rows


def _numbered(report_key: str, found: Interpretation, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows of an appendix with the keys every table has."""
    year = found.identity.fiscal_year
    return [{"report_key": report_key, "fiscal_year": year, "row_no": n, **row} for n, row in enumerate(rows, 1)]
