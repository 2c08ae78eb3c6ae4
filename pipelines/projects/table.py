"""Projects of the appendix tables: amounts, sources, cost lines, purchases, and tables of one project in a row."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from pipelines.core.document import Place
from pipelines.core.folding import key
from pipelines.core.lexicon import AMOUNT, CJK, HAN, SUM
from pipelines.core.money import UNIT, yuan
from pipelines.core.numbers import read_number
from pipelines.identity.report_identity import Identity
from pipelines.layout.appendix import Appendix, Piece, Record, tidy
from pipelines.layout.unit_words import unit_of
from pipelines.performance.align import join
from pipelines.performance.table import budget_rows
from pipelines.projects.row import LINE_NUMBER, MONEY, ProjectRow, grouped, money, words

_UNIT_BESIDE = re.compile(rf"[(（]({UNIT})[)）]")
_LINE_DETAIL = re.compile(rf"^(?!\d+、)(\S*[{HAN}]\S*)\s+({AMOUNT})(?:\s+(.*))?$")
_LINE_PURCHASE = re.compile(rf"^(\S*[{HAN}]\S*)\s+(?:(\d+)\s+)?({AMOUNT})$")
_BASIS = re.compile(rf"(?:^|[;；。])\s*(?:\d{{1,2}}[、.](?!\d))?([^;；。]{{2,80}}?)(?:共计|合计|计|[:：,，])?{MONEY}")
_CHANGE = re.compile(rf"(20\d\d)年(?:(?!20\d\d年)[^。;；]){{0,60}}?预算(?:数|为)?{MONEY}")


_LONGEST_TITLE = 40
"""Characters of a line that may state a unit or title a list of projects; longer ones are sentences."""

_LONGEST_NAME = 80
"""Characters of a project's name; what is longer is a description in the cell beside the label."""


@dataclass(slots=True)
class NamedProject:
    """The part of an appendix that tells of one project."""

    name: str
    title: str
    unit: str | None
    records: list[Record] = field(default_factory=list)
    part: Appendix | None = None


def named_projects(appendix: Appendix) -> list[NamedProject]:
    """Cut an appendix where a project is named."""
    unit: str | None = None
    found: list[NamedProject] = []
    for record in appendix.records:
        beside = _UNIT_BESIDE.search(record.joined)
        if beside is not None:
            unit = beside.group(1)
        elif len(record.joined) < _LONGEST_TITLE and (stated := unit_of(" ".join(record.texts))) is not None:
            unit = stated
        name = _name(record)
        if name:
            found.append(NamedProject(name, appendix.title, unit))
        elif found:
            found[-1].records.append(record)
            found[-1].unit = found[-1].unit or unit
    for project in found:
        project.part = Appendix(project.title, appendix.place, project.records)
    return found


def _name(record: Record) -> str:
    """The project a row names."""
    d = words()
    pieces = list(record.pieces)
    if not any("名" in p.text for p in pieces[:2]):
        return ""
    if record.cols == 0:
        head, _, tail = record.texts[0].strip().partition(" ")
        pieces = [Piece(head, 0), Piece(tail, 1)] if tail.strip() else []
    for used in (1, 2):
        label = re.sub(rf"[^{HAN}]", "", key("".join(p.text for p in pieces[:used])))
        if d.name_labels.fullmatch(label):
            rest = [p.text for p in pieces[used:]]
            stop = next((i for i, text in enumerate(rest) if d.labels.match(key(text))), len(rest))
            name = join(rest[:stop])[0]
            return name if CJK.search(name) and len(name) <= _LONGEST_NAME else ""
    return ""


def table_rows(project: NamedProject, identity: Identity, fallback: str) -> Iterator[ProjectRow]:
    """The rows of one project's table."""
    unit = project.unit or fallback
    if project.part is not None:
        for row in budget_rows(project.part):
            numbers = [read_number(row.values.get(name, "")) for name in ("target", "actual")]
            amounts = [yuan(n.value, row.unit or unit) if n and n.value is not None else None for n in numbers]
            yield ProjectRow(project.name, "", "current", project.title, row.place, amounts[0], amounts[1])
    part = ""
    columns: dict[str, float] = {}
    pending: list[tuple[str, Record]] = []
    for record in project.records:
        opened = _part(record)
        if opened is not None:
            yield from _finish(project, part, pending, unit, identity)
            part, columns, pending = opened, {}, []
        yield from _labelled(project, record, unit)
        if headings := _columns(record):
            columns = headings
        elif part:
            pending.append((part, record))
            if columns and record.cols:
                yield from _grid_line(project, part, record, columns, unit)
    yield from _finish(project, part, pending, unit, identity)


def _part(record: Record) -> str | None:
    """The part of the table a row opens."""
    first = key(record.texts[0])
    return next((name for name, pattern in words().parts.items() if pattern.fullmatch(first)), None)


def _labelled(project: NamedProject, record: Record, unit: str) -> Iterator[ProjectRow]:
    """Amounts beside their label (项目决算 72.83)."""
    parts = [p for t in record.texts for p in t.split()] if record.cols == 0 else record.texts
    for label, after in zip(parts, [*parts, ""][1:], strict=True):
        plain = key(label).rstrip(":")
        meaning = next((m for pattern, m in words().amounts.items() if re.fullmatch(pattern, plain)), None)
        number = read_number(after) if meaning else None
        if meaning is None or number is None or number.value is None:
            continue
        kind, column = meaning
        if record.cols and kind == "current" and sum(read_number(p) is not None for p in parts) > 1:
            continue  # budget and execution side by side
        amount = yuan(number.value, unit)
        budget, final = (amount, None) if column == "budget_amount" else (None, amount)
        section = f"{project.title} {tidy(label).rstrip(':：')}"
        yield ProjectRow(project.name, "", kind, section, record.place, budget, final)


def _columns(record: Record) -> dict[str, float]:
    """The columns a row of headings names."""
    d = words()
    headings = record.pieces if record.cols else [Piece(t, i) for i, t in enumerate(record.texts[0].split())]
    if len(headings) < 2 or not all(d.heading_words.fullmatch(key(w.text)) for w in headings):
        return {}
    return {n: w.col for w in headings for n, pattern in d.columns.items() if pattern.fullmatch(key(w.text))} or {
        "": 0.0
    }


def _grid_line(
    project: NamedProject, part: str, record: Record, columns: dict[str, float], unit: str
) -> Iterator[ProjectRow]:
    """A cost line or purchase of a grid."""
    if part not in {"detail", "procurement"} or "amount" not in columns:
        return
    texts = {name: _at(record, col) for name, col in columns.items()}
    number = read_number(texts.get("amount", ""))
    item = texts.get("item") or texts.get("subject", "")
    if number is None or number.value is None or not CJK.search(item) or SUM.fullmatch(item):
        return
    quantity = texts.get("quantity", "")
    name = f"{item}（数量{quantity}）" if quantity else item
    section = f"{project.title} {_SECTIONS[part]}"
    amount = yuan(number.value, unit)
    yield ProjectRow(project.name, name, part, section, record.place, amount)
    yield from _basis(project, name, texts.get("basis", ""), section, record.place)


@dataclass(frozen=True, slots=True)
class _Listed:
    """A row below the headings of a table with one project in a row."""

    record: Record
    columns: dict[str, float]
    unit: str
    title: str


def listed_rows(appendix: Appendix, fallback: str) -> Iterator[ProjectRow]:
    """Projects of a table with one project in a row (项目支出预算表)."""
    for row in _listed(appendix, fallback):
        yield from _listed_row(row)


def list_records(appendix: Appendix) -> list[Record]:
    """The rows of such tables below their headings."""
    return [row.record for row in _listed(appendix, "元")]


def _listed(appendix: Appendix, fallback: str) -> Iterator[_Listed]:
    unit, title, columns, cols = fallback, appendix.title, dict[str, float](), 0
    for record in appendix.records:
        if record.cols == 0:
            unit = unit_of(record.texts[0]) or unit
            if len(record.joined) <= _LONGEST_TITLE and record.joined.endswith("表"):
                title, columns = tidy(record.texts[0]), {}
        elif not words().list_titles.search(title):
            continue
        elif headings := _list_columns(record):
            columns, cols = headings, record.cols
        elif columns and record.cols == cols:
            yield _Listed(record, columns, unit, title)


def _list_columns(record: Record) -> dict[str, float]:
    """The columns of such a table, as far as the row is its heading."""
    found: dict[str, float] = {}
    for piece in record.pieces:
        for name, pattern in words().listed.items():
            if name != "totals" and pattern.fullmatch(key(piece.text)):
                found.setdefault(name, piece.col)
    return found if "name" in found and len(found) > 1 else {}


def _listed_row(row: _Listed) -> Iterator[ProjectRow]:
    name = _at(row.record, row.columns["name"])
    numbers = {n: read_number(_at(row.record, c)) for n, c in row.columns.items() if n != "name"}
    amounts = {n: yuan(v.value, row.unit) for n, v in numbers.items() if v is not None and v.value is not None}
    if amounts and CJK.search(name) and not words().listed["totals"].fullmatch(key(name)):
        yield ProjectRow(name, "", "current", row.title, row.record.place, **amounts)


_SECTIONS = {
    "detail": "项目支出明细测算",
    "procurement": "项目采购",
    "change": "预算变动情况",
    "source_of_funds": "项目资金来源",
}


def _at(record: Record, col: float) -> str:
    return next((tidy(p.text) for p in record.pieces if p.col == col), "")


def _finish(
    project: NamedProject, part: str, pending: list[tuple[str, Record]], unit: str, identity: Identity
) -> Iterator[ProjectRow]:
    """The rows of a part of the table that is read as a whole."""
    records = [record for _, record in pending]
    if not records:
        return
    section = f"{project.title} {_SECTIONS.get(part, part)}"
    if part == "source_of_funds":
        yield from _sources(project, records, section, unit)
    elif part == "change":
        yield from _changes(project, records, section, identity)
    elif part in {"detail", "procurement"}:
        yield from _line_details(project, part, [r for r in records if r.cols == 0], section, unit)


def _sources(project: NamedProject, records: list[Record], section: str, unit: str) -> Iterator[ProjectRow]:
    """Sources of money; the appropriation is the project's own row, others stand below it."""
    d = words()
    seen = False
    for record in records:
        parts = record.texts if record.cols else record.texts[0].split()
        number = read_number(parts[-1]) if len(parts) > 1 else None
        label = LINE_NUMBER.sub("", key("".join(parts[:-1])))
        if number is None or not number.value or d.skipped.fullmatch(label):
            continue
        own = d.appropriation.search(label) is not None and not seen
        seen = seen or own
        amount = yuan(number.value, unit)
        yield ProjectRow(project.name, "" if own else label, "source_of_funds", section, record.place, amount)


def _changes(project: NamedProject, records: list[Record], section: str, identity: Identity) -> Iterator[ProjectRow]:
    """Budgets of this year and earlier ones as the note on changes tells them."""
    text = "".join(tidy(t) for r in records for t in r.texts)
    for found in _CHANGE.finditer(text):
        earlier = identity.fiscal_year is not None and int(found.group(1)) < identity.fiscal_year
        kind = "prior_year" if earlier else "current"
        amount = money(found.group(2), found.group(3))
        yield ProjectRow(project.name, "", kind, f"{section} {found.group(1)}", records[0].place, amount)


def _line_details(
    project: NamedProject, part: str, records: list[Record], section: str, unit: str
) -> Iterator[ProjectRow]:
    """Cost lines and purchases of lines without column marks; the basis goes on over the lines below."""
    current: tuple[str, Place] | None = None
    basis = ""
    for record in records:
        line = record.texts[0].strip()
        found = (_LINE_PURCHASE if part == "procurement" else _LINE_DETAIL).match(line)
        if found is None:
            basis += tidy(line)
            continue
        if current is not None:
            yield from _basis(project, current[0], basis, section, current[1])
        item, number, rest = (
            (found.group(1), found.group(3), "") if part == "procurement" else (found.group(1), *found.group(2, 3))
        )
        quantity = found.group(2) if part == "procurement" else None
        name = tidy(item) + (f"（数量{quantity}）" if quantity else "")
        yield ProjectRow(project.name, name, part, section, record.place, yuan(grouped(number), unit))
        current, basis = (name, record.place), tidy(rest or "")
    if current is not None:
        yield from _basis(project, current[0], basis, section, current[1])


def _basis(project: NamedProject, item: str, basis: str, section: str, place: Place) -> Iterator[ProjectRow]:
    """The lines of a calculation (1、… 285613元；2、…) as parts of their cost line."""
    for found in _BASIS.finditer(tidy(basis)):
        name = f"{item}/{found.group(1)}"
        yield ProjectRow(
            project.name, name, "detail", f"{section} 测算依据及说明", place, money(found.group(2), found.group(3))
        )
