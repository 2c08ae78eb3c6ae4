"""Tables of plain-text dumps without column marks: each line has a row's words and numbers, blanks are lost."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from pipelines.core.document import Document, Line, Place
from pipelines.core.folding import has_ordinal, key
from pipelines.core.lexicon import CHINESE_NUMBER, CJK, GRAND_TOTALS, column_number
from pipelines.core.money import UNIT, UNITS
from pipelines.core.numbers import MINUS, NEGATIVE, Number
from pipelines.layout.rows import Reading, Row
from pipelines.layout.table import Table
from pipelines.repair.unmarked_columns import Assignment, divide, possible, three_public
from pipelines.statements.catalogue import Form, catalogue
from pipelines.statements.forms import measure_of
from pipelines.statements.lexicon import role_of

_SIGN = rf"(?:[{re.escape(MINUS)}]|[{NEGATIVE}]\s?)?"  # a dash with a blank behind it is a blank column
_DIGITS = r"(?:\d{1,3}(?:,\d{3})+|\d+)"
AMOUNT = re.compile(rf"{_SIGN}{_DIGITS}\.\d{{1,6}}(?!\d)|(?<=\s){_SIGN}{_DIGITS}(?=\s|$)")
_CODE_LINE = re.compile(r"(\d{3}(?:\d\d){0,2})\s+(\D.*)")
_CODE_LETTERS = re.compile(r"^类款?项?(?=合计|总计)")  # the last row of headings runs into the first of the table
CAPTION = re.compile(rf"单位[:：]|^表(?:{CHINESE_NUMBER}|\d)")
_BESIDE = re.compile(r"(?<=\.\d\d)\s+(?=\d{3}(?:\d\d)?\s+[^\d\s.,-]|[^\d\s]+(?:合计|总计)\s+\d)")
"""Where the row of a block beside another begins: a code and a name, or a total, behind an amount."""
_SPLIT_CODE = re.compile(r"^(\d{3})\s+(\d\d)(?:\s+(\d\d))?(?=\s+[^\d\s.,-])")
_OTHER_YEAR = re.compile(r"上年(?:度)?(?:预算|决算|执行)|去年")
_YEAR = re.compile(r"20\d\d(?=年)")
_FLOWS = re.compile(r"(?:年初|上年).*年末")
_FLOW_COLUMNS = ("opening", "revenue", "total", "basic", "project", "closing")
_NOTE = re.compile(r"^(?:注|说明|备注|本单位|本部门)")


@dataclass(slots=True)
class FlowRow:
    """A row as its line gives it: words, and numbers from left to right."""

    code: str
    name: str
    texts: list[str]
    place: Place

    @property
    def values(self) -> list[Decimal]:
        """The numbers."""
        return [amount_of(t) for t in self.texts]


@dataclass(slots=True)
class Evidence:
    """Amounts other tables of the report state beyond doubt, to settle what the identities leave open."""

    economic: dict[str, Decimal] = field(default_factory=dict)
    basic: set[Decimal] = field(default_factory=set)
    narrative: set[tuple[str, Decimal]] = field(default_factory=set)  # category of the three public expenses, yuan

    @classmethod
    def of(cls, document: Document) -> Evidence:
        """The amounts of the three public expenses that the running text names."""
        words = "|".join(f"(?P<{category}>{word})" for category, word in catalogue().three_public_words.items())
        stated = re.compile(rf"(?:{words})[^\d，,。；;:：]{{0,12}}(?P<amount>[\d,]*\d(?:\.\d+)?)(?P<unit>{UNIT})")
        text = key("".join(line.text for line in document.lines()))
        return cls(
            narrative={
                (
                    next(c for c in catalogue().three_public_words if m[c]),
                    Decimal(m["amount"].replace(",", "")) * UNITS[m["unit"]],
                )
                for m in stated.finditer(text)
            }
        )

    def support(self, option: tuple[str, ...], values: list[Decimal], unit: str | None) -> int:
        """How many numbers of the three public expenses stand elsewhere under the same meaning."""
        subjects = catalogue().three_public_subjects
        factor = UNITS.get(unit or "", 1)
        return sum(
            (self.economic.get(subjects.get(c, "")) == v) + ((c, v * factor) in self.narrative)
            for c, v in zip(option, values, strict=True)
        )

    def note(self, rows: list[Row]) -> None:
        """Remember what a table by economic subject states."""
        for row in rows:
            reading = row.readings.get("total") or row.readings.get("amount")
            if reading is None or reading.number.value is None:
                continue
            if row.code:
                self.economic[row.code] = reading.number.value
            elif row.name == "合计":
                self.basic.add(reading.number.value)


def subject_rows_of_lines(table: Table, form: Form, evidence: Evidence) -> tuple[list[Row], list[str]]:
    """Read a table by subject, or of named rows, from plain lines.

    Returns:
        The rows, and the texts of rows whose numbers could not be assigned (their totals are read).
    """
    header, raw = _subject_lines(table.lines)
    measures = _measures_of_words(table.lines, form) or _measures(header, form)
    if form.classification == "economic" and any(_BESIDE.search(line.text.strip()) for line in table.lines):
        measures = ["amount"]  # 人员经费 and 公用经费 head blocks, no columns
    if _OTHER_YEAR.search(header) or len(set(_YEAR.findall(header))) > 1:
        return [], [f"{r.code} {r.name} {' '.join(r.texts)}".strip() for r in raw if r.texts]
    if _FLOWS.search(header) and "opening" in form.measure_names:
        return _flow_rows(raw, form.order.get(len(_FLOW_COLUMNS), _FLOW_COLUMNS))
    if not any(r.code for r in raw):
        named = [r for r in raw if r.texts and r.name]
        rows = [_named(r, measures) for r in named]
        left = [
            f"{f.name} {' '.join(f.texts[1:])}"
            for f, r in zip(named, rows, strict=True)
            if len(f.texts) > len(r.readings)
        ]
        return rows, left
    unread: list[str] = []
    solved = _solve(raw, measures, evidence, unread)
    for flow in (r for r in raw if not r.code and r.texts and id(r) not in solved):  # 公用经费合计 beside 人员经费合计
        if len(flow.texts) == len(measures):
            solved[id(flow)] = tuple(measures)
        else:
            unread.append(f"{flow.name} {' '.join(flow.texts)}")
    rows = []
    for flow in raw:
        row = Row(flow.name, flow.code, place=flow.place)
        for measure, text in zip(solved.get(id(flow), ()), flow.texts, strict=False):
            row.readings[measure] = reading_of(text, flow.place, len(flow.texts) < len(measures))
        rows.append(row)
    return rows, unread


def _flow_rows(raw: list[FlowRow], measures: tuple[str, ...]) -> tuple[list[Row], list[str]]:
    """Rows that print all flows of a fund; with one of them blank nothing says which, for none is the sum of all."""
    rows = [Row(r.name, r.code, place=r.place) for r in raw if len(r.texts) == len(measures)]
    whole = [r for r in raw if len(r.texts) == len(measures)]
    for row, flow in zip(rows, whole, strict=True):
        row.readings = {m: reading_of(t, flow.place, False) for m, t in zip(measures, flow.texts, strict=True)}
    return rows, [f"{r.code} {r.name} {' '.join(r.texts)}".strip() for r in raw if r.texts and r not in whole]


def amount_of(text: str) -> Decimal:
    """The value of what `AMOUNT` found."""
    tight = text.replace(",", "").strip()
    digits = tight.lstrip(f"{MINUS}{NEGATIVE} ")
    return Decimal(digits) if digits == tight else -Decimal(digits)


def _named(flow: FlowRow, measures: list[str]) -> Row:
    """A row of a table without codes: one number for each heading, else the first number alone."""
    row = Row(flow.name, place=flow.place)
    chosen = measures if 1 < len(flow.texts) == len(measures) else ["amount"]
    for measure, text in zip(chosen, flow.texts, strict=False):
        row.readings[measure] = reading_of(text, flow.place, inferred=False)
    return row


def reading_of(text: str, place: Place, inferred: bool) -> Reading:
    """The reading of what `AMOUNT` found; ``inferred`` where identities chose its column."""
    reading = Reading(Number(amount_of(text)), text, place)
    if inferred:
        reading.notes.append("column by identities")
    return reading


def _subject_lines(lines: list[Line]) -> tuple[str, list[FlowRow]]:
    """The headings run together, and the rows; a name wrapped over lines is put together."""
    header: list[str] = []
    rows: list[FlowRow] = []
    for line, text in _pieces(lines):
        if CAPTION.search(key(text)) or _NOTE.match(key(text)) or _counts_columns(text):
            continue
        found = _CODE_LINE.match(text)
        amounts = [m.group() for m in AMOUNT.finditer(" " + text)]
        if found:
            name, texts = _cut(found.group(2))
            rows.append(FlowRow(found.group(1), name, texts, line.place))
        elif amounts:
            name, texts = _cut(text)
            if not name and rows and not rows[-1].texts:
                rows[-1].texts, rows[-1].place = texts, line.place
            else:
                rows.append(FlowRow("", "合计" if key(name) in GRAND_TOTALS else name, texts, line.place))
        elif rows and rows[-1].code and not rows[-1].texts:
            rows[-1].name += key(text)
        elif rows and not rows[-1].code:
            rows.append(FlowRow("", re.sub(r"\s", "", text), [], line.place))
        else:
            header.append(key(text))
            if has_ordinal(text):
                rows.append(FlowRow("", re.sub(r"\s", "", text), [], line.place))
    return "".join(header), rows


def _pieces(lines: list[Line]) -> Iterator[tuple[Line, str]]:
    """The lines of a table; one that holds rows of several blocks side by side in pieces, split codes put together."""
    for line in lines:
        for piece in _BESIDE.split(line.text.strip()):
            yield line, _SPLIT_CODE.sub(lambda m: "".join(filter(None, m.groups())), piece)


def _counts_columns(text: str) -> bool:
    """Whether a line counts the columns (栏次 1 2 3, 栏次 1=2+3 2 3)."""
    words = text.split()
    numbers = [n for word in words if (n := column_number(word)) is not None]
    return len(numbers) > 1 and numbers == list(range(1, len(numbers) + 1)) and len(words) - len(numbers) <= 1


def _cut(text: str) -> tuple[str, list[str]]:
    """Name and numbers of a line."""
    first = AMOUNT.search(" " + text)
    if first is None:
        return re.sub(r"\s", "", text), []
    start = max(0, first.start() - 1)
    return _CODE_LETTERS.sub("", re.sub(r"\s", "", text[:start])), [
        m.group() for m in AMOUNT.finditer(" " + text[start:])
    ]


def _measures_of_words(lines: list[Line], form: Form) -> list[str]:
    """Sources of revenue in the order of a line of headings, the total first; empty where that line is not clear."""
    if form.facts != "fact_revenue":
        return []
    for line in lines:
        words = [key(word) for word in line.text.split()]
        if words and _CODE_LINE.match(line.text.strip()):
            break
        found = [measure_of([word], form.measures) for word in words if role_of(word) is None]
        measures = [m for m in found if m is not None]
        if len(measures) == len(found) == len(set(measures)) > 1 and measures[0] == "total":
            return measures
    return []


def _measures(header: str, form: Form) -> list[str]:
    """Measures in the order in which their words stand in the headings, the total first."""
    at: dict[str, int] = {}
    rest = header
    for measure, pattern in catalogue().heading_words:
        if (found := pattern.search(rest)) is not None:
            at[measure] = found.start()
            rest = rest[: found.start()] + "·" * len(found.group()) + rest[found.end() :]
    known = {m for m, _ in form.measures}
    parts = sorted((m for m in at if m != "total" and m in known), key=at.__getitem__)
    single = "amount" if "amount" in known else "total"
    return ["total", *parts] if parts else [single]


def _solve(
    raw: list[FlowRow], measures: list[str], evidence: Evidence, unread: list[str]
) -> dict[int, tuple[str, ...]]:
    """Assign the numbers of all rows, from the total downwards."""
    unit = _last_place(raw)
    children: dict[str, list[FlowRow]] = defaultdict(list)
    codes = {r.code for r in raw if r.code}
    for row in raw:
        if row.code and row.texts:
            parent = next((row.code[:n] for n in (5, 3) if n < len(row.code) and row.code[:n] in codes), "")
            children[parent].append(row)
    solved: dict[int, tuple[str, ...]] = {}
    root = next((r for r in raw if not r.code and r.texts), None)
    top: dict[str, Decimal] = {}
    if root is not None:
        option = _settled(possible(root.values, measures, unit), root.values, evidence)
        if option is None:
            unread.append(f"{root.name} {' '.join(root.texts)}")
        solved[id(root)] = option or tuple(measures[:1])
        top = dict(zip(solved[id(root)], root.values, strict=False))
    queue: list[tuple[str, dict[str, Decimal]]] = [("", top)]
    while queue:
        code, amounts = queue.pop()
        below = children.get(code, [])
        parts = divide(amounts, [r.values for r in below], measures, unit) if amounts and below else None
        for n, row in enumerate(below):
            if parts is not None:
                solved[id(row)] = parts[n]
            elif len(row.texts) == len(measures):
                solved[id(row)] = tuple(measures)
            else:
                solved[id(row)] = tuple(measures[:1])
                if len(row.texts) > 1:
                    unread.append(f"{row.code} {row.name} {' '.join(row.texts)}")
            queue.append((row.code, dict(zip(solved[id(row)], row.values, strict=False))))
    return solved


def _settled(options: list[Assignment], values: list[Decimal], evidence: Evidence) -> Assignment | None:
    """The assignment that the identities leave, or that the basic expenditure of other tables supports.

    Of several with two parts and more the leftmost columns are meant (basic and project); one part can be any.
    """
    supported = [o for o in options if dict(zip(o, values, strict=True)).get("basic") in evidence.basic]
    left = supported or options
    is_leftmost = len(values) > 2 and len(set(left[0]) & {"basic", "project"}) == 2 if left else False
    return left[0] if len(left) == 1 or is_leftmost else None


def _last_place(raw: list[FlowRow]) -> Decimal:
    places = max((len(t.partition(".")[2]) for r in raw for t in r.texts), default=0)
    return Decimal(1).scaleb(-places)


def three_public_rows_of_lines(table: Table, stage: str, evidence: Evidence) -> tuple[list[Row], list[str]]:
    """Read the three public expenses from plain lines.

    The identities leave some columns open; the order of the headings, the economic subjects and the narrative
    settle them.
    """
    numbers = [
        (m.group(), line.place)
        for line in table.lines
        if not CJK.search(line.text) or key(line.text).startswith("合计")
        for m in AMOUNT.finditer(" " + line.text)
        if "." in m.group() or len(m.group()) > 2
    ]
    if not numbers:
        return [], []
    texts = [t for t, _ in numbers]
    values = [amount_of(t) for t in texts]
    unit = Decimal(1).scaleb(-max(len(t.partition(".")[2]) for t in texts))
    words = key("".join(line.text for line in table.lines if CJK.search(line.text)))
    purchase_first = words.rfind("购置") < words.rfind("运行")
    options = [o for o in three_public(values, unit) if _follows(o, purchase_first=purchase_first)]
    scored = sorted(((evidence.support(o, values, table.unit), o) for o in options), key=lambda pair: -pair[0])
    if not scored or (len(scored) > 1 and scored[0][0] == scored[1][0]):
        return [], [" ".join(texts)]
    row = Row("合计", place=numbers[0][1])
    for category, (text, place) in zip(scored[0][1], numbers, strict=True):
        row.readings[f"{stage}_{category}"] = reading_of(text, place, inferred=True)
    return [row], []


def _follows(option: tuple[str, ...], *, purchase_first: bool) -> bool:
    """Whether purchase and running of vehicles stand in the order of their headings, where both are printed."""
    cars = [c for c in option if c in ("vehicle_purchase", "vehicle_running")]
    return len(cars) < 2 or (cars[0] == "vehicle_purchase") == purchase_first
