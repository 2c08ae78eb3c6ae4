"""Restores what a damaged dump lost: truncated codes by name and order, amounts by the report's other tables.

Only damaged text is touched. A well-formed number that breaks an identity is the publisher's and stays.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache

from pipelines.core.folding import key
from pipelines.core.lexicon import TOTALS
from pipelines.core.numbers import Number
from pipelines.layout.rows import CODE, Reading, Row
from pipelines.reference.lookup import economic_subjects, functional_subjects
from pipelines.statements.catalogue import catalogue

_PARTS = ("basic", "project", "remitted_to_superior", "operating", "subsidy_to_affiliates")

_CODED = 1 / 2
"""Share of the rows with a code from which on a table is one by code; a table of names prints a few by accident."""

_CUT_NAME = 6
"""Characters of a name that may be one cut off at the end of its cell; shorter ones begin many names."""

_ROUNDING = Decimal("0.005")
"""What rounding may cost a number printed to 0.01, in its unit."""

_LENGTHS = {"functional": (3, 5, 7), "economic": (3, 5)}


@dataclass(slots=True)
class Coded:
    """The rows of one table by subject."""

    form: str
    rows: list[Row]
    unit: str
    codes: dict[int, str] = field(default_factory=dict)

    @property
    def classification(self) -> str:
        """Which classification its codes belong to."""
        return "economic" if catalogue().form(self.form).classification == "economic" else "functional"


@dataclass(frozen=True, slots=True)
class _Between:
    """Where in the order of a table a code is looked for, and the codes that are there already."""

    low: str
    high: str
    seen: frozenset[str]

    def admits(self, code: str) -> bool:
        """Whether a code may be there."""
        return self.low < code < self.high and code not in self.seen


def restore(tables: list[Coded]) -> None:
    """Restore codes, names and amounts in place; every change leaves a note on its row or reading."""
    for table in tables:
        siblings = [t for t in tables if t is not table and t.classification == table.classification]
        _restore_codes(table, siblings)
    for table in tables:
        if table.classification == "functional" and _is_damaged(table):
            siblings = [
                t for t in tables if t is not table and t.classification == "functional" and t.unit == table.unit
            ]
            _restore_amounts(table, siblings)


# --- codes -----------------------------------------------------------------------------------------------------------


def _restore_codes(table: Coded, siblings: list[Coded]) -> None:
    rows = [r for r in table.rows if r.code or (r.name and key(r.name) not in TOTALS) or (r.readings and not r.name)]
    if sum(bool(r.code) for r in rows) < len(rows) * _CODED:
        return  # a table of names, or one whose codes were never printed
    known = _names(siblings)
    seen: set[str] = set()
    for i, row in enumerate(rows):
        if "合计" in row.name:
            continue
        if _is_valid(row.code, table.classification) and row.code not in seen:
            seen.add(row.code)
            _restore_name(row, siblings)
            continue
        low = next((r.code for r in reversed(rows[:i]) if _is_valid(r.code, table.classification)), "")
        high = next((r.code for r in rows[i + 1 :] if _is_valid(r.code, table.classification) and r.code > low), "~")
        if {r.code[:3] for r in rows if r.code} and table.classification == "economic":
            low, high = "", "~"  # blocks side by side: the order of the rows tells nothing
        between = _Between(low, high, frozenset(seen))
        code = _code_for(row, known, table.classification, between) or _code_between(row, siblings, between)
        if code is not None:
            row.notes.append(f"code restored from {row.code or 'blank'}")
            row.code = code
            seen.add(code)
            _restore_name(row, siblings)


def _is_valid(code: str, classification: str) -> bool:
    return len(code) in _LENGTHS[classification] and CODE.fullmatch(code) is not None


def _names(tables: Iterable[Coded]) -> dict[str, set[str]]:
    known: dict[str, set[str]] = defaultdict(set)
    for table in tables:
        for row in table.rows:
            if _is_valid(row.code, table.classification) and row.name:
                known[key(row.name)].add(row.code)
    return known


@cache
def _reference(classification: str) -> dict[str, frozenset[str]]:
    frame = economic_subjects() if classification == "economic" else functional_subjects()
    known: dict[str, set[str]] = defaultdict(set)
    for code, name, aliases in frame.select("code", "name", "aliases").iter_rows():
        for spelling in (name, *(aliases or "").split("|")):
            if spelling:
                known[key(spelling)].add(code)
    return {name: frozenset(codes) for name, codes in known.items()}


def _code_for(row: Row, known: dict[str, set[str]], classification: str, between: _Between) -> str | None:
    """The one code that fits a row's name, the digits left of its code, and the order of the table."""
    name = key(row.name)
    if not name:
        return None
    for names in (known, _reference(classification)):
        codes = set(names.get(name, ()))
        if not codes and len(name) >= _CUT_NAME:  # a name cut off at the end of its cell
            codes = {c for spelling, found in names.items() if spelling.startswith(name) for c in found}
        fits = {c for c in codes if between.admits(c)}
        strict = {c for c in fits if row.code and c.startswith(row.code)}
        for choice in (strict, {c for c in fits if c[:3] == row.code[:3]}, fits if not row.code else set()):
            if len(choice) == 1:
                return next(iter(choice))
    return None


def _code_between(row: Row, siblings: list[Coded], between: _Between) -> str | None:
    """The one code that other tables print between the neighbours, for a row that lost both code and name."""
    if row.code or row.name or not between.low:
        return None
    choices = {
        r.code for t in siblings for r in t.rows if _is_valid(r.code, t.classification) and between.admits(r.code)
    }
    return next(iter(choices)) if len(choices) == 1 else None


def _restore_name(row: Row, siblings: list[Coded]) -> None:
    """A name run together with its neighbour's, or cut off, becomes the one the report prints elsewhere."""
    printed = Counter(r.name for t in siblings for r in t.rows if r.code == row.code and r.name)
    if not printed or row.name in printed:
        return
    name = printed.most_common(1)[0][0]
    here, there = key(row.name), key(name)
    if here != there and (here.startswith(there) or (there.startswith(here) and row.notes)):
        row.notes.append(f"name restored from {row.name or 'blank'}")
        row.name = name


# --- amounts ---------------------------------------------------------------------------------------------------------


def _is_damaged(table: Coded) -> bool:
    return any(reading.number.doubt for row in table.rows for reading in row.readings.values())


def _restore_amounts(table: Coded, siblings: list[Coded]) -> None:
    """Replace the amounts of damaged rows by those of another table that prints the same subject.

    The other table must agree with what is legible, its own row must add up, and the restored rows must add up to
    the row above them; else the row stays as it was read.
    """
    for row in table.rows:
        if not row.code or not _is_suspicious(row):
            continue
        for sibling in siblings:
            twin = next((r for r in sibling.rows if r.code == row.code), None)
            if twin is None or _is_suspicious(twin) or not _agrees(row, twin):
                continue
            if not set(twin.readings) & set(_PARTS):
                continue
            _take_over(row, twin, sibling.form)
            break
    if not _adds_up(table):
        for row in table.rows:
            for reading in row.readings.values():
                if any(note.startswith("restored") for note in reading.notes):
                    reading.notes.append("sums above do not confirm")


def _amount(row: Row, measure: str) -> Decimal | None:
    reading = row.readings.get(measure)
    return None if reading is None else reading.number.value


def _is_suspicious(row: Row) -> bool:
    """Whether a row holds damaged text, or parts that do not add up to its total."""
    if any(r.number.doubt for r in row.readings.values()):
        return True
    total = _amount(row, "total")
    parts = [v for m in _PARTS if (v := _amount(row, m)) is not None]
    return total is None or abs(sum(parts) - total) > _ROUNDING * (len(parts) + 1)


def _agrees(row: Row, twin: Row) -> bool:
    """Whether something legible in the damaged row is the same in the other."""
    for measure, reading in row.readings.items():
        other = _amount(twin, measure)
        if other is not None and other in (reading.number.value, *reading.number.candidates):
            return True
    return False


def _take_over(row: Row, twin: Row, form: str) -> None:
    """Take what is missing or damaged from another table; a well-formed number in its column stays."""
    for measure in [m for m in row.readings if m not in twin.readings]:
        dropped = row.readings.pop(measure)
        row.notes.append(f"dropped {measure} {dropped.text}: not in {form}")
    for measure, reading in twin.readings.items():
        own = row.readings.get(measure)
        if own is not None and not own.number.doubt:
            continue
        place = own.place if own else row.place
        text = own.text if own else ""
        row.readings[measure] = Reading(Number(reading.number.value), text, place, [f"restored from {form}"])


def _adds_up(table: Coded) -> bool:
    """Whether the children of every row of the table add up to it."""
    amounts = {r.code: v for r in table.rows if r.code and (v := _amount(r, "total")) is not None}
    children: dict[str, list[Decimal]] = defaultdict(list)
    for code, value in amounts.items():
        parent = next((code[:n] for n in (5, 3) if n < len(code) and code[:n] in amounts), None)
        if parent:
            children[parent].append(value)
    return all(abs(sum(v) - amounts[p]) <= _ROUNDING * (len(v) + 1) for p, v in children.items())
