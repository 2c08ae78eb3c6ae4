"""Tables of plain-text dumps without column marks: each line has a row's words and numbers, blanks are lost."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from pipelines.core.document import Document, Line, Place
from pipelines.core.folding import bare, has_ordinal, key
from pipelines.core.lexicon import CHINESE_NUMBER, CJK, GRAND_TOTALS
from pipelines.core.money import UNIT, UNITS
from pipelines.core.numbers import MINUS, NEGATIVE, Number
from pipelines.layout.rows import Reading, Row
from pipelines.layout.table import Table
from pipelines.repair.unmarked_columns import Assignment, divide, possible, three_public
from pipelines.statements.catalogue import Form, catalogue

_SIGN = rf"(?:[{re.escape(MINUS)}]|[{NEGATIVE}]\s?)?"  # a dash with a blank behind it is a blank column
_DIGITS = r"(?:\d{1,3}(?:,\d{3})+|\d+)"
_AMOUNT = re.compile(rf"{_SIGN}{_DIGITS}\.\d{{1,6}}(?!\d)|(?<=\s){_SIGN}{_DIGITS}(?=\s|$)")
_CODE_LINE = re.compile(r"(\d{3}(?:\d\d){0,2})\s+(\D.*)")
_CODE_LETTERS = re.compile(r"^类款?项?(?=合计|总计)")  # the last row of headings runs into the first of the table
_CAPTION = re.compile(rf"单位[:：]|^表(?:{CHINESE_NUMBER}|\d)")
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
        return [_value(t) for t in self.texts]


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
    measures = _measures(header, form)
    if not any(r.code for r in raw):
        return [_named(r) for r in raw if r.texts and r.name], []
    unread: list[str] = []
    solved = _solve(raw, measures, evidence, unread)
    rows = []
    for flow in raw:
        row = Row(flow.name, flow.code, place=flow.place)
        for measure, text in zip(solved.get(id(flow), ()), flow.texts, strict=False):
            row.readings[measure] = _reading(text, flow.place, len(flow.texts) < len(measures))
        rows.append(row)
    return rows, unread


def _value(text: str) -> Decimal:
    """The value of what `_AMOUNT` found."""
    tight = text.replace(",", "").strip()
    digits = tight.lstrip(f"{MINUS}{NEGATIVE} ")
    return Decimal(digits) if digits == tight else -Decimal(digits)


def _named(flow: FlowRow) -> Row:
    row = Row(flow.name, place=flow.place)
    row.readings["amount"] = _reading(flow.texts[0], flow.place, inferred=False)
    return row


def _reading(text: str, place: Place, inferred: bool) -> Reading:
    reading = Reading(Number(_value(text)), text, place)
    if inferred:
        reading.notes.append("column by identities")
    return reading


def _subject_lines(lines: list[Line]) -> tuple[str, list[FlowRow]]:
    """The headings run together, and the rows; a name wrapped over lines is put together."""
    header: list[str] = []
    rows: list[FlowRow] = []
    for line in lines:
        text = line.text.strip()
        if _CAPTION.search(key(text)) or _NOTE.match(key(text)):
            continue
        found = _CODE_LINE.match(text)
        amounts = [m.group() for m in _AMOUNT.finditer(" " + text)]
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


def _cut(text: str) -> tuple[str, list[str]]:
    """Name and numbers of a line."""
    first = _AMOUNT.search(" " + text)
    if first is None:
        return re.sub(r"\s", "", text), []
    start = max(0, first.start() - 1)
    return _CODE_LETTERS.sub("", re.sub(r"\s", "", text[:start])), [
        m.group() for m in _AMOUNT.finditer(" " + text[start:])
    ]


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
    return left[0] if len(left) == 1 or (left and len(values) > 2) else None


def _last_place(raw: list[FlowRow]) -> Decimal:
    places = max((len(t.partition(".")[2]) for r in raw for t in r.texts), default=0)
    return Decimal(1).scaleb(-places)


def balance_rows_of_lines(table: Table) -> tuple[list[Row], list[str]]:
    """Read a balance form from plain lines: the words before a number name it, its side follows from the name."""
    rows: list[Row] = []
    words: list[str] = []
    started = False
    seen: dict[str, int] = defaultdict(int)
    spending = [s for s in _sides_in_order(table.lines) if s != "revenue"] or ["expenditure"]
    for line in table.lines:
        if _CAPTION.search(key(line.text)):
            continue
        rest = line.text.strip()
        started = started or any(has_ordinal(w) for w in rest.split())
        if not started:
            continue
        while rest:
            found = _AMOUNT.search(" " + rest)
            stop = len(rest) if found is None else max(0, found.start() - 1)
            words += rest[:stop].split()
            if found is None:
                break
            name = _name_before(words)
            words = []
            rest = rest[max(0, found.end() - 1) :].strip()
            if not CJK.search(name):
                continue
            row = Row(name, place=line.place)
            row.side = _side_of(name, seen, spending)
            row.readings["amount"] = _reading(found.group().strip(), line.place, inferred=False)
            row.readings["amount"].notes.append("side by name")
            rows.append(row)
    return rows, []


def _sides_in_order(lines: list[Line]) -> list[str]:
    """The blocks of the table from left to right, as the headings name them."""
    for line in lines[:6]:
        words = [key(w) for w in line.text.split()]
        sides = []
        for word in words:
            for side in catalogue().sides:
                if re.search(side.heading, word) and not (side.name == "revenue" and "支出" in word):
                    sides.append(side.name)
                    break
        if len(sides) >= 2:
            return sides
    return []


def _name_before(words: list[str]) -> str:
    """The name a number belongs to: the last complete line name, else from the last numbered word on."""
    if not words:
        return ""
    if catalogue().line_names.fullmatch(bare(words[-1])) and not has_ordinal(words[-1]):
        return words[-1]
    for i in range(len(words) - 1, -1, -1):
        if has_ordinal(words[i]):
            return "".join(words[i:])
    return words[-1]


def _side_of(name: str, seen: dict[str, int], spending: list[str]) -> str:
    plain = bare(name)
    if not has_ordinal(name):  # totals: the same words once per block
        if "收入" in plain or ("支出" not in plain and seen[plain] == 0 and "终" not in plain and "末" not in plain):
            seen[plain] += 1
            return "revenue"
        seen[plain] += 1
        return spending[min(seen[plain], len(spending)) - 1]
    numbered_by_word = key(name)[0] in "一二三四五六七八九十"
    for side in catalogue().sides:
        if side.name in spending and side.names.search(plain) and "拨款" not in plain:
            if side.name == "expenditure" and not numbered_by_word and "economic" in spending:
                continue
            return side.name
    if "其他支出" in plain and not numbered_by_word and "economic" in spending:
        return "economic"
    return "revenue"


def three_public_rows_of_lines(table: Table, stage: str, evidence: Evidence) -> tuple[list[Row], list[str]]:
    """Read the three public expenses from plain lines.

    The identities leave some columns open; the order of the headings, the economic subjects and the narrative
    settle them.
    """
    numbers = [
        (m.group(), line.place)
        for line in table.lines
        if not CJK.search(line.text) or key(line.text).startswith("合计")
        for m in _AMOUNT.finditer(" " + line.text)
        if "." in m.group() or len(m.group()) > 2
    ]
    if not numbers:
        return [], []
    texts = [t for t, _ in numbers]
    values = [_value(t) for t in texts]
    unit = Decimal(1).scaleb(-max(len(t.partition(".")[2]) for t in texts))
    words = key("".join(line.text for line in table.lines if CJK.search(line.text)))
    purchase_first = words.rfind("购置") < words.rfind("运行")
    options = [o for o in three_public(values, unit) if _follows(o, purchase_first=purchase_first)]
    scored = sorted(((evidence.support(o, values, table.unit), o) for o in options), key=lambda pair: -pair[0])
    if not scored or (len(scored) > 1 and scored[0][0] == scored[1][0]):
        return [], [" ".join(texts)]
    row = Row("合计", place=numbers[0][1])
    for category, (text, place) in zip(scored[0][1], numbers, strict=True):
        row.readings[f"{stage}_{category}"] = _reading(text, place, inferred=True)
    return [row], []


def _follows(option: tuple[str, ...], *, purchase_first: bool) -> bool:
    """Whether purchase and running of vehicles stand in the order of their headings, where both are printed."""
    cars = [c for c in option if c in ("vehicle_purchase", "vehicle_running")]
    return len(cars) < 2 or (cars[0] == "vehicle_purchase") == purchase_first
