"""From paragraphs to figures with their meaning."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from pipelines.core.document import Document, Place
from pipelines.core.leftovers import FIGURE, Leftover
from pipelines.core.lexicon import CJK, CLAUSE_END, SENTENCE_END
from pipelines.identity.report_identity import Identity
from pipelines.layout.results import ReadTable
from pipelines.narrative.figures import Figure, figures_of
from pipelines.narrative.grammar import grammar
from pipelines.narrative.overview import overview_rows
from pipelines.narrative.prose import Paragraph, paragraphs
from pipelines.narrative.subjects import NUMBERING_AND_CODE, Subjects, marked

_HARD_DELIMITER = re.compile(r"[。;:]")
_LISTED = re.compile(r"\d(?:[万亿千]?元|%|人次?|名|辆|个|台(?:\(套\))?|套|批次?)、")
_TAIL_END = re.compile(rf"、|{CLAUSE_END.pattern}")
_KIND = re.compile(r"^(?:其中|以及|及|和)")
_PRIOR = re.compile(
    r"(?:上年度?|上一年度?|(20\d\d)年度?)(?:部门|支出|收入)*(?:预算|决算|执行|完成)(?:数|总额|支出)*(?:为|是)?$"
)
_EQUIPMENT = re.compile(r"[^,。;:、]*设备(?:\([^()]*\))?$")
_NO_FIGURE = re.compile(
    r"20\d\d(?:年度?)?(?:[-.]?\d{1,2}月)?(?:\d{1,2}日)?|\d{1,2}月(?:\d{1,2}日)?|\((?:类|款|项)?\d{3,7}\)"
)
_VEHICLE = re.compile(r"[^,。;:、(]{2,16}用车$")

_FEWEST_WORDS = 4
"""Chinese characters a quote has before its number; 金额为5万元 alone does not say of what."""

_MANY_WORDS = 16
"""The same for a quote that would be the same as one before it."""

_LONGEST_PART = 12
"""Characters of a clause that goes on with the count before it (其中:行政人员18人、事业人员4人)."""

_LONGEST_TAIL = 14
"""Characters after a number that still belong to its quote (万元 of what, 的比例)."""

_LONGEST_QUOTE = 160
"""Characters of a quote before its number at most; longer sentences are cut at the front."""

_AROUND = 12
"""Characters on either side of a leftover that say what it may be."""

_CHANGES = frozenset({"change_amount", "change_percent", "deviation_amount", "deviation_percent"})
_COUNTED = frozenset({"车辆", "设备"})


@dataclass(frozen=True, slots=True)
class Disclosure:
    """One figure the narrative states.

    Attributes:
        section: headings above it.
        fact: what it is, as ``narrative.yml`` and the contract name it.
        path: the subject, level by level.
        value: the number, a decrease negative; ``None`` where what stands there is no number.
        printed: the number, or the words that state a zero, as printed.
        unit: as printed.
        quote: the sentence part it stands in.
        place: where it stands.
        is_item: whether the subject belongs to the functional classification.
        code: code of such a subject, once resolved.
    """

    section: str
    fact: str
    path: tuple[str, ...]
    value: Decimal | None
    printed: str
    unit: str
    quote: str
    place: Place
    is_item: bool = False
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Narrative:
    """What the narrative of a document says in numbers, in reading order; names of people are still in its texts.

    Attributes:
        disclosures: The figures with their meaning.
        leftovers: Figures of its paragraphs whose meaning no words tell; thresholds and figures of other years' plans
            among them. Numbers of lines, dates and years are none.
    """

    disclosures: list[Disclosure]
    leftovers: list[Leftover]


def narrative(document: Document, identity: Identity, tables: Sequence[ReadTable]) -> Narrative:
    """Find every figure the narrative states.

    Args:
        document: the document.
        identity: what it says of itself: stage and fiscal year tell what an item's figure is.
        tables: its tables; their lines are no narrative.
    """
    lines = {id(line) for read in tables for line in read.table.lines}
    narrator = _Narrator(identity)
    stated: list[Disclosure] = []
    leftovers: list[Leftover] = []
    for paragraph in paragraphs(document, lines):
        narrator.taken = []
        stated += narrator.figures(paragraph)
        leftovers += _leftovers(paragraph, narrator.taken)
    overview = [
        Disclosure("总体资金情况", r.fact, r.path, r.value, r.printed, r.unit, r.quote, r.place)
        for r in overview_rows(document)
    ]
    return Narrative([*overview, *stated], leftovers)


def _leftovers(paragraph: Paragraph, taken: Sequence[tuple[int, int]]) -> Iterator[Leftover]:
    """The figures of a paragraph that were not taken."""
    rest = _NO_FIGURE.sub(lambda found: " " * len(found.group()), paragraph.text)
    for start, stop in taken:
        rest = rest[:start] + " " * (stop - start) + rest[stop:]
    numbering = NUMBERING_AND_CODE.match(rest)
    for found in FIGURE.finditer(rest, numbering.end() if numbering else 0):
        text = paragraph.raw[max(0, found.start() - _AROUND) : found.end() + _AROUND]
        yield Leftover(found.group(), text, paragraph.place(found.start()))


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence of a paragraph and where in it reasons are given."""

    paragraph: Paragraph
    start: int
    stop: int
    reasons: list[tuple[int, int]]

    @property
    def text(self) -> str:
        return self.paragraph.text

    def in_reasons(self, at: int) -> bool:
        return any(start <= at < stop for start, stop in self.reasons)


class _Narrator:
    """Goes through the narrative and keeps what a figure's clause leaves unsaid."""

    def __init__(self, identity: Identity) -> None:
        names = {identity.unit_name or "", identity.unit_full_name or ""} - {""}
        self.subjects = Subjects(strip=tuple(sorted(names, key=len, reverse=True)))
        self.item_fact = "budget" if identity.stage == "budget" else "final"
        self.year = identity.fiscal_year
        self.top = ""
        self.last_count: str | None = None
        self.against_budget = False
        self.seen: set[tuple[object, ...]] = set()
        self.taken: list[tuple[int, int]] = []

    def figures(self, paragraph: Paragraph) -> Iterator[Disclosure]:
        """The figures of a paragraph."""
        top = paragraph.section.partition("/")[0]
        if top != self.top and paragraph.kind != "annex":
            self.subjects.reset()
        self.top = top
        if paragraph.is_heading:
            if paragraph.kind != "annex":  # an annex is about its project throughout
                self.subjects.path, self.subjects.is_item = (), False
            self.subjects.heading(paragraph.text)
            return
        known = grammar()
        text = NUMBERING_AND_CODE.sub("", paragraph.text)
        project = known.project.match(text) or known.project_title.match(text)
        if project:
            self.subjects.path, self.subjects.is_item = (project.group("name").removesuffix("项目"),), False
        start = 0
        while start < len(paragraph.text):
            end = SENTENCE_END.search(paragraph.text, start)
            stop = end.end() if end else len(paragraph.text)
            yield from self._sentence(_Sentence(paragraph, start, stop, _reasons(paragraph.text, start, stop)))
            start = max(stop, start + 1)

    def _sentence(self, sentence: _Sentence) -> Iterator[Disclosure]:
        text = sentence.text
        known = grammar()
        figures = figures_of(text, sentence.start, sentence.stop)
        words: list[re.Match[str]] = []
        if sentence.paragraph.kind == "narrative":
            words = list(known.same.finditer(text, sentence.start, sentence.stop))
            if figures or words:
                words += known.prior_year.finditer(text, sentence.start, sentence.stop)
        if not figures and not words:
            self.subjects.heading(text[sentence.start : sentence.stop])
            return
        self.last_count, self.against_budget = None, False
        at = sentence.start
        events: list[Figure | re.Match[str]] = [*figures, *words]
        for event in sorted(events, key=_begin):
            subject = self.subjects.path, self.subjects.is_item
            if isinstance(event, Figure):
                later = [f.start for f in figures if f.start > event.start]
                found = self._figure(sentence, event, at, later[0] if later else sentence.stop)
                at = event.end
            elif event.re is known.same:
                found = self._same(sentence, event, at)
            else:
                found = self._year(sentence, event)
            if found is not None and self._counts(sentence.paragraph.kind, found.fact):
                yield found
            elif sentence.paragraph.kind == "annex":
                self.subjects.path, self.subjects.is_item = subject

    @staticmethod
    def _counts(kind: str, fact: str) -> bool:
        known = grammar()
        match kind:
            case "annex":
                return fact in known.annex_facts
            case "overview":
                return fact in known.overview_facts
            case _:
                return True

    def _figure(self, sentence: _Sentence, figure: Figure, at: int, stop: int) -> Disclosure | None:
        """The meaning of a figure; ``None`` when the words around it tell none."""
        known = grammar()
        before = sentence.text[at : figure.start]
        after = sentence.text[figure.end : stop]
        value = figure.value
        rise, fall = known.rise.search(before), known.fall.search(before)
        is_money, is_percent = figure.unit in known.money_units, figure.unit in known.percent_units
        fact: str | None
        if sentence.in_reasons(figure.start):
            if not is_money and not (is_percent and (rise or fall)):
                return None
            fact = "reason_amount" if is_money else "reason_percent"
        elif is_money or is_percent:
            fact = self._fact(before, after, figure.unit, is_money=is_money, changed=bool(rise or fall))
            if fact is None:
                return None
            named = self._take_subject(fact, before)
            if fact == "amount" and named and self.subjects.is_item:
                fact = self.item_fact
        else:
            fact = self._count(before, after, figure)
            if fact is None:
                return None
        if fall and value is not None and (fact in _CHANGES or fact.startswith("reason_")):
            value = -abs(value)
        return self._disclosure(sentence, fact, replace(figure, value=value))

    def _fact(self, before: str, after: str, unit: str, *, is_money: bool, changed: bool) -> str | None:
        """The fact of money or of a percentage outside of reasons."""
        known = grammar()
        patterns = known.money if is_money else known.percent
        if changed:
            return f"{self._base(before)}_{'amount' if is_money else 'percent'}"
        prior = _PRIOR.search(before)
        if is_money and prior and (prior.group(1) is None or int(prior.group(1)) + 1 == self.year):
            return "prior_amount"
        fact = next((p.fact for p in patterns if p.fits(before, after, unit)), None)
        return fact or ("amount" if is_money else None)

    def _base(self, before: str) -> str:
        """Whether a change is one against the year before or against the year's own budget."""
        known = grammar()
        own = known.own_budget.search(before)
        if own and own.group(1) in {None, str(self.year)}:
            self.against_budget = True
        elif known.other_year.search(before):
            self.against_budget = False
        return "deviation" if self.against_budget else "change"

    def _take_subject(self, fact: str, before: str) -> bool:
        """Take the subject a clause names, else the one at hand stays; whether the clause names one."""
        known = grammar()
        if marked(before):
            return self.subjects.take(before)
        if fact == "share_percent":
            before = before[: before.rfind("占")]
        near = _near(before)
        clause = known.leads.split(near.rpartition(",")[2])[-1]
        if self.subjects.take(clause):
            return True
        if fact in _CHANGES:
            clause = known.comparison.split(clause)[0]
        elif fact != "amount":
            facts = [p.before for p in (*known.money, *known.percent) if p.fact == fact and p.before]
            found = next((m for pattern in (_PRIOR, *facts) if (m := pattern.search(clause))), None)
            clause = clause[: found.start()] if found else clause
        return self.subjects.noun(clause) or self.subjects.take(near)

    def _count(self, before: str, after: str, figure: Figure) -> str | None:
        """The fact of a count, its subject taken."""
        known = grammar()
        near = _near(before)
        fact = next((p.fact for p in known.counts if p.fits(near, after, figure.unit)), None)
        if fact is None and len(near) <= _LONGEST_PART and (self.last_count or "").startswith("headcount"):
            fact = self.last_count  # 其中:行政人员18人、事业人员4人
        if fact is None:
            return None
        self.last_count = fact
        if fact in {"vehicles", "equipment"}:
            found = (_VEHICLE if fact == "vehicles" else _EQUIPMENT).search(near)
            kind = _KIND.sub("", NUMBERING_AND_CODE.sub("", found.group())) if found else ""
            self.subjects.path = ("车辆" if fact == "vehicles" else "设备", *([kind] if kind else []))
            self.subjects.is_item = False
        elif not self.subjects.take(near) and fact.startswith("headcount"):
            self.subjects.noun(near)
        return fact

    def _same(self, sentence: _Sentence, match: re.Match[str], at: int) -> Disclosure | None:
        """A change of nothing, stated by a word."""
        own = grammar().own_budget.match(match.group())
        if sentence.in_reasons(match.start()) or (own and own.group(1) in {None, str(self.year)}):
            return None
        self._take_subject("change_amount", sentence.text[at : match.start()])
        if not self.subjects.path or self.subjects.path[0] in _COUNTED:
            return None
        return self._disclosure(
            sentence, "change_amount", Figure(match.start(), match.end(), match.span(), Decimal(0), "万元")
        )

    def _year(self, sentence: _Sentence, match: re.Match[str]) -> Disclosure | None:
        """The year a sentence compares with."""
        year = match.group(1)
        if sentence.in_reasons(match.start()) or int(year) == self.year:
            return None
        return self._disclosure(
            sentence, "prior_year", Figure(match.start(1), match.end(), match.span(1), Decimal(year), "年")
        )

    def _disclosure(self, sentence: _Sentence, fact: str, figure: Figure) -> Disclosure:
        place = sentence.paragraph.place(figure.start)
        quote = _quote(sentence, figure.start, figure.end, _FEWEST_WORDS)
        known = (fact, self.subjects.path, figure.value, figure.unit, place.page)
        if (*known, quote) in self.seen:  # the same words once more: a longer quote tells them apart
            quote = _quote(sentence, figure.start, figure.end, _MANY_WORDS)
        self.seen.add((*known, quote))
        self.taken.append(figure.number)
        return Disclosure(
            section=sentence.paragraph.section,
            fact=fact,
            path=self.subjects.path,
            value=figure.value,
            printed=sentence.paragraph.raw[slice(*figure.number)],
            unit=figure.unit,
            quote=quote,
            place=place,
            is_item=self.subjects.is_item,
        )


def _reasons(text: str, start: int, stop: int) -> list[tuple[int, int]]:
    """Where a sentence gives reasons: from the word that says so to its end, or to a semicolon that ends them."""
    known = grammar()
    found: list[tuple[int, int]] = []
    at = start
    while (match := known.reasons.search(text, at, stop)) is not None:
        end = match.end()
        while (semicolon := text.find(";", end, stop)) >= 0:
            if not known.reasons_go_on.match(text[semicolon + 1 : stop]):
                break
            end = semicolon + 1
        at = stop if semicolon < 0 else semicolon
        found.append((match.start(), at))
    return found


def _near(before: str) -> str:
    """The last two clauses before a number."""
    last = _HARD_DELIMITER.split(before)[-1]
    return ",".join(last.split(",")[-2:])


def _quote(sentence: _Sentence, start: int, end: int, words: int) -> str:
    """The clause of a figure as printed, with the clauses before where it says too little alone."""
    text = sentence.text
    inner = [m.end() for pattern in (CLAUSE_END, _LISTED) for m in pattern.finditer(text, sentence.start, start)]
    bounds = [sentence.start, *sorted(inner)]
    first = len(bounds) - 1
    while first > 0 and len(CJK.findall(text[bounds[first] : start])) < words:
        first -= 1
    begin = max(bounds[first], end - _LONGEST_QUOTE)
    after = _TAIL_END.search(text, end, sentence.stop)
    rest = after.start() if after else sentence.stop
    return sentence.paragraph.raw[begin : rest if rest - end <= _LONGEST_TAIL else end]


def _begin(event: Figure | re.Match[str]) -> int:
    return event.start if isinstance(event, Figure) else event.start()
