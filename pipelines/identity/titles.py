"""Titles: year, body, 部门预算 or 决算, and an ending, in one piece or over several."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

from pipelines.core.document import Place
from pipelines.identity.names import is_body, is_government, is_of_a_place, is_placeholder, plain, stands_first
from pipelines.identity.pieces import LONGEST, Piece
from pipelines.identity.words import STAGES, YEAR, any_of, as_year, kind_of_account, words

MOST_PIECES = 5
"""Pieces over which a title may be broken: year, two lines of a name, 部门, 预算."""

_LONGEST_PART = 40  # characters of a line that a title goes on after
_LINE_OF_PROSE = 25  # characters from which a line is one of a paragraph
_KIND = re.compile("预算|决算")
_YEAR_BEHIND = re.compile(rf"(?:关于)?(?:(?P<year>{YEAR})(?:年度|年|度)?|(?<!\d)年度?)$")
_YEAR_AHEAD = re.compile(rf"^(?P<year>{YEAR})(?:年度|年|度)")
_BEHIND = re.compile(r"\((?P<bracket>[^()]+)\)|[-—–](?P<dash>[^-—–()]+)$")
_YEAR_LAST = re.compile(rf"(?<=[算开明表书])\(?(?P<year>{YEAR})(?:年度|年|度)?\)?$")
_RANGE = re.compile(rf"{YEAR}年?[-—–~至到]{YEAR}|{YEAR}[-—–~至到]\d\d年|三年(?:滚动)?(?:财政)?规划|中期财政规划")
YEAR_ALONE = re.compile(rf"\(?(?P<year>{YEAR})(?:年度|年|度)\)?")
_DIGITS_ALONE = re.compile(r"20\d\d")


@dataclass(frozen=True, slots=True)
class Title:
    """What a title says.

    Attributes:
        name: The body; None where the title names none.
        year: The fiscal year; None where it states none, or several.
        stage: ``budget`` or ``final``.
        scope: ``unit`` or ``department``; None where it does not say.
        text: As folded.
        place: Where it begins.
        piece: Number of its last piece.
        order: That piece's ``order``.
        numbered: Whether it is a heading or an entry of a contents list.
        pieces: How many pieces it is put together from.
        loose: Whether it may be a wrapped line of a paragraph: it goes on from a long line, or states neither a year
            nor that the account is a department's or unit's.
        placeholder: Whether its body is the XX局 of a blank form.
        government: Whether its body is a region, and no word makes it a department's.
    """

    name: str | None
    year: int | None
    stage: str
    scope: str | None
    text: str
    place: Place
    piece: int
    order: int
    numbered: bool
    pieces: int
    loose: bool = False
    placeholder: bool = False
    government: bool = False


@cache
def _ending() -> re.Pattern[str]:
    return re.compile(f"(?:{any_of(words()['ending'])})*")


@cache
def _scope_words() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    data = words()
    return re.compile(data["own_report"]), re.compile(data["whole_department"]), re.compile(data["unit_level"])


def scope_of(marks: str, level: str | None = None) -> str | None:
    """The scope that (本级), (汇总) or 单位预算 state."""
    own, whole, unit = _scope_words()
    if own.search(marks) or (level and unit.fullmatch(level)):
        return "unit"
    return "department" if whole.search(marks) else None


def titles(found: Sequence[Piece]) -> list[Title]:
    """Find the titles among pieces, in their order; of several beginnings of one title the most telling."""
    return [title for last in range(len(found)) if (title := _title_ending_at(found, last)) is not None]


def _title_ending_at(found: Sequence[Piece], last: int) -> Title | None:
    if found[last].spoken or ("算" not in found[last].text and "预算" not in found[last].text):
        return None
    options: list[Title] = []
    for first in range(last, max(-1, last - MOST_PIECES), -1):
        if first < last and not _goes_on(found, first):
            break
        text = "".join(piece.text for piece in found[first : last + 1])
        if len(text) > LONGEST:
            break
        title = _parse(text, found[first], last, last - first + 1, continued=_is_continued(found, first))
        title = title and replace(title, order=found[last].order)
        if title is not None:
            options.append(title)
    return max(options, key=_telling, default=None)


def _goes_on(found: Sequence[Piece], first: int) -> bool:
    """Whether a title may begin in a piece and go on in the next."""
    piece, behind = found[first], found[first + 1]
    return (
        not piece.spoken
        and not piece.listed
        and not (behind.numbered or behind.listed)
        and len(piece.text) <= _LONGEST_PART
        and not re.search(r"[,，。;；:：]", piece.text)
        and re.match(words()["contents"], piece.text) is None
        and not (is_body(plain(piece.text)) and stands_first(behind.text))
        and not (_KIND.search(piece.text) and _parse(piece.text, piece, first, 1) is not None)
    )


def _is_continued(found: Sequence[Piece], first: int) -> bool:
    """Whether a piece goes on from a long line before it that ends in the middle of a sentence."""
    before = found[first - 1] if first else None
    return (
        before is not None
        and not (before.spoken or before.listed)
        and len(before.text) >= _LINE_OF_PROSE
        and re.search(r"[。;:!?)》]$|[算表书开明告]$", before.text) is None
    )


def _telling(title: Title) -> tuple[bool, bool, bool, int]:
    """How good a reading of one title is: with a body, one that says where it is, with a year, from most pieces."""
    first = title.name is not None and stands_first(title.name)
    length = title.pieces if first or title.name is None else -title.pieces
    return title.name is not None, first, title.year is not None, length


def _parse(text: str, piece: Piece, last: int, count: int, *, continued: bool = False) -> Title | None:
    """Read a piece of folded text as a title, if it is one."""
    text, year_last = _without_last_year(text)
    for kind in _KIND.finditer(text):
        ending = text[kind.end() :]
        if not _ending().fullmatch(ending):
            behind = _BEHIND.search(ending)
            if not (behind and behind["dash"] and is_body(plain(behind["dash"]))):
                continue
            if not _ending().fullmatch(ending[: behind.start()]):
                continue
        before = text[: kind.start()]
        account = kind_of_account().search(before)
        level = (account and account["level"]) or ""
        marks = "".join(filter(None, account.group("before", "after", "last"))) if account else ""
        named = before[: account.start()] if account else before
        rolling = _RANGE.search(text) is not None
        named, year = _without_year(named)
        named = re.sub(f"^(?:{words()['about']})", "", named)
        name = plain(named)
        if not name or (level and is_of_a_place(name)):  # 某市2023年部门预算: whose stands elsewhere
            name, named = _behind(ending), ""
        result = Title(
            name=name if is_body(name) else None,
            year=None if rolling else year or year_last,
            stage=STAGES[kind[0]],
            scope=scope_of(named + marks, level) or scope_of(ending),
            text=text,
            place=piece.place,
            piece=last,
            order=piece.order,
            numbered=piece.numbered or piece.listed,
            pieces=count,
            loose=continued or not (year or year_last or level or rolling),
            placeholder=is_placeholder(named),
            government=bool(named) and not level and is_government(name),
        )
        if result.name or result.placeholder or result.government or not name:
            return result
        return None
    return None


def _behind(ending: str) -> str:
    """The body that stands behind the kind, in brackets or after a dash: 部门预算公开（某局）."""
    for found in _BEHIND.finditer(ending):
        name = plain(found["bracket"] or found["dash"])
        if is_body(name):
            return name
    return ""


def _without_last_year(text: str) -> tuple[str, int | None]:
    """Take a year off the end of a title: 部门决算公开（2022年）."""
    found = _YEAR_LAST.search(text)
    return (text[: found.start()], as_year(found["year"])) if found else (text, None)


def _without_year(named: str) -> tuple[str, int | None]:
    """Take the year off the front or the end of what stands before the kind of account."""
    behind, ahead = _YEAR_BEHIND.search(named), _YEAR_AHEAD.match(named)
    years = {as_year(match["year"]) for match in (behind, ahead) if match and match["year"]}
    if behind:
        named = named[: behind.start()]
    if ahead and ahead.end() <= len(named):
        named = named[ahead.end() :]
    return named, years.pop() if len(years) == 1 else None


def year_alone(piece: Piece) -> int | None:
    """The year of a piece that is nothing else: 2019年度, （2026年度）, 2026."""
    if piece.spoken:
        return None
    if found := YEAR_ALONE.fullmatch(piece.text):
        return as_year(found["year"])
    return int(piece.text) if _DIGITS_ALONE.fullmatch(piece.text) else None
