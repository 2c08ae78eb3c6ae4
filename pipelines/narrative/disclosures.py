"""From paragraphs to figures with their meaning."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from pipelines.core.document import Document, Place
from pipelines.core.leftovers import Leftover
from pipelines.core.lexicon import SENTENCE_END
from pipelines.core.money import yuan
from pipelines.identity.report_identity import Identity
from pipelines.layout.results import ReadTable
from pipelines.narrative.figures import Figure, figures_of
from pipelines.narrative.grammar import grammar
from pipelines.narrative.overview import overview_rows
from pipelines.narrative.prose import Paragraph, paragraphs
from pipelines.narrative.sentences import Sentence, leftovers_of, quote_of, reasons_of
from pipelines.narrative.subjects import NUMBERING_AND_CODE, Subject, Subjects, marked
from pipelines.narrative.wholes import Insets, Wholes

_HARD_DELIMITER = re.compile(r"[。;:]")

_KIND = re.compile(r"^(?:其中|以及|及|和)")
_PRIOR = re.compile(
    r"(?:上年度?|上一年度?|去年度?|(20\d\d)年度?)(?:年初|部门|支出|收入|的)*(?:预算|决算|执行|完成)(?:数|总额|支出)*(?:为|是)?$"
)
_OF_YEAR = re.compile(
    r"(?:^|[,。;:、(])(?:其中)?(20\d\d)年度(?!(?:[^,。;:、]*)(?:结转|结余|[比较与同]|20\d\d年))[^,。;:、]*$"
)
"""What a clause says of another year throughout: 2021年度工资福利支出822.92万元."""

_EQUIPMENT = re.compile(r"[^,。;:、]*设备(?:\([^()]*\))?$")
_PERCENT_FOLLOWS = re.compile(r"^(?:\(|[,、]?[^,。;:、]{0,10}$)")
"""Between a change and the same change in per cent."""

_VEHICLE = re.compile(r"[^,。;:、(]{2,16}用车$")

_FEWEST_WORDS = 4
"""Chinese characters a quote has before its number; 金额为5万元 alone does not say of what."""

_MANY_WORDS = 16
"""The same for a quote that would be the same as one before it."""

_LONGEST_PART = 12
"""Characters of a clause that goes on with the count before it (其中:行政人员18人、事业人员4人)."""

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
        leftovers += leftovers_of(paragraph, narrator.taken)
    overview = [
        Disclosure("总体资金情况", r.fact, r.path, r.value, r.printed, r.unit, r.quote, r.place)
        for r in overview_rows(document)
    ]
    return Narrative([*overview, *stated], leftovers)


class _Narrator:
    """Goes through the narrative and keeps what a figure's clause leaves unsaid."""

    def __init__(self, identity: Identity) -> None:
        names = {identity.unit_name or "", identity.unit_full_name or ""} - {""}
        self.subjects = Subjects(strip=tuple(sorted(names, key=len, reverse=True)))
        self.item_fact = "budget" if identity.stage == "budget" else "final"
        self.year = identity.fiscal_year
        self.top = self.section = ""
        self.last_count: str | None = None
        self.against_budget = False
        self.last_change: tuple[str, bool] | None = None
        self.insets, self.wholes = Insets(), Wholes()
        self.seen: set[tuple[object, ...]] = set()
        self.taken: list[tuple[int, int]] = []

    def figures(self, paragraph: Paragraph) -> Iterator[Disclosure]:
        """The figures of a paragraph."""
        top = paragraph.section.partition("/")[0]
        if top != self.top and paragraph.kind != "annex":
            self.subjects.reset()
        if paragraph.section != self.section:
            self.wholes.new_section()
        self.top, self.section = top, paragraph.section
        self.insets.reset()
        if paragraph.is_heading:
            if paragraph.kind != "annex":  # an annex is about its project throughout
                self.subjects.current = Subject()
            self.subjects.heading(paragraph.text)
            return
        known = grammar()
        text = NUMBERING_AND_CODE.sub("", paragraph.text)
        project = known.project.match(text) or known.project_title.match(text)
        if project:
            self.subjects.current = Subject((project.group("name").removesuffix("项目"),))
        start = 0
        while start < len(paragraph.text):
            end = SENTENCE_END.search(paragraph.text, start)
            stop = end.end() if end else len(paragraph.text)
            yield from self._sentence(Sentence(paragraph, start, stop, reasons_of(paragraph.text, start, stop)))
            start = max(stop, start + 1)

    def _sentence(self, sentence: Sentence) -> Iterator[Disclosure]:
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
            self.insets.pass_over(text[sentence.start : sentence.stop], self.subjects)
            return
        self.last_count, self.against_budget, self.last_change = None, False, None
        self.wholes.new_sentence()
        at = passed = sentence.start
        events: list[Figure | re.Match[str]] = [*figures, *words]
        for event in sorted(events, key=_begin):
            subject = self.subjects.current
            self.insets.pass_over(text[passed : _begin(event)], self.subjects)
            passed = max(passed, _begin(event))
            if isinstance(event, Figure):
                later = next((f for f in figures if f.start > event.start), None)
                found = self._figure(sentence, event, at, later)
                at = event.end
            elif event.re is known.same:
                found = self._same(sentence, event, at)
            else:
                found = self._year(sentence, event)
            if found is not None and self._counts(sentence.paragraph.kind, found.fact):
                yield found
            elif sentence.paragraph.kind == "annex":
                self.subjects.current = subject
        self.insets.pass_over(text[passed : sentence.stop], self.subjects)

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

    def _figure(self, sentence: Sentence, figure: Figure, at: int, later: Figure | None) -> Disclosure | None:
        """The meaning of a figure; ``None`` when the words around it tell none."""
        known = grammar()
        before = sentence.text[at : figure.start]
        after = sentence.text[figure.end : later.start if later else sentence.stop]
        value = figure.value
        is_fall = known.fall.search(before) is not None
        changed = is_fall or known.rise.search(before) is not None
        is_money, is_percent = figure.unit in known.money_units, figure.unit in known.percent_units
        fact: str | None
        if sentence.in_reasons(figure.start):
            if not is_money and not (is_percent and changed):
                return None
            fact = "reason_amount" if is_money else "reason_percent"
        elif is_money or is_percent:
            if is_percent and before == "(" and self.last_change is not None:  # 减少3.33万元(56%)
                base, is_fall = self.last_change
                fact = f"{base}_percent"
            else:
                fact = self._fact(before, after, figure.unit, is_money=is_money, changed=changed)
            if fact is not None:
                later = later if _PERCENT_FOLLOWS.search(after) else None
                fact = self._subject_of(fact, before, figure, later, is_fall=is_fall)
        else:
            fact = self._count(before, after, figure)
        if fact is None:
            return None
        if is_fall and value is not None and (fact in _CHANGES or fact.startswith("reason_")):
            value = -abs(value)
        return self._disclosure(sentence, fact, replace(figure, value=value))

    def _subject_of(self, fact: str, before: str, figure: Figure, later: Figure | None, *, is_fall: bool) -> str:
        """Take the subject of money or of a percentage; the fact, which an item of the classification makes plainer."""
        previous = self.subjects.current
        named = self._take_subject(fact, before)
        is_money = figure.unit in grammar().money_units
        if is_money and fact in _CHANGES:
            self.last_change = fact.removesuffix("_amount"), is_fall
            if not named:
                self._of_whole(figure, later, is_fall=is_fall)
        elif is_money and fact != "prior_amount":
            self.last_change = None
            self.wholes.state(before, previous, self.subjects.current, figure)
        return self.item_fact if fact == "amount" and named and self.subjects.current.is_item else fact

    def _fact(self, before: str, after: str, unit: str, *, is_money: bool, changed: bool) -> str | None:
        """The fact of money or of a percentage outside of reasons."""
        known = grammar()
        patterns = known.money if is_money else known.percent
        if changed:
            return f"{self._base(before)}_{'amount' if is_money else 'percent'}"
        prior = _PRIOR.search(before) or _OF_YEAR.search(before)
        if is_money and prior and (prior.group(1) is None or int(prior.group(1)) + 1 == self.year):
            return "prior_amount"
        fact = next((p.fact for p in patterns if p.fits(before, after, unit)), None)
        return fact or ("amount" if is_money else None)

    def _of_whole(self, change: Figure, percent: Figure | None, *, is_fall: bool) -> None:
        """Take the whole above a list as subject, where a change behind the list is the whole's."""
        if not change.value:
            return
        sign = -1 if is_fall else 1
        rate, places = None, 0
        if percent is not None and percent.value is not None and percent.unit in grammar().percent_units:
            rate, places = sign * abs(percent.value), -int(percent.value.as_tuple().exponent)
        amount = sign * abs(yuan(change.value, change.unit))
        self.subjects.current = self.wholes.of_change(self.subjects.current, amount, rate, places)

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
            self.subjects.current = Subject(("车辆" if fact == "vehicles" else "设备", *([kind] if kind else [])))
        elif not self.subjects.take(near) and fact.startswith("headcount"):
            self.subjects.noun(near)
        return fact

    def _same(self, sentence: Sentence, match: re.Match[str], at: int) -> Disclosure | None:
        """A change of nothing, stated by a word."""
        own = grammar().own_budget.match(match.group())
        if sentence.in_reasons(match.start()) or (own and own.group(1) in {None, str(self.year)}):
            return None
        named = self._take_subject("change_amount", sentence.text[at : match.start()])
        if self.last_change is not None and not named:  # 增加0.3万元,增长0.1%,与上年基本持平
            return None
        path = self.subjects.current.path
        if not path or path[0] in _COUNTED:
            return None
        return self._disclosure(
            sentence, "change_amount", Figure(match.start(), match.end(), match.span(), Decimal(0), "万元")
        )

    def _year(self, sentence: Sentence, match: re.Match[str]) -> Disclosure | None:
        """The year a sentence compares with."""
        year = match.group(1)
        if sentence.in_reasons(match.start()) or int(year) == self.year:
            return None
        return self._disclosure(
            sentence, "prior_year", Figure(match.start(1), match.end(), match.span(1), Decimal(year), "年")
        )

    def _disclosure(self, sentence: Sentence, fact: str, figure: Figure) -> Disclosure:
        place = sentence.paragraph.place(figure.start)
        quote = quote_of(sentence, figure.start, figure.end, _FEWEST_WORDS)
        subject = self.subjects.current
        known = (fact, subject.path, figure.value, figure.unit, place.page)
        if (*known, quote) in self.seen:  # the same words once more: a longer quote tells them apart
            quote = quote_of(sentence, figure.start, figure.end, _MANY_WORDS)
        self.seen.add((*known, quote))
        self.taken.append(figure.number)
        return Disclosure(
            section=sentence.paragraph.section,
            fact=fact,
            path=subject.path,
            value=figure.value,
            printed=sentence.paragraph.raw[slice(*figure.number)],
            unit=figure.unit,
            quote=quote,
            place=place,
            is_item=subject.is_item,
            code=subject.code,
        )


def _near(before: str) -> str:
    """The last two clauses before a number."""
    last = _HARD_DELIMITER.split(before)[-1]
    return ",".join(last.split(",")[-2:])


def _begin(event: Figure | re.Match[str]) -> int:
    return event.start if isinstance(event, Figure) else event.start()
