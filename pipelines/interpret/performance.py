"""Performance indicators: the rows of 绩效目标表 and 绩效自评表, by what their headings and words say.

Columns of dumps collapse, cells are torn, merged labels stand beside the wrong row: a row is therefore laid over the
headings as a whole, by what its cells say first and by where they stand second (:func:`align`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from functools import lru_cache
from itertools import takewhile
from typing import Any

from pipelines.extract.document import Document
from pipelines.interpret.appendix import Appendix, Piece, Record, appendices, key, tidy
from pipelines.interpret.identity import Identity
from pipelines.interpret.normalise import CJK, read_number
from pipelines.interpret.performance_lines import Layout, heading_layout, is_flat, line_rows
from pipelines.interpret.performance_mend import IndicatorTable, mend
from pipelines.interpret.performance_row import IndicatorRow, words
from pipelines.interpret.personal import personal_of, without_personal

_WEIGHT = re.compile(r"[(（]\s*(\d+(?:\.\d+)?)\s*(?:分(?:\s*\*.*)?[)）]?|[)）]?$)")
_SCORE = re.compile(r"-?\d+(?:\.\d+)?分?")
_VALUE = re.compile(r"[≥≤><=＞＜]|\d")
_TARGET = re.compile(r"(长期|中期|年度|当年)(?:绩.)?(?:目标?|指标)?(\d+)?[:：]?(?:\((\d+(?:\.\d+)?)分?\)?)?[:：]?")
_HORIZON = re.compile(r"(长期|中期|年度)(?:绩效)?(?:目标|指标)(?:申报)?表?")
_MONEY = re.compile(r"\(((?:亿|千|万)?元)\)")
_SIGN = re.compile(r"[≥≤><=＝≈]|大于|小于|等于|大于等于|小于等于|定性|正向|反向")
_YEAR = re.compile(r"(20\d\d)年?")
_LABEL = re.compile(r"\D{0,2}(?:长期|年度)?.{0,2}(?:绩效|目标|指标).{0,4}|[(（]?\d+(?:\.\d+)?分?[)）]?|.{0,3}分[)）]?")
_NOWHERE = -99


@dataclass(frozen=True, slots=True)
class Heading:
    """A column: what it holds and where it stands."""

    name: str
    col: float


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


def performance_rows(document: Document, identity: Identity) -> list[dict[str, Any]]:
    """Read the indicator rows of every performance table of a document.

    Args:
        document: The document.
        identity: Its identity; the fiscal year tells which earlier years' columns are meant.

    Returns:
        Rows of ``EXTRACTED_PERFORMANCE`` without ``report_key`` and ``row_no``, in reading order; values are text as
        printed, without white space. A blank is an empty string.
    """
    tables = [_table(appendix, identity.fiscal_year) for appendix in appendices(document)]
    _carry_on([table.rows for table in tables])
    mend(tables, "\n".join(tidy(t) for t in _texts(document)))
    secrets = personal_of(document)
    return [_without(_as_dict(table.title, row), secrets) for table in tables for row in table.rows]


def _without(row: dict[str, Any], secrets: frozenset[str]) -> dict[str, Any]:
    """A row without names and telephone numbers of officials."""
    return {n: without_personal(text, secrets) if isinstance(text, str) else text for n, text in row.items()}


def _table(appendix: Appendix, year: int | None) -> IndicatorTable:
    lines = [r for r in appendix.records if r.cols == 0]
    flat = next((r for r in lines if is_flat(r.texts[0])), None)
    text = "".join(tidy(r.texts[0]) for r in lines) if flat is not None else ""
    place = flat.place if flat is not None else appendix.place
    return IndicatorTable(appendix.title, _rows(appendix, year), text, place)


def budget_rows(appendix: Appendix) -> list[IndicatorRow]:
    """The rows that tell the execution of the whole budget: amounts as target and actual value."""
    above = list(takewhile(lambda record: "二级指标" not in record.joined, appendix.records))
    rows = _rows(Appendix(appendix.title, appendix.place, above), None)
    return [r for r in rows if r.fixed and r.level1 == words().budget_level]


def _texts(document: Document) -> Iterator[str]:
    for block in document.blocks:
        if hasattr(block, "text"):
            yield block.text
        else:
            yield from (cell.text for cell in block.cells)


def _as_dict(title: str, row: IndicatorRow) -> dict[str, Any]:
    return {
        "table_title": title,
        "target_no": row.target_no,
        "goal": row.goal,
        "level1": row.level1,
        "level2": row.level2,
        "indicator": row.indicator,
        "target_value": row.values.get("target", ""),
        "actual_value": row.values.get("actual", ""),
        "score": row.values.get("score", ""),
        "weight": row.values.get("weight", ""),
        "prior_1": row.values.get("prior_1", ""),
        "prior_2": row.values.get("prior_2", ""),
        "page": row.place.page,
        "source_line": row.place.line,
    }


def _carry_on(tables: list[list[IndicatorRow]]) -> None:
    """Give targets that go on with an earlier table's numbers back to it: dumps print a page's title first."""
    for i, rows in enumerate(tables):
        first = next((r.target_no for r in rows if r.numbered), "")
        if not first.isdigit() or int(first) < 2:
            continue
        for earlier in reversed(tables[:i]):
            numbers = [int(r.target_no) for r in earlier if r.target_no.isdigit()]
            if numbers and max(numbers) == int(first) - 1:
                moved = [r for r in rows if r.numbered]
                rows[:] = [r for r in rows if not r.numbered]
                earlier.extend(moved)
                break


def _rows(appendix: Appendix, year: int | None) -> list[IndicatorRow]:
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
    headings = _headings(record, w.fields, year)
    names = {h.name for h in headings}
    if len(names) >= 2 and (names & {"level1", "level2", "indicator"} or state.heading_rows or "target" in names):
        _take_headings(record, headings, state)
        return
    budget = _headings(record, w.budget_fields, year)
    if {"budget", "final"} <= {h.name for h in budget}:
        state.budget, state.budget_weight = budget, _weight("".join(record.texts))
        state.unit = _unit(record)
        return
    state.heading_rows = 0
    if state.budget and (row := _budget_row(record, state)) is not None:
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
    beside = len(_headings(replace(record, pieces=rest), w.fields, None)) >= 2 if rest else False
    goal, torn = ("", False) if beside else join([p.text for p in rest])
    state.horizon = w.horizons.get(found.group(1), "")
    state.number = found.group(2) or (_next(state.number) if goal else "")
    state.goal, state.goal_doubt = goal, torn
    state.level1, state.level1_weight, state.ended = "", "", False
    if beside:
        _take_headings(record, _headings(record, w.fields, None), state)
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


def _headings(record: Record, fields: dict[str, re.Pattern[str]], year: int | None) -> list[Heading]:
    """The headings of a row; one cell may hold several. A cell that says more than headings is none."""
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
        hits: list[tuple[int, str]] = []
        for name, pattern in fields.items():
            for match in pattern.finditer(rest):
                hits.append((match.start(), name))
                rest = rest[: match.start()] + "\0" * len(match.group()) + rest[match.end() :]
        left = rest.replace("\0", "")
        if hits and len(left) <= 2:
            found += [Heading(name, piece.col + n / 10) for n, (_, name) in enumerate(sorted(hits))]
    unique: dict[str, Heading] = {}
    for heading in found:
        many = heading.name in {"other", "before"} and heading.name in unique
        name = f"{heading.name}#{heading.col:g}" if many else heading.name
        unique.setdefault(name, replace(heading, name=name))
    return list(unique.values())


# --- laying a row over its headings ---------------------------------------------------------------------------------

Fit = Callable[[str, str], float]


@dataclass(frozen=True, slots=True)
class Aligned:
    """A row laid over its headings: texts by column, and the columns whose text was put together or is damaged."""

    texts: dict[str, str]
    doubt: frozenset[str]
    skipped: tuple[str, ...]
    places: dict[str, float]


def align(record: Record, headings: list[Heading], cols: int, fit: Fit, missing: dict[str, float]) -> Aligned:
    """Lay the cells of a row over the headings, in order, so that contents and positions agree best.

    Neighbouring cells may be one torn cell, cells that fit nowhere are left out.

    Args:
        record: The row.
        headings: The columns, from left to right.
        cols: Number of columns of the grid the headings stand in; positions count only where it is the row's.
        fit: How well a text fits a column.
        missing: What a column without a text costs.
    """
    pieces = record.pieces
    weight = 0.0 if abs(record.cols - cols) > 2 else (1.0 if record.geometric else 0.3)

    def near(piece: Piece, heading: Heading) -> float:
        distance = abs(piece.col - heading.col)
        return weight * (3 - min(distance, 4)) if weight else 0.0

    # best[h]: the best score with the pieces so far laid over the first h headings, and the way there
    best: dict[int, tuple[float, tuple[tuple[int, ...], ...], tuple[int, ...]]] = {0: (0.0, (), ())}
    for h, heading in enumerate(headings):
        score, groups, skipped = best[h]
        best[h + 1] = (score - missing.get(heading.name, 0), (*groups, ()), skipped)
    for i, piece in enumerate(pieces):
        after: dict[int, tuple[float, tuple[tuple[int, ...], ...], tuple[int, ...]]] = {}
        for h in range(len(headings) + 1):
            options = [(best[h][0] - _skip(piece.text), best[h][1], (*best[h][2], i))]
            if h:
                name = headings[h - 1].name
                score, groups, skipped = best[h - 1]
                options.append((score + fit(name, piece.text) + near(piece, headings[h - 1]), (*groups, (i,)), skipped))
                score, groups, skipped = best[h]
                if groups[-1] and groups[-1][-1] == i - 1:
                    torn = min(0.0, fit(name, join([pieces[k].text for k in (*groups[-1], i)])[0]))
                    options.append((score - 1.2 + torn, (*groups[:-1], (*groups[-1], i)), skipped))
                score, groups, skipped = after[h - 1]
                options.append((score - missing.get(name, 0), (*groups, ()), skipped))
            after[h] = max(options, key=lambda o: o[0])
        best = after
    _, groups, left_out = best[len(headings)]
    texts: dict[str, str] = {}
    doubt = set()
    places = {h.name: pieces[g[0]].col for h, g in zip(headings, groups, strict=True) if g}
    for heading, group in zip(headings, groups, strict=True):
        texts[heading.name], torn_cell = join([pieces[k].text for k in group])
        if torn_cell or words().damaged.search(texts[heading.name]):
            doubt.add(heading.name)
    return Aligned(texts, frozenset(doubt), tuple(tidy(pieces[k].text) for k in left_out), places)


def _skip(text: str) -> float:
    folded = key(text)
    if _LABEL.fullmatch(folded) and not words().level2_names.fullmatch(folded):
        return 0.1
    return 0.6 if not CJK.search(folded) and not _SCORE.fullmatch(folded) and not _VALUE.search(folded) else 2.5


def join(texts: list[str]) -> tuple[str, bool]:
    """Put torn cells together: what both sides of the rule print stands once, half a character is no text.

    Returns:
        The text, and whether it was torn.
    """
    joined = tidy(texts[0]) if texts else ""
    for text in texts[1:]:
        piece = tidy(text)
        shared = next((n for n, (a, b) in enumerate(zip(joined, piece, strict=False)) if a != b), len(joined))
        if 2 <= shared < len(piece) and len(joined) - shared <= 1:  # the cell once more, this time whole
            joined = piece
            continue
        overlap = next((n for n in range(min(4, len(piece), len(joined)), 0, -1) if joined.endswith(piece[:n])), 0)
        piece = piece[overlap:]
        if joined and CJK.match(joined[-1]) and re.match(r"[0-9A-Za-z☆§&](?=[\u3400-\u9fff])", piece):
            piece = piece[1:]
        joined += piece
    return joined, len(texts) > 1


_MISSING = {"level1": 0.0, "level2": 0.6, "indicator": 1.5, "target": 1.3, "actual": 0.8, "score": 0.5, "weight": 0.5}


@lru_cache(1 << 14)
def _fit(name: str, text: str) -> float:
    """How well a text fits a column of indicators."""
    folded = key(text)
    w = words()
    seen = _Seen(
        folded,
        level1=w.level1_of(folded) is not None,
        level2=w.level2_names.fullmatch(_unweighted(folded)) is not None,
        number=_SCORE.fullmatch(folded) is not None,
        like_value=_VALUE.search(folded) is not None or w.values.match(folded) is not None,
    )
    return _FITS.get(name.partition("#")[0], _fit_value)(seen)


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a text looks like."""

    text: str
    level1: bool
    level2: bool
    number: bool
    like_value: bool

    @property
    def level(self) -> bool:
        return self.level1 or self.level2


def _fit_level1(seen: _Seen) -> float:
    if seen.level1:
        return 2.0 if seen.level2 else 4.0
    return 1.0 if words().tail_of_level(seen.text) else -4.0


def _fit_level2(seen: _Seen) -> float:
    plain = _unweighted(seen.text)
    names = words().level2
    if seen.level2:
        return 4.0
    if len(plain) <= 16 and re.search(r"指标$|满意度", plain):
        return 2.5
    alike = [n for n in names if abs(len(n) - len(plain)) <= 1]
    if len(plain) >= 3 and (any(n.startswith(plain) for n in names) or get_close_matches(plain, alike, 1, 0.7)):
        return 2.0
    return 0.3 if words().tail_of_level(seen.text) else (-6.0 if seen.number else -2.0)


def _fit_indicator(seen: _Seen) -> float:
    if seen.level:
        return -4.0 if seen.level1 else -2.5
    return -2.0 if len(CJK.findall(seen.text)) < 2 else 1.0


def _fit_goal(seen: _Seen) -> float:
    return -5.0 if seen.level else (-4.0 if seen.number else 0.5)


def _fit_other(seen: _Seen) -> float:
    if words().basis.search(seen.text):
        return 1.5
    return -5.0 if seen.level else (-1.0 if seen.like_value else 0.0)


def _fit_score(seen: _Seen) -> float:
    return 1.0 if seen.number else -8.0


def _fit_value(seen: _Seen) -> float:
    return -4.0 if seen.level else (1.0 if seen.like_value else 0.3)


def _fit_sign(seen: _Seen) -> float:
    return 2.0 if _SIGN.fullmatch(seen.text) else -8.0


def _fit_measure(seen: _Seen) -> float:
    return -8.0 if seen.number or seen.level or len(seen.text) > 6 else 1.2


_FITS: dict[str, Callable[[_Seen], float]] = {
    "level1": _fit_level1,
    "level2": _fit_level2,
    "indicator": _fit_indicator,
    "goal": _fit_goal,
    "other": _fit_other,
    "before": _fit_goal,
    "sign": _fit_sign,
    "measure": _fit_measure,
    "score": _fit_score,
    "weight": _fit_score,
}


def _fit_budget(name: str, text: str) -> float:
    """How well a text fits a column of the execution of the budget."""
    number = read_number(text)
    percent = re.fullmatch(r"\d+(?:\.\d+)?%", key(text)) is not None
    amount = number is not None and number.value is not None
    if name == "label":
        return 1.0 if CJK.search(text) and not re.search(r"分[)）]|情况", text) else -8.0
    if name == "rate":
        return 2.0 if percent else (0.0 if amount else -8.0)
    return 1.0 if amount else -8.0


def _budget_row(record: Record, state: _State) -> IndicatorRow | None:
    """The row of the whole budget: amounts as target and actual value."""
    w = words()
    headings = [Heading("label", min(h.col for h in state.budget) - 1), *sorted(state.budget, key=lambda h: h.col)]
    missing = {"label": 2.0, "budget": 1.0, "final": 1.0, "score": 0.5, "rate": 0.3, "weight": 0.5, "initial": 0.5}
    laid = align(_split_numbers(record), headings, record.cols, _fit_budget, missing)
    label = laid.texts.get("label", "")
    if not w.budget_total.search(label) or not laid.texts.get("budget"):
        return None
    weight = laid.texts.get("weight") or state.budget_weight or _weight("".join(record.texts))
    texts = {"target": "budget", "actual": "final", "score": "score"}
    values = {name: _plain_number(laid.texts.get(column, "")) for name, column in texts.items()}
    return IndicatorRow(
        record.place,
        level1=w.budget_level,
        indicator=label,
        values=values | {"weight": weight},
        fixed=True,
        unit=state.unit or _unit(record),
    )


def _split_numbers(record: Record) -> Record:
    """Cut cells that hold several numbers, or words and numbers; a number that the next cell prints whole goes."""
    pieces: list[Piece] = []
    for piece in record.pieces:
        text = re.sub(r"(?<=\d)([.,])\s+(?=\d)", r"\1", piece.text.strip())
        found = re.match(r"(.*?)((?:\s+|^)\d[\d.,%]*(?:\s+\d[\d.,%]*)*)$", text)
        head, tail = (found.group(1), found.group(2).split()) if found else (text, [])
        label = re.sub(r"^(?:[(（][^()（）]*[)）]\s*)+", "", head)
        parts = [label, *tail] if label else tail or [text]
        pieces += [Piece(part, piece.col + n / 10) for n, part in enumerate(parts) if part]
    return replace(
        record,
        pieces=tuple(
            p
            for p, after in zip(pieces, [*pieces[1:], None], strict=True)
            if after is None
            or p.text == after.text
            or not (re.match(r"\d+\.\d", p.text) and re.fullmatch(re.escape(p.text) + r"\d+", after.text))
        ),
    )


def _total_row(record: Record, state: _State) -> IndicatorRow | None:
    """The row of the total score."""
    numbers = [p.text for p in record.pieces[1:] if _SCORE.fullmatch(key(p.text))]
    if not numbers:
        return None
    total = tidy(record.texts[0]).rstrip(":：")
    values: dict[str, str] = {}
    if any(h.name == "weight" for h in state.headings) and len(numbers) > 1:
        values["weight"], numbers = _plain_number(numbers[0]), numbers[-1:]
    values["score"] = _plain_number(join(numbers)[0])
    return IndicatorRow(record.place, level1=total, indicator=total, values=values, fixed=True)


def _unit(record: Record) -> str:
    """The unit of money in brackets beside a label."""
    found = _MONEY.search(record.joined)
    return found.group(1) if found else ""


def _plain_number(text: str) -> str:
    """A number without the signs that group its digits; other text as it is."""
    number = read_number(key(text).removesuffix("分"))
    return tidy(text) if number is None or number.value is None else f"{number.value:f}"


def _weight(text: str) -> str:
    found = _WEIGHT.search(key(text))
    return found.group(1) if found else ""


def _unweighted(text: str) -> str:
    return _WEIGHT.sub("", text)


def _take_indicator(record: Record, state: _State, rows: list[IndicatorRow]) -> None:
    """Take a row of an indicator, or the rest of one that is torn."""
    w = words()
    laid = align(_split_levels(record), state.headings, state.cols, _fit, _MISSING)
    texts = dict(laid.texts)
    level1 = w.level1_of(key(_unweighted(key(texts.get("level1", "")))))
    if level1 is not None:
        state.level1, state.level1_weight = level1, _weight(texts["level1"])
    level2 = tidy(_unweighted(tidy(texts.get("level2", ""))))
    level2 = level2 if CJK.search(level2) else ""
    values = {n: texts[n] for n in ("target", "actual", "prior_1", "prior_2") if texts.get(n)}
    if values.get("target") and ("sign" in texts or "measure" in texts):
        sign = texts.get("sign", "")
        values["target"] = (sign if sign in "≥≤><=" else "") + values["target"] + texts.get("measure", "")
    scores = {n: _plain_number(texts[n]) for n in ("score", "weight") if texts.get(n)}
    indicator = texts.get("indicator", "")
    if _completes_level(level2 or texts.get("level1", ""), indicator, values, rows):
        rows[-1].level2 = _whole_level(rows[-1].level2, level2)
        rows[-1].values.setdefault("weight", _weight(texts.get("level2", "")))
        return
    bare = not level2 and not scores and level1 is None
    if bare and (_continue(record, state, rows) or not _says_something(indicator, values)):
        return
    if len(CJK.findall(indicator)) < 2 or not (values or scores or level2) or _LABEL.fullmatch(key(indicator)):
        return
    own = _weight(texts["level2"]) if level2 else ""
    if own:
        scores.setdefault("weight", own)
    for name, text in state.pending.items():
        values[name] = text + values.get(name, "")
    state.pending = {}
    goal = state.goal = texts.get("goal") or state.goal
    doubt = laid.doubt - {"level1", "level2", "score", "weight"}
    torn = frozenset(doubt)
    if doubt or any(not _LABEL.fullmatch(key(text)) for text in laid.skipped):
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
        both = tail and names.fullmatch(_unweighted(key(head))) and not names.fullmatch(_unweighted(whole))
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
        if abs(columns[name] - piece.col) > 0.5 or name in parts or not CJK.search(text):
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


# --- what the whole table settles -----------------------------------------------------------------------------------


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
