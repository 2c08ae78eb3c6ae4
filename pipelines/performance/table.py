"""The indicators of one performance table: headings, targets, the execution of the budget, indicators, the total."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import takewhile

from pipelines.core.folding import key
from pipelines.core.lexicon import CJK
from pipelines.layout.appendix import Appendix, Piece, Record, tidy
from pipelines.performance.align import MISSING, Heading, align, fit, is_label, is_score, join, unweighted, weight_in
from pipelines.performance.budget_execution import budget_row, plain_number, unit_beside
from pipelines.performance.lines import Layout, heading_layout, line_rows
from pipelines.performance.row import IndicatorRow, words

_TARGET = re.compile(r"(长期|中期|年度|当年)(?:绩.)?(?:目标?|指标)?(\d+)?[:：]?(?:\((\d+(?:\.\d+)?)分?\)?)?[:：]?")
_HORIZON = re.compile(r"(长期|中期|年度)(?:绩效)?(?:目标|指标)(?:申报)?表?")
_YEAR = re.compile(r"(20\d\d)年?")
_NOWHERE = -99
"""Columns of a grid that no grid has: headings of lines have no positions."""

_SAME_COLUMN = 0.5
"""Columns by which the rest of a torn cell may be off the cell above it."""


@dataclass(slots=True)
class _State:
    """What a row inherits from those above it."""

    headings: list[Heading] = field(default_factory=list)
    cols: int = 0
    heading_rows: int = 0
    budget: list[Heading] = field(default_factory=list)
    budget_weight: str = ""
    unit: str = ""
    horizon: str = ""
    number: str = ""
    goal: str = ""
    goal_doubt: bool = False
    level1: str = ""
    level1_weight: str = ""
    ended: bool = False
    pending: dict[str, str] = field(default_factory=dict)
    places: dict[str, float] = field(default_factory=dict)
    """Where the last whole row had its texts."""


def table_rows(appendix: Appendix, year: int | None) -> list[IndicatorRow]:
    """The rows of one table."""
    state = _State()
    rows: list[IndicatorRow] = []
    lines: list[Record] = []
    for record in appendix.records:
        if record.cols == 0:
            lines.append(record)
            continue
        rows += _line_rows(lines, state, year)
        lines = []
        _take(record, state, rows, year)
    rows += _line_rows(lines, state, year)
    _settle_horizons(rows)
    _settle_levels(rows)
    return [r for r in rows if r.indicator]


def _line_rows(lines: list[Record], state: _State, year: int | None) -> list[IndicatorRow]:
    """Rows of lines without column marks."""
    if not lines:
        return []
    state.headings = [] if state.ended else state.headings
    before = state.level1
    texts = [(r.texts[0], r.place) for r in lines]
    found = line_rows(texts, Layout.of(h.name for h in state.headings), year)
    if not state.headings and (layout := heading_layout(texts)) is not None:
        names = ("level1", "level2", "indicator", *layout.values)
        state.headings, state.cols, state.ended = [Heading(n, i) for i, n in enumerate(names)], _NOWHERE, False
    if found:
        state.level1 = found[-1].level1 or before
        state.number, state.goal = found[-1].target_no or state.number, found[-1].goal or state.goal
    return found


def _take(record: Record, state: _State, rows: list[IndicatorRow], year: int | None) -> None:
    """Take one grid row: headings, a target, the execution of the budget, the total, or an indicator."""
    record = replace(record, pieces=_unrepeated(record.pieces))
    w = words()
    first = key(record.texts[0])
    if _take_target(record, state):
        return
    headings = _headings(record, year)
    names = {h.name for h in headings}
    if len(names) >= 2 and (names & {"level1", "level2", "indicator"} or state.heading_rows or "target" in names):
        _take_headings(record, headings, state)
        return
    budget = _headings(record, year, budget=True)
    if {"budget", "final"} <= {h.name for h in budget}:
        state.budget, state.budget_weight = budget, weight_in("".join(record.texts))
        state.unit = unit_beside(record)
        return
    state.heading_rows = 0
    if state.budget and (row := budget_row(record, state.budget, state.budget_weight, state.unit)) is not None:
        rows.append(row)
        state.budget = []
        return
    if w.total.match(first):
        state.ended = True
        row = _total_row(record, state)
        if row is not None and rows:
            rows.append(row)
        return
    if w.ends.search(first) or (len(record.pieces) > 1 and w.ends.search(key("".join(record.texts[:2])))):
        state.ended = True
    if found := _HORIZON.fullmatch(first):
        state.horizon = w.horizons.get(found.group(1), "")
        if len(record.pieces) == 1:
            return
    if state.headings and not state.ended:
        _take_indicator(record, state, rows)


def _unrepeated(pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
    """Cells without the tail that the next cell prints again: a number set across a rule is read on both sides."""
    kept = list(pieces)
    for i in range(len(kept) - 1):
        text, following = kept[i].text.strip(), kept[i + 1].text.strip()
        if re.fullmatch(r"[\d.,\s]+", text) and text != following and text.endswith(" " + following):
            kept[i] = replace(kept[i], text=text[: -len(following)].strip())
    return tuple(kept)


def _take_target(record: Record, state: _State) -> bool:
    """Take a row that names a target (年度目标1：… ), its number and goal; headings may stand beside it."""
    texts = [key(t) for t in record.texts]
    found = None
    used = 0
    for count in (2, 1):
        found = _TARGET.fullmatch("".join(texts[:count])) if len(texts) >= count else None
        if found is not None and (found.group(2) or found.group(3) or texts[count - 1].endswith(":")):
            used = count
            break
    if found is None or not used:
        return False
    w = words()
    rest = record.pieces[used:]
    beside = len(_headings(replace(record, pieces=rest), None)) >= 2 if rest else False
    goal, torn = ("", False) if beside else join([p.text for p in rest])
    state.horizon = w.horizons.get(found.group(1), "")
    state.number = found.group(2) or (_next(state.number) if goal else "")
    state.goal, state.goal_doubt = goal, torn
    state.level1, state.level1_weight, state.ended = "", "", False
    if beside:
        _take_headings(record, _headings(record, None), state)
    return True


def _next(number: str) -> str:
    return str(int(number) + 1) if number.isdigit() else "1"


def _take_headings(record: Record, headings: list[Heading], state: _State) -> None:
    """Take a row of headings; a second row below refines the first."""
    known = state.headings if state.heading_rows else []
    names = {h.name for h in headings}
    merged = [*[h for h in known if h.name not in names], *headings]
    state.headings = sorted((h for h in merged if h.name != "group"), key=lambda h: h.col)
    state.cols, state.heading_rows, state.ended = record.cols, state.heading_rows + 1, False
    state.places = {}
    state.budget = []


def _headings(record: Record, year: int | None, *, budget: bool = False) -> list[Heading]:
    """The headings of a row; one cell may hold several. A cell that says more than headings is none.

    Args:
        record: The row.
        year: The fiscal year, where earlier years' columns may be meant.
        budget: Whether it is the headings of the execution of the budget that are looked for.
    """
    w = words()
    found: list[Heading] = []
    if not w.any_heading.search(record.joined):
        return found
    for i, piece in enumerate(record.pieces):
        rest = w.heading_noise.sub("", key(piece.text))
        if i + 1 < len(record.pieces) and 2 <= len(rest) <= 3 and re.fullmatch(r"[一二三四]级|[年实][初度际].", rest):
            rest += key(record.pieces[i + 1].text)  # a heading torn over two columns
        if year is not None and (printed := _YEAR.fullmatch(rest)):
            name = {1: "prior_1", 2: "prior_2"}.get(year - int(printed.group(1)))
            found += [Heading(name, piece.col)] if name else []
            continue
        found += [Heading(name, piece.col + n / 10) for n, name in enumerate(_named(rest, budget))]
    unique: dict[str, Heading] = {}
    for heading in found:
        many = heading.name in {"other", "before"} and heading.name in unique
        name = f"{heading.name}#{heading.col:g}" if many else heading.name
        unique.setdefault(name, replace(heading, name=name))
    return list(unique.values())


@lru_cache(1 << 12)
def _named(rest: str, budget: bool) -> tuple[str, ...]:
    """The columns that a cell names, if it says nothing else."""
    hits: list[tuple[int, str]] = []
    for name, pattern in (words().budget_fields if budget else words().fields).items():
        for match in pattern.finditer(rest):
            hits.append((match.start(), name))
            rest = rest[: match.start()] + "\0" * len(match.group()) + rest[match.end() :]
    return tuple(name for _, name in sorted(hits)) if len(rest.replace("\0", "")) <= 2 else ()


def budget_rows(appendix: Appendix) -> list[IndicatorRow]:
    """The rows that tell the execution of the whole budget: amounts as target and actual value."""
    above = list(takewhile(lambda record: "二级指标" not in record.joined, appendix.records))
    rows = table_rows(Appendix(appendix.title, appendix.place, above), None)
    return [r for r in rows if r.fixed and r.level1 == words().budget_level]


def _total_row(record: Record, state: _State) -> IndicatorRow | None:
    """The row of the total score."""
    numbers = [p.text for p in record.pieces[1:] if is_score(p.text)]
    if not numbers:
        return None
    total = tidy(record.texts[0]).rstrip(":：")
    values: dict[str, str] = {}
    if any(h.name == "weight" for h in state.headings) and len(numbers) > 1:
        values["weight"], numbers = plain_number(numbers[0]), numbers[-1:]
    values["score"] = plain_number(join(numbers)[0])
    return IndicatorRow(record.place, level1=total, indicator=total, values=values, fixed=True)


def _take_indicator(record: Record, state: _State, rows: list[IndicatorRow]) -> None:
    """Take a row of an indicator, or the rest of one that is torn."""
    w = words()
    laid = align(_split_levels(record), state.headings, state.cols, fit, MISSING)
    texts = dict(laid.texts)
    level1 = w.level1_of(key(unweighted(key(texts.get("level1", "")))))
    if level1 is not None:
        state.level1, state.level1_weight = level1, weight_in(texts["level1"])
    level2 = tidy(unweighted(tidy(texts.get("level2", ""))))
    level2 = level2 if CJK.search(level2) else ""
    values = {n: texts[n] for n in ("target", "actual", "prior_1", "prior_2") if texts.get(n)}
    if values.get("target") and ("sign" in texts or "measure" in texts):
        sign = texts.get("sign", "")
        values["target"] = (sign if sign in "≥≤><=" else "") + values["target"] + texts.get("measure", "")
    scores = {n: plain_number(texts[n]) for n in ("score", "weight") if texts.get(n)}
    indicator = texts.get("indicator", "")
    if _completes_level(level2 or texts.get("level1", ""), indicator, values, rows):
        rows[-1].level2 = _whole_level(rows[-1].level2, level2)
        rows[-1].values.setdefault("weight", weight_in(texts.get("level2", "")))
        return
    bare = not level2 and not scores and level1 is None
    if bare and (_continue(record, state, rows) or not _says_something(indicator, values)):
        return
    if len(CJK.findall(indicator)) < 2 or not (values or scores or level2) or is_label(indicator):
        return
    own = weight_in(texts["level2"]) if level2 else ""
    if own:
        scores.setdefault("weight", own)
    for name, text in state.pending.items():
        values[name] = text + values.get(name, "")
    state.pending = {}
    goal = state.goal = texts.get("goal") or state.goal
    doubt = laid.doubt - {"level1", "level2", "score", "weight"}
    torn = frozenset(doubt)
    if doubt or any(not is_label(text) for text in laid.skipped):
        doubt |= {"indicator", "target", "actual"}
    if not level2:
        doubt |= {"level2"}
    if state.goal_doubt and not texts.get("goal"):
        doubt, torn = doubt | {"goal"}, torn | {"goal"}
    last = rows[-1] if rows else None
    state.places = laid.places
    rows.append(
        IndicatorRow(
            record.place,
            horizon=state.horizon,
            number=state.number,
            goal=goal,
            level1=state.level1,
            level2=level2 or (last.level2 if last is not None and last.level1 == state.level1 else ""),
            indicator=indicator,
            values=values | scores,
            level1_weight=state.level1_weight,
            doubt=set(doubt),
            torn=torn,
        )
    )


def _says_something(indicator: str, values: dict[str, str]) -> bool:
    """Whether a row without levels and score can still be an indicator of its own."""
    return len(CJK.findall(indicator)) >= 2 and any(len(text) >= 2 for text in values.values())


def _completes_level(level: str, indicator: str, values: dict[str, str], rows: list[IndicatorRow]) -> bool:
    """Whether a row only has the rest of the level's name above it (服务对象 / 满意度指标)."""
    if not level or indicator or values or not rows or rows[-1].fixed:
        return False
    above = key(rows[-1].level2)
    return above not in words().level2 and _whole_level(above, level) != above


def _whole_level(above: str, rest: str) -> str:
    whole = key(above) + key(rest)
    return whole if words().level2_names.fullmatch(whole) else above


def _split_levels(record: Record) -> Record:
    """Cut a cell that holds level 2 and the indicator."""
    pieces: list[Piece] = []
    for piece in record.pieces:
        head, _, tail = piece.text.strip().partition(" ")
        whole = key(piece.text)
        names = words().level2_names
        both = tail and names.fullmatch(unweighted(key(head))) and not names.fullmatch(unweighted(whole))
        if both and not re.match(r"指标|标|[(（]", key(tail)):
            pieces += [replace(piece, text=head), Piece(tail, piece.col + 0.5)]
        else:
            pieces.append(piece)
    return replace(record, pieces=tuple(pieces))


def _continue(record: Record, state: _State, rows: list[IndicatorRow]) -> bool:
    """Add what a row over a page break has left to the indicator above; a cell that ends open goes to the next row.

    Returns:
        Whether the row was such a rest; its cells stand where the row above has its own.
    """
    columns = {n: c for n, c in state.places.items() if n not in {"level1", "level2", "score", "weight", "goal"}}
    parts: dict[str, str] = {}
    for piece in record.pieces:
        text = tidy(piece.text)
        if words().tail_of_level(key(text)) or not columns:
            return False
        name = min(columns, key=lambda n: abs(columns[n] - piece.col))
        if abs(columns[name] - piece.col) > _SAME_COLUMN or name in parts or not CJK.search(text):
            return False
        parts[name] = text
    if all(re.search(r"[/、,，(（:：]$", text) for text in parts.values()):
        state.pending |= parts
        return True
    if not rows or rows[-1].fixed:
        return False
    last = rows[-1]
    for name, text in parts.items():
        if name == "indicator":
            last.indicator += text
        elif name != "other":
            last.values[name] = last.values.get(name, "") + text
            last.doubt.add(name)
    return True


def _settle_horizons(rows: Iterable[IndicatorRow]) -> None:
    """Put the horizon before the target's number where a table sets long-term and annual targets."""
    rows = list(rows)
    several = len({r.horizon for r in rows if r.horizon}) > 1
    for row in rows:
        row.target_no = (row.horizon if several else "") + row.number


def _settle_levels(rows: list[IndicatorRow]) -> None:
    """Settle level 1 where the label of a merged cell stands beside another row, and weights printed with level 1."""
    w = words()
    for row in rows:
        if not row.fixed:
            row.level1 = w.level1_for(row.level1, key(row.level2))
    groups: dict[tuple[str, str, str], list[IndicatorRow]] = {}
    for row in rows:
        groups.setdefault((row.horizon, row.number, row.level1), []).append(row)
    for group in groups.values():
        if len(group) == 1 and not group[0].fixed and group[0].level1_weight:
            group[0].values.setdefault("weight", group[0].level1_weight)
