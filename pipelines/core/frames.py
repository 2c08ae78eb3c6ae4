"""Schemas of the frames that pass between the stages, before the star schema.

The tables of the warehouse itself are declared in ``pipelines/warehouse/tables.yml``.
Money is ``Decimal`` from text to database; page coordinates are points and may be floats.
"""

from __future__ import annotations

import polars as pl

VALUE = pl.Decimal(24, 8)
"""A number as printed, in the unit of its table."""

AMOUNT = pl.Decimal(18, 2)
"""Money in yuan."""

SOURCE_FILE: dict[str, pl.DataType] = {
    "report_key": pl.String(),  # from the content's SHA-256
    "content_sha256": pl.String(),
    "file_name": pl.String(),  # path below the given root, posix; of a member of an archive that and its name there
    "path": pl.String(),  # absolute path read; of a member of an archive where it was unpacked to
    "format": pl.String(),  # name of its kind in `pipelines.formats.registry`, by content
    "bytes": pl.Int64(),
    "published_on": pl.Date(),  # source card
    "source_url": pl.String(),  # source card
    "stated": pl.String(),  # source card: unit_name, fiscal_year, stage, scope as JSON; null where it says nothing
    "first_seen_at": pl.Datetime("us"),  # UTC
    "is_sample": pl.Boolean(),  # shipped with the program, no data
}
"""One row per file found; two files of the same content share a ``report_key``."""

REPORT_READING: dict[str, pl.DataType] = {
    "report_key": pl.String(),
    "content_sha256": pl.String(),
    "format": pl.String(),
    "pages": pl.Int32(),  # null for sources without pages
    "recognised_pages": pl.List(pl.Int32()),  # those that OCR read; null where there are none
    "stage": pl.String(),  # budget, final; null when unknown
    "fiscal_year": pl.Int32(),
    "unit_name": pl.String(),  # as printed, with its region where the content gives it
    "unit_aliases": pl.List(pl.String()),  # the name as the cover and the captions print it, when shorter
    "scope": pl.String(),  # unit, department
    "sub_units": pl.List(pl.String()),  # budget units that its tables are broken down by, as printed
    "title": pl.String(),
    "identity_evidence": pl.String(),  # where body, year and stage stand, and what is not agreed upon
    "stated": pl.String(),  # what the source card said when the content was read (`SOURCE_FILE`)
    "stated_otherwise": pl.String(),  # where document and source card differ, for people; null where they do not
    "currency_unit": pl.String(),  # the document's: 元, 千元, 万元, 亿元
    "cover_date": pl.Date(),
    "document_date": pl.Date(),  # metadata of the file
    "three_public_budget_stage": pl.String(),  # initial_budget, adjusted_budget (final accounts only)
    "status": pl.String(),  # loaded, empty, quarantined
    "reason_code": pl.String(),  # why quarantined, machine readable
    "reason": pl.String(),  # the same in Chinese and English
    "extractor_version": pl.String(),
    "seconds": pl.Float64(),
}
"""One row per distinct content read."""

PUBLISHED_TABLE: dict[str, pl.DataType] = {
    "report_key": pl.String(),
    "table_no": pl.Int32(),  # order in the document, from 1
    "form": pl.String(),  # contract vocabulary; null when nobody declared it
    "title": pl.String(),
    "page": pl.Int32(),
    "last_page": pl.Int32(),
    "source_line": pl.Int32(),
    "origin": pl.String(),  # place in a source without pages or lines, or the file in it (`Place.origin`)
    "unit": pl.String(),
    "unit_from": pl.String(),  # table, document; null without money
    "row_count": pl.Int32(),
    "cell_count": pl.Int32(),
    "note": pl.String(),  # printed below the table
    "unread": pl.String(),  # numbers and headings of the table that were not understood; null when none
}
"""One row per table found, recognised or not."""

EXTRACTED_CELL: dict[str, pl.DataType] = {
    "cell_key": pl.String(),
    "report_key": pl.String(),
    "stage": pl.String(),
    "fiscal_year": pl.Int32(),
    "form": pl.String(),
    "side": pl.String(),  # empty string where the form has no sides
    "table_no": pl.Int32(),
    "row_no": pl.Int32(),  # order of the row within report, form and side, from 1
    "line_no": pl.String(),  # 行次 as printed, null when not printed
    "subject_code": pl.String(),  # null for totals and balance lines
    "subject_name": pl.String(),
    "measure": pl.String(),
    "value": VALUE,
    "unit": pl.String(),
    "amount": AMOUNT,
    "page": pl.Int32(),
    "x0": pl.Float64(),
    "top": pl.Float64(),
    "x1": pl.Float64(),
    "bottom": pl.Float64(),
    "source_line": pl.Int32(),
    "origin": pl.String(),  # place in a source without pages or lines, or the file in it (`Place.origin`)
    "raw_text": pl.String(),
    "method": pl.String(),
    "heading": pl.String(),  # above the number, levels joined by "/"; null where the reading kept none
    "sub_unit": pl.String(),  # budget unit of the row; null for the body itself
    "economic_code": pl.String(),  # the department's economic class beside a functional subject
    "gov_economic_code": pl.String(),  # the government's economic class beside either
    "project": pl.String(),
    "fund": pl.String(),  # where a table splits one measure by money
    "period": pl.String(),  # current, prior, change
}
"""One row per numeric cell of every recognised form."""

EXTRACTED_DISCLOSURE: dict[str, pl.DataType] = {
    "disclosure_key": pl.String(),
    "report_key": pl.String(),
    "fiscal_year": pl.Int32(),
    "section": pl.String(),  # headings above it, joined by "/"
    "fact": pl.String(),
    "subject_path": pl.String(),  # 类/款/项 as far as named, levels joined by "/"
    "is_subject": pl.Boolean(),  # whether the path is one of the functional classification
    "subject_code": pl.String(),  # of such a path; null where it was not resolved
    "value": VALUE,  # null where what stands there is no number; a decrease is negative
    "value_text": pl.String(),  # as printed
    "unit": pl.String(),  # 万元, 元, %, 个, 辆, 人, 人次, 台(套), 年, …
    "amount": AMOUNT,  # null unless money
    "quote": pl.String(),  # the sentence part it stands in
    "page": pl.Int32(),
    "source_line": pl.Int32(),
    "origin": pl.String(),  # place in a source without pages or lines, or the file in it (`Place.origin`)
}
"""One row per figure the narrative states."""

EXTRACTED_PERFORMANCE: dict[str, pl.DataType] = {
    "report_key": pl.String(),
    "fiscal_year": pl.Int32(),
    "row_no": pl.Int32(),
    "table_title": pl.String(),
    "target_no": pl.String(),
    "goal": pl.String(),
    "level1": pl.String(),
    "level2": pl.String(),
    "indicator": pl.String(),
    "target_value": pl.String(),
    "actual_value": pl.String(),
    "score": pl.String(),
    "weight": pl.String(),
    "rate": pl.String(),  # 执行率, rows of the execution of the budget only
    "prior_1": pl.String(),
    "prior_2": pl.String(),
    "page": pl.Int32(),
    "source_line": pl.Int32(),
    "origin": pl.String(),  # place in a source without pages or lines, or the file in it (`Place.origin`)
}
"""One row per performance indicator; values are text as printed (≥95%, 及时, 3份)."""

EXTRACTED_PROJECT: dict[str, pl.DataType] = {
    "report_key": pl.String(),
    "fiscal_year": pl.Int32(),
    "row_no": pl.Int32(),
    "project": pl.String(),
    "item": pl.String(),  # path below the project; empty for the project itself
    "kind": pl.String(),  # current, total, source_of_funds, prior_year, detail, procurement
    "budget_amount": AMOUNT,
    "final_amount": AMOUNT,
    "section": pl.String(),
    "page": pl.Int32(),
    "source_line": pl.Int32(),
    "origin": pl.String(),  # place in a source without pages or lines, or the file in it (`Place.origin`)
}
"""One row per named project, or line of its cost."""

EXTRACTED_REMARK: dict[str, pl.DataType] = {
    "report_key": pl.String(),
    "fiscal_year": pl.Int32(),
    "row_no": pl.Int32(),
    "kind": pl.String(),  # formula, template, remainder, carried_over, target, no_data, title, unit, project_code
    "form": pl.String(),  # of the table it stands below, or that it names; null elsewhere
    "text": pl.String(),  # the words that matched, folded, with a few around them
    "page": pl.Int32(),
    "source_line": pl.Int32(),
    "origin": pl.String(),  # place in a source without pages or lines, or the file in it (`Place.origin`)
}
"""One row per remark that rules read: printed formulas (27行=…), template words, statements of no data, titles."""

SECOND_READING: dict[str, pl.DataType] = {
    "report_key": pl.String(),
    "cell_key": pl.String(),
    "form": pl.String(),
    "rule_id": pl.String(),  # broken by the first reading
    "way": pl.String(),  # text_layer, source_line, other_library, finer_picture, single_digit
    "first": VALUE,
    "second": VALUE,  # null where the second way found no single number
    "first_text": pl.String(),
    "second_text": pl.String(),
    "decision": pl.String(),  # confirmed, corrected, undecided
}
"""One row per cell under an identity that the first reading broke, and rule."""

CORRECTION: dict[str, pl.DataType] = {
    "report_key": pl.String(),
    "form": pl.String(),
    "side": pl.String(),
    "row": pl.String(),  # subject code, else name
    "measure": pl.String(),
    "printed": VALUE,  # as read
    "corrected": VALUE,
    "reason": pl.String(),
    "author": pl.String(),
    "corrected_on": pl.Date(),
    "cell_key": pl.String(),  # null where the entry is stale
    "state": pl.String(),  # applied, stale
}
"""One row per correction by hand whose report is loaded."""
