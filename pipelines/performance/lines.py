"""Performance indicators in lines without column marks, as far as words and breaks of lines settle them.

A name of level 2 opens a row; what follows is its indicator and its values, which `line_cells` cuts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from pipelines.core.document import Place
from pipelines.core.folding import key
from pipelines.core.numbers import read_number
from pipelines.layout.appendix import FLAT, tidy
from pipelines.performance.line_cells import NUMBER, Token, cut, like_value, width
from pipelines.performance.row import IndicatorRow, words

_TARGET = re.compile(
    r"(长期|中期|年度|当年)\s*(?:绩效)?\s*(?:目标|指标)\s*(\d+)\s*[:：]\s*(\S[^\t]*?)\s*(?:[(（]\d+(?:\.\d+)?\s*分[)）].*)?$"
)
_TARGET_INSIDE = re.compile(r"(长期|中期|年度|当年)\s*(?:绩效)?\s*(?:目标|指标)\s*(\d+)\s*[:：]\s*(\S+)")
_COUNTER = re.compile(r"(?:份|次|个|家|条|台|套|人|件|本|册|场|小时|天|年|月|日|元|万元|分|项|篇|期|本/月|次/月|次/年)")
_YEAR = re.compile(r"20\d\d年?|年")
_OPEN = re.compile(r"[≥≤<>=]")

_LONG = 0.6
"""Share of the widest line from which on a line may be a full one of its column."""

_LEVEL1_WORDS, _LEVEL2_WORDS = 3, 5
"""Words that a name of a level may be broken into by the lines of a narrow column."""

_HEADINGS_BEFORE = 4
"""Words before 二级指标 that may be headings of the same row, read in disorder."""

_VALUE_COLUMNS = ("prior_2", "prior_1", "target", "actual", "score")


@dataclass(frozen=True, slots=True)
class Layout:
    """Which columns the headings name."""

    values: tuple[str, ...] = ()
    basis: bool = False
    goal: bool = False

    @classmethod
    def of(cls, names: Iterable[str]) -> Layout:
        """The layout of known headings."""
        known = set(names)
        return cls(tuple(n for n in _VALUE_COLUMNS if n in known), "other" in known, "goal" in known)

    @classmethod
    def of_text(cls, text: str) -> Layout:
        """The layout that heading words name, in whatever order they stand."""
        folded = key(text)
        names = {name for name, pattern in words().fields.items() if pattern.search(folded)}
        if "近两年" in folded or "前年" in folded:
            names |= {"prior_1", "prior_2"}
        return cls.of(names)


@dataclass(slots=True)
class _Open:
    """A row being collected."""

    level1: str
    level2: str
    number: str
    horizon: str
    goal: str
    place: Place
    layout: Layout
    part: int
    flat: bool
    tokens: list[Token] = field(default_factory=list)


def line_rows(lines: list[tuple[str, Place]], layout: Layout, year: int | None) -> list[IndicatorRow]:
    """Read the indicators of lines.

    Args:
        lines: Texts with their places.
        layout: Columns that headings above already told; empty when none did.
        year: Fiscal year of the report, for headings that are years.

    Returns:
        Rows with the levels, the indicator and the values that could be settled.
    """
    if not layout.values and not any("二级指标" in text for text, _ in lines):
        return []
    opened = _collect(_tokens(lines), layout)
    full = {part: _full([row for row in opened if row.part == part]) for part in {row.part for row in opened}}
    return [row for row in (_solve(o, full[o.part]) for o in opened) if row is not None]


def heading_layout(lines: list[tuple[str, Place]]) -> Layout | None:
    """The columns that headings among the lines name last, if any do."""
    tokens = _tokens(lines) if any("二级指标" in text for text, _ in lines) else []
    for i in range(len(tokens) - 1, -1, -1):
        if "二级指标" in key(tokens[i].text) and (stop := _headings_end(tokens, i)) > i:
            found = Layout.of_text("".join(t.text for t in tokens[max(0, i - _HEADINGS_BEFORE) : stop]))
            return found if found.values else None
    return None


def _full(rows: list[_Open]) -> float:
    """The width of a full line of the column of indicators: the usual one among the long lines."""
    widths = [round(t.width) for row in rows for t in row.tokens if t.words and not t.flat]
    long = [width for width in widths if width >= _LONG * max(widths)]
    return float(max(long, key=lambda width: (long.count(width), width))) if long else 0.0


def _tokens(lines: list[tuple[str, Place]]) -> list[Token]:
    """The words of the lines; a target's line stays whole."""
    tokens: list[Token] = []
    before: int | None = None
    for text, place in lines:
        adjacent = before is not None and place.line is not None and place.line - before <= 1
        before = place.line
        parted = "line" if adjacent else "blank"
        parts = _parts(text)
        flat = len(parts) > FLAT
        for part in parts:
            tokens.append(Token(part, place, parted, flat=flat))
            parted = "space"
    return tokens


def is_flat(text: str) -> bool:
    """Whether a line is a whole table whose cells lost their order."""
    return len(text) > 2 * FLAT and len(_parts(text)) > FLAT


def _parts(text: str) -> list[str]:
    if found := _TARGET.match(text.strip()):
        return [found.group()]
    raw = _TARGET_INSIDE.sub(lambda m: m.group().replace(" ", "\0"), text).replace("|", " ").split()
    parts: list[str] = []
    for word in (w.replace("\0", " ") for w in raw):
        counted = parts and _COUNTER.fullmatch(word) and NUMBER.fullmatch(parts[-1])
        if counted or (parts and _OPEN.fullmatch(parts[-1])):
            parts[-1] += word
        else:
            parts.append(word)
    return parts


def _collect(tokens: list[Token], layout: Layout) -> list[_Open]:
    """Cut the words into rows."""
    w = words()
    rows: list[_Open] = []
    current: _Open | None = None
    level1 = number = horizon = goal = ""
    before: list[str] = []
    active = bool(layout.values)
    part = 0
    i = 0
    while i < len(tokens):
        token = tokens[i]
        folded = key(token.text)
        if found := _TARGET_INSIDE.match(token.text):
            horizon, number, goal = (
                w.horizons.get(found.group(1), ""),
                found.group(2),
                tidy(token.text[found.start(3) :]),
            )
            goal = re.sub(r"[(（]\d+(?:\.\d+)?分[)）].*$", "", goal)
            current, before, level1 = None, [], ""
            i += 1
        elif "二级指标" in folded and (stop := _headings_end(tokens, i)) > i:
            layout = Layout.of_text("".join(t.text for t in tokens[max(0, i - _HEADINGS_BEFORE) : stop]))
            active, current, before, part = bool(layout.values), None, [], i
            number = "" if layout.goal else number
            i = stop
        elif w.total.match(folded) or (w.ends.search(folded) and token.parted != "space"):
            active, current = False, None
            i += 1
        elif not active:
            i += 1
        elif (count := _exact(tokens, i, w.level1)) and not (current and not current.tokens):
            level1, current = key("".join(t.text for t in tokens[i : i + count])), None
            i += count
        elif count := _level2(tokens, i):
            name = tidy("".join(t.text for t in tokens[i : i + count]))
            own = tidy("".join(before)) if layout.goal else goal
            current = _Open(level1, name, number, horizon, own, token.place, layout, part, token.flat)
            rows.append(current)
            before = []
            i += count
        elif current is not None:
            if layout.basis and w.basis.fullmatch(folded):
                current = None
            else:
                current.tokens.append(token)
            i += 1
        else:
            before = [] if w.heading_label.fullmatch(folded) else [*before, token.text]
            i += 1
    for row in rows:
        row.tokens = _measured(row.tokens)
    return rows


def _headings_end(tokens: list[Token], start: int) -> int:
    """Where the headings that start at a word end."""
    w = words()
    stop = start
    while stop < len(tokens) and not _exact(tokens, stop, w.level1) and not _TARGET_INSIDE.match(tokens[stop].text):
        folded = w.heading_noise.sub("", key(tokens[stop].text))
        if len(folded) > 1 and not _YEAR.fullmatch(folded) and not _is_heading(folded):
            break
        stop += 1
    return stop


def _is_heading(folded: str) -> bool:
    """Whether a word is a heading, a piece of one, or several."""
    w = words()
    if folded in w.heading_text:
        return True
    for pattern in w.fields.values():
        folded = pattern.sub("", folded)
    return not folded


def _exact(tokens: list[Token], start: int, names: Iterable[str]) -> int:
    """How many words from here make up one of the names, 0 when none do."""
    joined = ""
    for count, token in enumerate(tokens[start : start + _LEVEL1_WORDS], 1):
        joined += key(token.text)
        if joined in names:
            return count
        if not any(name.startswith(joined) for name in names):
            return 0
    return 0


def _level2(tokens: list[Token], start: int) -> int:
    """How many words from here make up a name of level 2; the longest counts."""
    names = words().level2
    joined, best = "", 0
    for count, token in enumerate(tokens[start : start + _LEVEL2_WORDS], 1):
        joined += key(token.text)
        if joined in names:
            best = count
        if not any(name.startswith(joined) for name in names):
            break
    return best


def _measured(tokens: list[Token]) -> list[Token]:
    """The words with the widths of their lines, as far as the lines belong to the row."""
    measured: list[Token] = []
    for i, token in enumerate(tokens):
        if i + 1 < len(tokens) and tokens[i + 1].parted == "space":
            measured.append(token)
            continue
        start = i
        while start > 0 and tokens[start].parted == "space":
            start -= 1
        line = [t.text for t in tokens[start : i + 1]]
        while len(line) > 1 and not like_value(line[0]) and like_value(line[-1]):
            line.pop()
        measured.append(replace(token, width=sum(map(width, line)), words=not all(map(like_value, line))))
    return measured


def _solve(row: _Open, full: float) -> IndicatorRow | None:
    """Settle which words are the indicator and which its values."""
    cells = cut(row.tokens, len(row.layout.values), full)
    indicator, texts = tidy("".join(cells[0])), [tidy("".join(c)) for c in cells[1:]]
    if len(indicator) < 2 or not texts:
        return None
    columns = row.layout.values
    columns = columns[: len(texts)] if "actual" in columns else columns[len(columns) - len(texts) :]
    values = dict(zip(columns, texts, strict=True))
    if values.get("score") and read_number(values["score"]) is None:
        values.pop("score")
    flat = row.flat
    return IndicatorRow(
        row.place,
        horizon=row.horizon,
        number=row.number,
        goal=row.goal,
        level1=row.level1,
        level2=row.level2,
        indicator=indicator,
        values=values,
        doubt={"level2", "indicator", *columns} if flat else set(),
        flat=flat,
    )
