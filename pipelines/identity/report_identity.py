"""Who published a report, for which year and stage: read from the content, never from a file name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from pipelines.core.document import Document
from pipelines.core.folding import key, squeeze
from pipelines.core.stated import Stated
from pipelines.identity import decide
from pipelines.identity.card import with_card
from pipelines.identity.evidence import Evidence, evidence_of
from pipelines.identity.kinds import Kind, kind_of
from pipelines.identity.names import with_region
from pipelines.layout.table import Table

_DATE = re.compile(r"(20\d\d)年(\d{1,2})月(\d{1,2})日")
_STAGE = re.compile(r"预算|决算")
_COVER_LINES = 14
_TITLE_LINES = 5
_LONGEST_TITLE_LINE, _LONGEST_TITLE = 60, 120


@dataclass(frozen=True, slots=True)
class Identity:
    """What a report says of itself; unknown parts are ``None``.

    ``unit_name`` is the name as printed most; ``unit_full_name`` the same with its region, where the text gives it.
    ``evidence`` says where each part stands, ``rivals`` which values of a part do not agree, so that none was chosen
    (by the part's field). ``kind`` is set for a document that is no department's report; ``stated_otherwise`` tells
    where its source card says something else; ``spellings`` are those of the body that the report prints.
    """

    stage: str | None
    fiscal_year: int | None
    unit_name: str | None
    unit_full_name: str | None
    scope: str
    title: str
    cover_date: date | None
    three_public_budget_stage: str | None
    evidence: tuple[str, ...] = ()
    rivals: tuple[tuple[str, tuple[str, ...]], ...] = ()
    kind: Kind | None = None
    is_template: bool = False
    stated_otherwise: tuple[str, ...] = ()
    spellings: tuple[str, ...] = ()


def identity_of(document: Document, tables: list[Table], stated: Stated | None = None) -> Identity:
    """Read the identity of a report from its cover, titles, captions and sentences.

    Args:
        document: The document.
        tables: Its tables.
        stated: What its source card says; it counts where the document does not say.
    """
    lines = [key(line.text) for line in document.lines()]
    cover = lines[:_COVER_LINES]
    table_titles = [key(t.title) for t in tables if t.form]
    evidence = evidence_of(document)
    body = decide.body(evidence)
    year = decide.year(evidence, table_titles)
    stage = decide.stage(evidence, table_titles)
    scope = decide.Choice(decide.scope(evidence, _text(body.value)))
    read = {"unit_name": body, "fiscal_year": year, "stage": stage, "scope": scope}
    parts, otherwise = with_card(read, stated or Stated())
    body, year, stage, scope = parts["unit_name"], parts["fiscal_year"], parts["stage"], parts["scope"]
    kind = kind_of(document, evidence, table_titles)
    if kind is not None:  # whatever is named in it is not the body whose report this would be
        body = decide.Choice(None)
    name = full_width(body.value)
    return Identity(
        stage=_text(stage.value),
        fiscal_year=year.value if isinstance(year.value, int) else None,
        unit_name=name,
        unit_full_name=full_width(with_region(str(body.value), evidence.text)) if body.value else None,
        scope=_text(scope.value) or "department",
        title=_title(cover),
        cover_date=_date(cover),
        three_public_budget_stage=_three_public_stage(tables, lines) if stage.value == "final" else None,
        evidence=tuple(f"{part}: {c.value}（{c.reason}）" for part, c in parts.items() if c.value and c.reason),
        rivals=tuple((part, choice.rivals) for part, choice in parts.items() if choice.rivals),
        kind=kind,
        is_template=_is_template(evidence),
        stated_otherwise=otherwise,
        spellings=tuple(spelling for name in body.spellings if (spelling := full_width(name))),
    )


def full_width(name: str | int | None) -> str | None:
    """A name with the brackets that Chinese names are written with."""
    return None if name is None else str(name).replace("(", "（").replace(")", "）")


def _text(value: str | int | None) -> str | None:
    return value if isinstance(value, str) else None


def _is_template(evidence: Evidence) -> bool:
    """Whether titles name only the XX局 of an official form."""
    return any(t.placeholder for t in evidence.titles) and not any(t.name for t in evidence.titles)


def _title(cover: list[str]) -> str:
    """The first lines that name the report."""
    kept: list[str] = []
    for text in cover[:_TITLE_LINES]:
        if text.startswith("目录") or len(text) > _LONGEST_TITLE_LINE:
            break
        if not re.fullmatch(r"\d{1,3}", text):
            kept.append(text)
        if _STAGE.search(text):
            break
    return squeeze("".join(kept))[:_LONGEST_TITLE]


def _date(cover: Iterable[str]) -> date | None:
    for text in cover:
        if found := _DATE.search(text):
            try:
                return date(*(int(g) for g in found.groups()))
            except ValueError:
                continue
    return None


def _three_public_stage(tables: list[Table], lines: list[str]) -> str:
    """Whether 预算数 of the three public expenses means the adjusted budget; the table's note has the last word."""
    notes = [key(n) for t in tables if t.form and t.form.name == "three_public" for n in t.note]
    told = [x for x in lines if "三公" in x and ("全年预算" in x or "年初预算" in x or "调整后" in x)]
    for texts in (notes, told):
        for text in texts:
            if "全年预算" in text or "调整后" in text or "调整预算" in text:
                return "adjusted_budget"
        if any("年初预算" in text for text in texts):
            return "initial_budget"
    return "initial_budget"
