"""Projects of a report: named projects with budget and final account, their sources and cost lines, in yuan."""

from __future__ import annotations

from typing import Any

from pipelines.core.document import Document
from pipelines.identity.report_identity import Identity
from pipelines.layout.appendix import Appendix, appendices
from pipelines.layout.tables import unit_of
from pipelines.projects.story import Story, executions, reviews, uses
from pipelines.projects.table import listed_rows, named_projects, table_rows


def project_rows(document: Document, identity: Identity, parts: list[Appendix] | None = None) -> list[dict[str, Any]]:
    """Read the projects of a document, tables and narrative.

    Args:
        document: The document.
        identity: Its identity: the stage tells whether the narrative's amounts are budget or final account.
        parts: What `appendices` gives for the document, if that is known.

    Returns:
        Rows of ``EXTRACTED_PROJECT`` without ``report_key`` and ``row_no``, amounts in yuan, in reading order of the
        narrative first, then of the tables.
    """
    fallback = next((u for line in document.lines() if (u := unit_of(line.text))), "元")
    parts = appendices(document) if parts is None else parts
    projects = [project for a in parts for project in named_projects(a)]
    tables = [row for project in projects for row in table_rows(project, identity, fallback)]
    tables += [row for a in parts for row in listed_rows(a, fallback)]
    known = {project.name for project in projects} | {row.project for row in tables}
    story = Story.of(document)
    reviewed, used = reviews(story, known)
    known |= {row.project for row in reviewed}
    rows = [*uses(story, known, identity), *reviewed, *executions(story, known, used), *tables]
    return [row.as_dict() for row in rows]
