"""Projects of a report: named projects with budget and final account, their sources and cost lines, in yuan."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import Any

from pipelines.extract.document import Document, Place
from pipelines.interpret.appendix import Appendix, Piece, Record, appendices, data, key, tidy
from pipelines.interpret.identity import Identity
from pipelines.interpret.normalise import CJK, read_number
from pipelines.interpret.performance_align import join
from pipelines.interpret.performance_table import budget_rows
from pipelines.interpret.tables import UNITS, unit_of

_FEN = Decimal("0.01")
_AMOUNT = r"_*(\d[\d,]*(?:\.\d+)?)_*(亿|万|千)?元"
_UNIT_BESIDE = re.compile(r"[(（](亿|千|万)?元[)）]")
_NUMBERING = re.compile(r"^(?:[-•]?\d{1,2}[.、](?!\d))+")
_NUMBERS = re.compile(r"^[-•]*(?:\d{1,2}[.、])+(?=[^\d.])")
_HEADING = re.compile(
    r"^(?:[-•]?\d{1,2}[.、](?!\d)|[一二三四五六七八九十]+、|[(（][一二三四五六七八九十\d]+[)）]|第[一二三四五六]部分)"
)
_LINE_DETAIL = re.compile(r"^(?!\d+、)(\S*[\u3400-\u9fff]\S*)\s+(\d[\d,]*(?:\.\d+)?)(?:\s+(.*))?$")
_LINE_PURCHASE = re.compile(r"^(\S*[\u3400-\u9fff]\S*)\s+(?:(\d+)\s+)?(\d[\d,]*(?:\.\d+)?)$")
_BASIS = re.compile(rf"(?:^|[;；。])\s*(?:\d{{1,2}}[、.](?!\d))?([^;；。]{{2,80}}?)(?:共计|合计|计|[:：,，])?{_AMOUNT}")
_ITEM = re.compile(rf"^([^,，:：]{{2,60}}?){_AMOUNT}(.*)$")
_SUB_ITEM = re.compile(rf"[、,，]?([^\s]{{2,60}}?){_AMOUNT}")
_CHANGE = re.compile(rf"(20\d\d)年(?:(?!20\d\d年)[^。;；]){{0,60}}?预算(?:数|为)?{_AMOUNT}")
_REVIEW_NUMBERS = rf"[:：](?:该|本)?项目?(?:全年|年初)?预算数?为?{_AMOUNT}[,，](?:全年)?执行数为?{_AMOUNT}"
_EXECUTION = re.compile(
    rf"预算(?:数|总额|资金)?为?{_AMOUNT}[,，][^。;；]{{0,30}}?(?:执行数|支出数|决算数|拨付资金)为?{_AMOUNT}"
)


@dataclass(frozen=True, slots=True)
class ProjectRow:
    """One project, or one line of its cost (``item``)."""

    project: str
    item: str
    kind: str
    section: str
    place: Place
    budget_amount: Decimal | None = None
    final_amount: Decimal | None = None

    def as_dict(self) -> dict[str, Any]:
        """As a row of ``EXTRACTED_PROJECT`` without its keys."""
        return {
            "project": self.project,
            "item": self.item,
            "kind": self.kind,
            "budget_amount": self.budget_amount,
            "final_amount": self.final_amount,
            "section": self.section,
            "page": self.place.page,
            "source_line": self.place.line,
        }


@dataclass(frozen=True, slots=True)
class Declared:
    """What ``project.yml`` declares."""

    name_labels: re.Pattern[str]
    labels: re.Pattern[str]
    amounts: dict[str, tuple[str, str]]
    parts: dict[str, re.Pattern[str]]
    heading_words: re.Pattern[str]
    columns: dict[str, re.Pattern[str]]
    list_titles: re.Pattern[str]
    listed: dict[str, re.Pattern[str]]
    appropriation: re.Pattern[str]
    skipped: re.Pattern[str]
    review: re.Pattern[str]
    review_count: re.Pattern[str]
    group: str
    uses: re.Pattern[str]
    not_items: re.Pattern[str]


@cache
def declared() -> Declared:
    """The declared words."""
    d = data("project.yml")
    return Declared(
        name_labels=re.compile(d["name_labels"]),
        labels=re.compile(d["labels"]),
        amounts={pattern: (kind, column) for pattern, (kind, column) in d["amounts"].items()},
        parts={name: re.compile(pattern) for name, pattern in d["parts"].items()},
        heading_words=re.compile(d["heading_words"]),
        columns={name: re.compile(pattern) for name, pattern in d["columns"].items()},
        list_titles=re.compile(d["list_titles"]),
        listed={name: re.compile(pattern) for name, pattern in d["list"].items()},
        appropriation=re.compile(d["funds"]["appropriation"]),
        skipped=re.compile(d["funds"]["skipped"]),
        review=re.compile(d["review"] + _REVIEW_NUMBERS),
        review_count=re.compile(d["review_count"]),
        group=d["group"],
        uses=re.compile(d["uses"] + "[:：]?"),
        not_items=re.compile(d["not_items"]),
    )


def project_rows(document: Document, identity: Identity) -> list[dict[str, Any]]:
    """Read the projects of a document, tables and narrative.

    Args:
        document: The document.
        identity: Its identity: the stage tells whether the narrative's amounts are budget or final account.

    Returns:
        Rows of ``EXTRACTED_PROJECT`` without ``report_key`` and ``row_no``, amounts in yuan, in reading order of the
        narrative first, then of the tables.
    """
    fallback = next((u for line in document.lines() if (u := unit_of(line.text))), "元")
    parts = appendices(document)
    projects = [project for a in parts for project in _projects(a)]
    tables = [row for project in projects for row in _table_rows(project, identity, fallback)]
    tables += [row for a in parts for row in _listed(a, fallback)]
    known = {project.name for project in projects} | {row.project for row in tables}
    story = _Story.of(document)
    reviews, used = _reviews(story, known)
    known |= {row.project for row in reviews}
    rows = [*_uses(story, known, identity), *reviews, *_executions(story, known, used), *tables]
    return [row.as_dict() for row in rows]


def _yuan(number: str, unit: str) -> Decimal:
    return (Decimal(number.replace(",", "")) * UNITS.get(unit, 1)).quantize(_FEN)


def _money(number: str, prefix: str | None) -> Decimal:
    return _yuan(number, (prefix or "") + "元")


# --- tables ---------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Project:
    """The part of an appendix that tells of one project."""

    name: str
    title: str
    unit: str | None
    records: list[Record] = field(default_factory=list)
    part: Appendix | None = None


def _projects(appendix: Appendix) -> list[_Project]:
    """Cut an appendix where a project is named."""
    unit: str | None = None
    found: list[_Project] = []
    for record in appendix.records:
        beside = _UNIT_BESIDE.search(record.joined)
        if beside is not None:
            unit = (beside.group(1) or "") + "元"
        elif len(record.joined) < 40 and (stated := unit_of(" ".join(record.texts))) is not None:
            unit = stated
        name = _name(record)
        if name:
            found.append(_Project(name, appendix.title, unit))
        elif found:
            found[-1].records.append(record)
            found[-1].unit = found[-1].unit or unit
    for project in found:
        project.part = Appendix(project.title, appendix.place, project.records)
    return found


def _name(record: Record) -> str:
    """The project a row names."""
    d = declared()
    pieces = list(record.pieces)
    if not any("名" in p.text for p in pieces[:2]):
        return ""
    if record.cols == 0:
        head, _, tail = record.texts[0].strip().partition(" ")
        pieces = [Piece(head, 0), Piece(tail, 1)] if tail.strip() else []
    for used in (1, 2):
        label = re.sub(r"[^\u3400-\u9fff]", "", key("".join(p.text for p in pieces[:used])))
        if d.name_labels.fullmatch(label):
            rest = [p.text for p in pieces[used:]]
            stop = next((i for i, text in enumerate(rest) if d.labels.match(key(text))), len(rest))
            name = join(rest[:stop])[0]
            return name if CJK.search(name) and len(name) <= 80 else ""
    return ""


def _table_rows(project: _Project, identity: Identity, fallback: str) -> Iterator[ProjectRow]:
    """The rows of one project's table."""
    unit = project.unit or fallback
    if project.part is not None:
        for row in budget_rows(project.part):
            numbers = [read_number(row.values.get(name, "")) for name in ("target", "actual")]
            amounts = [_yuan(f"{n.value:f}", row.unit or unit) if n and n.value is not None else None for n in numbers]
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
    return next((name for name, pattern in declared().parts.items() if pattern.fullmatch(first)), None)


def _labelled(project: _Project, record: Record, unit: str) -> Iterator[ProjectRow]:
    """Amounts beside their label (项目决算 72.83)."""
    parts = [p for t in record.texts for p in t.split()] if record.cols == 0 else record.texts
    for label, after in zip(parts, [*parts, ""][1:], strict=True):
        plain = key(label).rstrip(":")
        told = next((t for pattern, t in declared().amounts.items() if re.fullmatch(pattern, plain)), None)
        number = read_number(after) if told else None
        if told is None or number is None or number.value is None:
            continue
        kind, column = told
        if record.cols and kind == "current" and sum(read_number(p) is not None for p in parts) > 1:
            continue  # budget and execution side by side
        amount = _yuan(f"{number.value:f}", unit)
        budget, final = (amount, None) if column == "budget_amount" else (None, amount)
        section = f"{project.title} {tidy(label).rstrip(':：')}"
        yield ProjectRow(project.name, "", kind, section, record.place, budget, final)


def _columns(record: Record) -> dict[str, float]:
    """The columns a row of headings names."""
    d = declared()
    words = list(record.pieces) if record.cols else [Piece(t, i) for i, t in enumerate(record.texts[0].split())]
    if len(words) < 2 or not all(d.heading_words.fullmatch(key(w.text)) for w in words):
        return {}
    return {n: w.col for w in words for n, pattern in d.columns.items() if pattern.fullmatch(key(w.text))} or {"": 0.0}


def _grid_line(
    project: _Project, part: str, record: Record, columns: dict[str, float], unit: str
) -> Iterator[ProjectRow]:
    """A cost line or purchase of a grid."""
    if part not in {"detail", "procurement"} or "amount" not in columns:
        return
    texts = {name: _at(record, col) for name, col in columns.items()}
    number = read_number(texts.get("amount", ""))
    item = texts.get("item") or texts.get("subject", "")
    if number is None or number.value is None or not CJK.search(item) or re.fullmatch("合计|总计|小计", item):
        return
    quantity = texts.get("quantity", "")
    name = f"{item}（数量{quantity}）" if quantity else item
    section = f"{project.title} {_SECTIONS[part]}"
    amount = _yuan(f"{number.value:f}", unit)
    yield ProjectRow(project.name, name, part, section, record.place, amount)
    yield from _basis(project, name, texts.get("basis", ""), section, record.place)


def _listed(appendix: Appendix, fallback: str) -> Iterator[ProjectRow]:
    """Projects of a table with one project in a row (项目支出预算表)."""
    unit, title, columns, cols = fallback, appendix.title, dict[str, float](), 0
    for record in appendix.records:
        if record.cols == 0:
            unit = unit_of(record.texts[0]) or unit
            if len(record.joined) <= 40 and record.joined.endswith("表"):
                title, columns = tidy(record.texts[0]), {}
        elif not declared().list_titles.search(title):
            continue
        elif headings := _list_columns(record):
            columns, cols = headings, record.cols
        elif columns and record.cols == cols:
            yield from _listed_row(record, columns, unit, title)


def _list_columns(record: Record) -> dict[str, float]:
    """The columns of such a table, as far as the row is its heading."""
    found: dict[str, float] = {}
    for piece in record.pieces:
        for name, pattern in declared().listed.items():
            if name != "totals" and pattern.fullmatch(key(piece.text)):
                found.setdefault(name, piece.col)
    return found if "name" in found and len(found) > 1 else {}


def _listed_row(record: Record, columns: dict[str, float], unit: str, title: str) -> Iterator[ProjectRow]:
    name = _at(record, columns["name"])
    numbers = {n: read_number(_at(record, c)) for n, c in columns.items() if n != "name"}
    amounts = {n: _yuan(f"{v.value:f}", unit) for n, v in numbers.items() if v is not None and v.value is not None}
    if amounts and CJK.search(name) and not declared().listed["totals"].fullmatch(key(name)):
        yield ProjectRow(name, "", "current", title, record.place, **amounts)


_SECTIONS = {
    "detail": "项目支出明细测算",
    "procurement": "项目采购",
    "change": "预算变动情况",
    "source_of_funds": "项目资金来源",
}


def _at(record: Record, col: float) -> str:
    return next((tidy(p.text) for p in record.pieces if p.col == col), "")


def _finish(
    project: _Project, part: str, pending: list[tuple[str, Record]], unit: str, identity: Identity
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


def _sources(project: _Project, records: list[Record], section: str, unit: str) -> Iterator[ProjectRow]:
    """Sources of money; the appropriation is the project's own row, others stand below it."""
    d = declared()
    seen = False
    for record in records:
        parts = record.texts if record.cols else record.texts[0].split()
        number = read_number(parts[-1]) if len(parts) > 1 else None
        label = _NUMBERING.sub("", key("".join(parts[:-1])))
        if number is None or not number.value or d.skipped.fullmatch(label):
            continue
        own = d.appropriation.search(label) is not None and not seen
        seen = seen or own
        amount = _yuan(f"{number.value:f}", unit)
        yield ProjectRow(project.name, "" if own else label, "source_of_funds", section, record.place, amount)


def _changes(project: _Project, records: list[Record], section: str, identity: Identity) -> Iterator[ProjectRow]:
    """Budgets of this year and earlier ones as the note on changes tells them."""
    text = "".join(tidy(t) for r in records for t in r.texts)
    for found in _CHANGE.finditer(text):
        earlier = identity.fiscal_year is not None and int(found.group(1)) < identity.fiscal_year
        kind = "prior_year" if earlier else "current"
        amount = _money(found.group(2), found.group(3))
        yield ProjectRow(project.name, "", kind, f"{section} {found.group(1)}", records[0].place, amount)


def _line_details(project: _Project, part: str, records: list[Record], section: str, unit: str) -> Iterator[ProjectRow]:
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
        yield ProjectRow(project.name, name, part, section, record.place, _yuan(number, unit))
        current, basis = (name, record.place), tidy(rest or "")
    if current is not None:
        yield from _basis(project, current[0], basis, section, current[1])


def _basis(project: _Project, item: str, basis: str, section: str, place: Place) -> Iterator[ProjectRow]:
    """The lines of a calculation (1、… 285613元；2、…) as parts of their cost line."""
    for found in _BASIS.finditer(tidy(basis)):
        name = f"{item}/{found.group(1)}"
        yield ProjectRow(
            project.name, name, "detail", f"{section} 测算依据及说明", place, _money(found.group(2), found.group(3))
        )


# --- narrative ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Story:
    """The running text without white space; lines may break sentences."""

    text: str
    starts: tuple[int, ...]
    places: tuple[Place, ...]

    @classmethod
    def of(cls, document: Document) -> _Story:
        """The running text of a document."""
        texts, starts, places, length = [], [], [], 0
        for line in document.lines():
            text = tidy(line.text)
            if text and not re.fullmatch(r"[-—–]*\d{1,4}[-—–]*", text):
                texts.append(text)
                starts.append(length)
                places.append(line.place)
                length += len(text)
        return cls("".join(texts), tuple(starts), tuple(places))

    def place(self, position: int) -> Place:
        """Where a position stands."""
        index = max((i for i, start in enumerate(self.starts) if start <= position), default=0)
        return self.places[index] if self.places else Place()

    def sentence(self, position: int, marks: str = "。;；:：") -> str:
        """What stands between the last of the marks and a position; a line that starts a paragraph ends it too."""
        start = max((self.text.rfind(mark, 0, position) for mark in marks), default=-1) + 1
        headings = [s for s in self.starts if start < s <= position and _HEADING.match(self.text[s:position])]
        return self.text[headings[-1] if headings else start : position]


def _reviews(story: _Story, known: Iterable[str]) -> tuple[list[ProjectRow], list[tuple[int, int]]]:
    """Projects of the self-evaluation's summary (X项目绩效自评综述：项目全年预算数为…)."""
    d = declared()
    names = {key(name): name for name in known}
    rows: list[ProjectRow] = []
    spans: list[tuple[int, int]] = []
    for found in d.review.finditer(story.text):
        printed = _NUMBERS.sub("", story.sentence(found.start()))
        name = _settled(printed, names)
        if not name:
            counts = d.review_count.findall(story.text[: found.start()])
            name = d.group.format(count=counts[-1]) if counts else ""
        if not name:
            continue
        budget, final = _money(found.group(1), found.group(2)), _money(found.group(3), found.group(4))
        place = story.place(found.start())
        rows.append(ProjectRow(name, "", "current", "项目绩效自评综述", place, budget, final))
        spans.append(found.span())
    return rows, spans


def _settled(printed: str, names: dict[str, str]) -> str:
    """The project's name: with or without a closing 项目, as the tables write it."""
    candidates = [printed, printed.removesuffix("项目"), printed.removesuffix("项目").removesuffix("项目")]
    return next((names[key(c)] for c in candidates if key(c) in names), candidates[-1] or "")


def _executions(story: _Story, known: Iterable[str], used: list[tuple[int, int]]) -> Iterator[ProjectRow]:
    """Budget and execution of known projects as the text of a self-evaluation states them, each once."""
    seen: set[tuple[str, Decimal, Decimal]] = set()
    longest_first = sorted(known, key=len, reverse=True)
    for found in _EXECUTION.finditer(story.text):
        if any(start <= found.start() < stop for start, stop in used):
            continue
        before = key(story.sentence(found.start(), "。;；"))
        name = next((n for n in longest_first if key(n) in before), None)
        if name is None:
            continue
        budget, final = _money(found.group(1), found.group(2)), _money(found.group(3), found.group(4))
        if (name, budget, final) not in seen:
            seen.add((name, budget, final))
            yield ProjectRow(name, "", "current", "项目自评结果", story.place(found.start()), budget, final)


def _uses(story: _Story, known: Iterable[str], identity: Identity) -> Iterator[ProjectRow]:
    """Projects listed where the text says what project expenditure was used for."""
    names = {key(name): name for name in known}
    for anchor in declared().uses.finditer(story.text):
        position = anchor.end()
        for clause in re.split(r"(?<=[。;；])", story.text[position : _end(story, position)]):
            yield from _use(story, clause, position, names, identity)
            position += len(clause)


def _end(story: _Story, position: int) -> int:
    """Where a list ends: at the first heading or numbered paragraph after a full stop."""
    stops = (s for s in story.starts if s > position and _HEADING.match(story.text[s : s + 12]))
    return next((s for s in stops if story.text[s - 1] in "。:："), len(story.text))


def _use(story: _Story, clause: str, position: int, names: dict[str, str], identity: Identity) -> Iterator[ProjectRow]:
    """One clause of such a list, with what it says to be included."""
    found = _ITEM.match(_NUMBERING.sub("", clause))
    if found is None or declared().not_items.search(found.group(1)):
        return
    printed = declared().name_labels.sub("", found.group(1), count=1) or found.group(1)
    project = names.get(key(printed.removesuffix("支出"))) or names.get(key(printed)) or printed
    place = story.place(position)

    def row(item: str, amount: Decimal) -> ProjectRow:
        budget, final = (amount, None) if identity.stage == "budget" else (None, amount)
        kind = "detail" if item else "current"
        return ProjectRow(project, item, kind, "项目支出主要用于", place, budget, final)

    yield row("", _money(found.group(2), found.group(3)))
    included = re.match(r"[,，]?(?:其中)?[:：]?包括[:：]?(.*)", found.group(4))
    for part in _SUB_ITEM.finditer(included.group(1)) if included else ():
        yield row(part.group(1), _money(part.group(2), part.group(3)))
