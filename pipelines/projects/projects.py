"""Projects of a report: named projects with budget and final account, their sources and cost lines, in yuan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pipelines.core.document import Document
from pipelines.core.leftovers import FIGURE, Leftover, plain_figure
from pipelines.core.money import UNITS
from pipelines.identity.report_identity import Identity
from pipelines.layout.appendix import Appendix, leftovers_of
from pipelines.layout.unit_words import unit_of
from pipelines.projects.row import ProjectRow
from pipelines.projects.running_text import RunningText, executions, reviews, uses
from pipelines.projects.table import list_records, listed_rows, named_projects, table_rows


@dataclass(frozen=True, slots=True)
class Projects:
    """What a document says of its projects.

    Attributes:
        rows: Of ``EXTRACTED_PROJECT`` without ``report_key`` and ``row_no``, amounts in yuan, in reading order of the
            running text first, then of the tables.
        leftovers: Figures of the tables of projects that are in no row. Indicators of a project stand in its table too;
            what `pipelines.performance` took of them is a leftover here.
    """

    rows: list[dict[str, Any]]
    leftovers: list[Leftover]


def project_rows(document: Document, identity: Identity, parts: list[Appendix]) -> Projects:
    """Find the projects of a document, in tables and running text.

    Args:
        document: The document.
        identity: Its identity: the stage tells whether the amounts of running text are budget or final account.
        parts: What `appendices` gives for the document.
    """
    fallback = next((u for line in document.lines() if (u := unit_of(line.text))), "元")
    projects = [project for a in parts for project in named_projects(a)]
    tables = [row for project in projects for row in table_rows(project, identity, fallback)]
    tables += [row for a in parts for row in listed_rows(a, fallback)]
    known = {project.name for project in projects} | {row.project for row in tables}
    text = RunningText.of(document)
    reviewed, used = reviews(text, known)
    known |= {row.project for row in reviewed}
    rows = [*uses(text, known, identity), *reviewed, *executions(text, known, used), *tables]
    places, taken = {row.place for row in tables}, _taken(tables)
    own = [*(project.records for project in projects), *(list_records(a) for a in parts)]
    leftovers = dict.fromkeys(left for records in own for left in leftovers_of(records, places, taken))
    return Projects([row.as_dict() for row in rows], list(leftovers))


def _taken(rows: list[ProjectRow]) -> frozenset[str]:
    """The figures of rows as they may be printed: amounts in any unit, numbers in names."""
    amounts = [a for row in rows for a in (row.budget_amount, row.final_amount) if a is not None]
    texts = [f"{abs(amount) / factor:f}" for amount in amounts for factor in UNITS.values()]
    texts += [text for row in rows for text in (row.project, row.item)]
    return frozenset(plain_figure(figure) for text in texts for figure in FIGURE.findall(text))
