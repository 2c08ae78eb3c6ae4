"""From what is printed to what is meant: each part of the identity, or the candidates that do not agree."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from pipelines.identity.evidence import COVER, Evidence, Naming, is_opening
from pipelines.identity.names import agree, joined_bodies, same, stands_first
from pipelines.identity.titles import year_alone
from pipelines.identity.words import STAGES, YEAR, as_year, weight

MOST_COUNTED = 4
"""Printings of one kind that count for a name: a caption on every page says no more than on four."""

_RIVAL = 0.6  # share of the best candidate's weight from which another one makes the choice unsafe
_CAPTIONS = frozenset({"caption", "weak_caption", "grid_caption"})
_TITLES = frozenset({"title", "cover", "later_title"})
_ENOUGH_CAPTIONS = 2  # captions of one other body that contradict a title
_ENOUGH_TABLES = 3  # tables that contradict a title's year or stage
_ENOUGH_YEARS = 3  # mentions in the narrative from which a year may be taken
_CLEAR = 0.6  # share of the mentions that the year must have
_TABLE_YEAR = re.compile(rf"(?P<year>{YEAR})年?度?")
_STATED_YEAR = re.compile(rf"(?P<year>{YEAR})年度?(?=[^,，。;；]{{0,20}}(?:预算|决算|收支|支出|收入))")
_FUNDS = re.compile(r"一般公共预算|政府性基金预算|国有资本经营预算|预算单位|年初预算|全年预算|预算数|预算外|预决算")
_STAGE = re.compile("预算|决算")


@dataclass(frozen=True, slots=True)
class Choice:
    """One part of an identity.

    Attributes:
        value: None where nothing is printed or what is printed does not agree.
        reason: Where it stands, for people.
        rivals: Values that do not agree, the best first; empty where one was chosen or none is printed.
        spellings: Of a body: all that are printed.
    """

    value: str | int | None
    reason: str = ""
    rivals: tuple[str, ...] = ()
    spellings: tuple[str, ...] = ()


@dataclass(slots=True)
class _Candidate:
    name: str
    score: float = 0
    kinds: Counter[str] = field(default_factory=Counter)
    spellings: Counter[str] = field(default_factory=Counter)
    first: Naming | None = None

    def supports(self, other: _Candidate) -> bool:
        return agree(self.name, other.name)

    @property
    def captions(self) -> int:
        return sum(self.kinds[kind] for kind in _CAPTIONS)

    @property
    def places(self) -> str:
        return "、".join(f"{_KIND_ZH[kind]}{count}处" for kind, count in self.kinds.most_common())

    @property
    def shown(self) -> str:
        return f"{self.name}（{self.places}）"


_KIND_ZH = {
    "title": "标题",
    "cover": "封面",
    "later_title": "后文标题",
    "caption": "表头",
    "weak_caption": "表头",
    "grid_caption": "表格",
    "sentence": "正文",
    "heading": "章节标题",
}


def _candidates(namings: Iterable[Naming]) -> list[_Candidate]:
    """Put the printings of each body together, the best first; a name with its region in front is the same body."""
    known: dict[str, _Candidate] = {}
    for naming in namings:
        one = known.setdefault(naming.name, _Candidate(naming.name, first=naming))
        if one.kinds[naming.kind] < MOST_COUNTED:
            one.score += weight(naming.kind)
        one.kinds[naming.kind] += 1
        one.spellings[naming.name] += 1
    merged: list[_Candidate] = []
    for one in sorted(known.values(), key=lambda c: (-len(c.name), -c.score, c.name)):
        longer = [other for other in merged if same(one.name, other.name)]
        if not longer:
            merged.append(one)
            continue
        into = max(longer, key=lambda c: c.score)
        into.score += one.score
        into.kinds += one.kinds
        into.spellings += one.spellings
    return sorted(merged, key=lambda c: (-c.score, -len(c.name), c.name))


def body(evidence: Evidence) -> Choice:
    """Choose the body: the title's, which captions must not contradict; without a title the captions', and so on."""
    found = _candidates(evidence.namings)
    if not found:
        return Choice(None)
    titled = [c for c in found if c.kinds["title"]] or [c for c in found if c.kinds["cover"]]
    captioned = [c for c in found if c.captions]
    if titled:
        best = _most_supported(titled, captioned)
        if best is None:
            return _unclear(titled)
        others = [c for c in captioned if not c.supports(best)]
        backed = any(c.supports(best) for c in captioned)
        if several := joined_bodies(best.name):
            return _one_of(several, best, evidence)
        if not backed and len(others) == 1 and others[0].captions >= _ENOUGH_CAPTIONS and not _backed(best, found):
            return _unclear([best, others[0]])
        return _chosen(best)
    pool = captioned or found
    best, rivals = pool[0], [c for c in pool[1:] if not c.supports(pool[0]) and c.score >= _RIVAL * pool[0].score]
    return _unclear([best, *rivals]) if rivals else _chosen(best)


def _most_supported(titled: Sequence[_Candidate], captioned: Sequence[_Candidate]) -> _Candidate | None:
    """Of the bodies that titles name, the one meant; None where several could be."""
    best = titled[0]
    rivals = [c for c in titled[1:] if not c.supports(best)]
    if not rivals:
        return best
    backed = [c for c in titled if any(other.supports(c) for other in captioned)]
    if backed and all(c.supports(backed[0]) for c in backed):
        return backed[0]
    strong = [c for c in rivals if c.score >= _RIVAL * best.score]
    return None if strong else best


def _one_of(several: Sequence[str], best: _Candidate, evidence: Evidence) -> Choice:
    """Of the bodies that a title names side by side the one that alone stands on the tables, or the name of both."""
    beside = {naming.name for naming in evidence.namings if naming.kind not in _TITLES}
    if best.name in beside:
        return _chosen(best)
    named = [name for name in several if any(agree(name, other) for other in beside)]
    if len(named) == 1:
        return Choice(named[0], "标题、表头")
    return Choice(None, rivals=tuple(f"{name}（标题）" for name in several))


def _backed(best: _Candidate, found: Sequence[_Candidate]) -> bool:
    """Whether headings or sentences name a title's body, too."""
    return any(c.supports(best) and (c.kinds["sentence"] or c.kinds["heading"]) for c in found)


def _chosen(best: _Candidate) -> Choice:
    spelling = best.name if stands_first(best.name) else _usual(best)
    return Choice(spelling, best.places, spellings=tuple(sorted(best.spellings)))


def _usual(best: _Candidate) -> str:
    """The spelling without a region is the one printed most; the region comes from the text."""
    return max(best.spellings, key=lambda name: (best.spellings[name], len(name), name))


def _unclear(found: Sequence[_Candidate]) -> Choice:
    return Choice(None, rivals=tuple(c.shown for c in found))


def year(evidence: Evidence, table_titles: Sequence[str]) -> Choice:
    """Choose the fiscal year: the title's; a year that all tables contradict is nobody's."""
    titled = [t.year for t in evidence.titles if t.year and is_opening(t)]
    alone = [y for piece in evidence.opening[:COVER] if (y := year_alone(piece))]
    tables = Counter(y for title in table_titles for y in _years_of_account(title))
    headed = Counter(t.year for t in evidence.titles if t.year and not is_opening(t))
    for reason, years in (("标题", titled), ("封面", alone), ("正文", [y for y, _ in evidence.stated if y])):
        distinct = list(dict.fromkeys(years))
        if not distinct:
            continue
        if len(distinct) == 1:
            return _unless_contradicted(distinct[0], reason, tables)
        backed = [y for y in distinct if tables[y] + headed[y]]
        if len(backed) == 1:
            return Choice(backed[0], f"{reason}、报表")
        return Choice(None, rivals=tuple(f"{y}（{reason}）" for y in distinct))
    for reason, votes in (("章节标题、报表标题", headed + tables), ("表头", _beside_tables(evidence))):
        if choice := _clear_year(votes, reason, least=1):
            return choice
    mentioned = Counter(as_year(m["year"]) for m in _STATED_YEAR.finditer(evidence.text))
    if choice := _clear_year(mentioned, "正文", least=_ENOUGH_YEARS):
        return choice
    several = mentioned.most_common(3) if len(mentioned) > 1 else []
    return Choice(None, rivals=tuple(f"{y}（正文{n}处）" for y, n in several))


def _years_of_account(title: str) -> list[int]:
    """The year of a table's title, if it names just one."""
    years = list({as_year(m["year"]) for m in _TABLE_YEAR.finditer(title)})
    return years if len(years) == 1 else []


def _unless_contradicted(value: int, reason: str, tables: Counter[int]) -> Choice:
    others = {y: n for y, n in tables.items() if y != value}
    if tables[value] == 0 and sum(others.values()) >= _ENOUGH_TABLES:
        told = (f"{other}（报表标题{count}处）" for other, count in others.items())
        return Choice(None, rivals=(f"{value}（{reason}）", *told))
    return Choice(value, reason)


def _clear_year(votes: Counter[int], reason: str, least: int) -> Choice | None:
    if not votes:
        return None
    best, count = max(votes.items(), key=lambda v: (v[1], v[0]))
    if count >= least and count >= _CLEAR * votes.total():
        return Choice(best, f"{reason}{count}处")
    return None


def _beside_tables(evidence: Evidence) -> Counter[int]:
    """Years that stand alone on a line anywhere, or in a row over a table: （2026年度）."""
    text = "\n".join([evidence.text, *evidence.rows])
    return Counter(as_year(m) for m in re.findall(rf"(?m)^\(?({YEAR})年度?\)?$", text))


def stage(evidence: Evidence, table_titles: Sequence[str]) -> Choice:
    """Choose budget or final account: the title's; what all tables contradict is neither."""
    tables: Counter[str] = Counter()
    for title in table_titles:
        if words := _STAGE.findall(_FUNDS.sub("", title)):
            tables[STAGES[words[-1]]] += 1
    titled = list(dict.fromkeys(t.stage for t in evidence.titles if is_opening(t)))
    titled = titled or list(dict.fromkeys(stage for _, stage in evidence.stated))
    if len(titled) == 1:
        other = "final" if titled[0] == "budget" else "budget"
        if tables[titled[0]] == 0 and tables[other] >= _ENOUGH_TABLES:
            return Choice(None, rivals=(f"{titled[0]}（标题）", f"{other}（报表标题{tables[other]}处）"))
        return Choice(titled[0], "标题")
    votes = tables + Counter(t.stage for t in evidence.titles)
    if not votes:
        votes = Counter(
            STAGES[words[-1]]
            for piece in evidence.opening
            if piece.numbered and (words := _STAGE.findall(_FUNDS.sub("", piece.text)))
        )
    if not votes:
        return Choice(None)
    ranked = votes.most_common(2)
    if len(ranked) > 1 and ranked[0][1] == ranked[1][1]:
        return Choice(None, rivals=tuple(f"{name}（{count}处）" for name, count in ranked))
    return Choice(ranked[0][0], "报表标题")


def scope(evidence: Evidence, name: str | None) -> str | None:
    """Choose the scope: ``unit`` where titles or captions of the body say 本级 or 单位预算; None where none says."""
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for title in evidence.titles:
        if title.scope and not title.numbered and (title.name is None or name is None or agree(title.name, name)):
            votes["title" if is_opening(title) else "later"][title.scope] += 1
    for caption in evidence.captions:
        if name is None or agree(caption.name, name):
            votes["caption"][caption.scope or ""] += 1
    for kind in ("title", "caption", "later"):
        if votes[kind]:
            best = max(votes[kind], key=lambda value: (votes[kind][value], value))
            if best:
                return best
    return None
