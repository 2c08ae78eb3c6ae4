"""What ``narrative.yml`` declares, compiled once; its patterns fit text folded by `pipelines.core.folding.fold`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from pipelines.core.data_files import declared

Pattern = re.Pattern[str]


@dataclass(frozen=True, slots=True)
class FactPattern:
    """One fact by the words before and after a number, and its unit."""

    fact: str
    before: Pattern | None
    after: Pattern | None
    unit: Pattern | None

    def fits(self, before: str, after: str, unit: str) -> bool:
        """Whether the words around a number tell this fact."""
        return (
            (self.unit is None or self.unit.fullmatch(unit) is not None)
            and (self.before is None or self.before.search(before) is not None)
            and (self.after is None or self.after.search(after) is not None)
        )


@dataclass(frozen=True, slots=True)
class Grammar:
    """Everything ``narrative.yml`` declares."""

    parts: tuple[tuple[str, Pattern], ...]
    sections: tuple[tuple[str, Pattern], ...]
    may_change: frozenset[str]
    annex: Pattern
    personal: Pattern
    figure: Pattern
    blank: Pattern
    bare_zero: Pattern
    bare_percent: Pattern
    money_units: frozenset[str]
    percent_units: frozenset[str]
    threshold_before: Pattern
    threshold_after: Pattern
    reasons: Pattern
    reasons_go_on: Pattern
    rise: Pattern
    fall: Pattern
    own_budget: Pattern
    other_year: Pattern
    same: Pattern
    prior_year: Pattern
    money: tuple[FactPattern, ...]
    percent: tuple[FactPattern, ...]
    counts: tuple[FactPattern, ...]
    annex_facts: frozenset[str]
    overview_facts: frozenset[str]
    subject: Pattern
    subject_names: tuple[str, ...]
    empty: Pattern
    before_name: Pattern
    after_name: Pattern
    leads: Pattern
    comparison: Pattern
    project: Pattern
    project_title: Pattern
    overview_sides: Pattern
    overview_years: Pattern


@cache
def grammar() -> Grammar:
    """The declared grammar."""
    raw = declared(__file__, "narrative.yml")
    units = raw["units"]
    every = "|".join(u for kind in ("points", "count", "money", "percent") for u in units[kind])
    after = raw["after_direction"]
    ends = rf"(?:{raw['rise']}){after}"
    falls = rf"(?:{raw['fall']}){after}"
    compared = rf"(?:大于|高于|多于|小于|低于|少于){raw['compared']}"
    return Grammar(
        parts=_headings(raw["parts"]),
        sections=_headings(raw["sections"]),
        may_change=frozenset(raw["may_change"]),
        annex=re.compile(raw["annex"]),
        personal=re.compile(raw["personal"]),
        figure=re.compile(rf"(?<![\d.A-Za-z])([-_]*)(\d(?:[\d,.]*\d)?)([-_]*)({every})(?!\w*[A-Za-z])"),
        blank=re.compile(r"(?<=[为是计额金出入费款数的])[-_]*(万元|%)"),
        bare_zero=re.compile(rf"({raw['bare_zero'][:-1]})(0(?:\.0+)?)(?=[,。;)])"),
        bare_percent=re.compile(raw["bare_percent"]),
        money_units=frozenset(units["money"]),
        percent_units=frozenset(units["percent"] + units["points"]),
        threshold_before=re.compile(raw["threshold"]["before"]),
        threshold_after=re.compile(raw["threshold"]["after"]),
        reasons=re.compile(raw["reasons"]),
        reasons_go_on=re.compile(raw["reasons_go_on"]),
        rise=re.compile(f"{ends}|{compared}$"),
        fall=re.compile(rf"{falls}|(?:小于|低于|少于){raw['compared']}$"),
        own_budget=re.compile(raw["own_budget"]),
        other_year=re.compile(raw["other_year"]),
        same=re.compile(raw["same"]),
        prior_year=re.compile(raw["prior_year"]),
        money=_facts(raw["money"]),
        percent=_facts(raw["percent"]),
        counts=_facts(raw["counts"]),
        annex_facts=frozenset(raw["annex_facts"]),
        overview_facts=frozenset(raw["overview_facts"]),
        subject=re.compile("|".join(f"({s['words']})" for s in raw["subjects"])),
        subject_names=tuple(s["name"] for s in raw["subjects"]),
        empty=re.compile(raw["empty"]),
        before_name=re.compile(raw["before_name"]),
        after_name=re.compile(raw["after_name"]),
        leads=re.compile(raw["leads"]),
        comparison=re.compile(raw["comparison"]),
        project=re.compile(raw["project"]),
        project_title=re.compile(raw["project_title"]),
        overview_sides=re.compile(raw["overview"]["sides"]),
        overview_years=re.compile(raw["overview"]["years"]),
    )


def _headings(raw: list[dict[str, str]]) -> tuple[tuple[str, Pattern], ...]:
    return tuple((entry["kind"], re.compile(entry["heading"])) for entry in raw)


def _facts(raw: list[dict[str, str]]) -> tuple[FactPattern, ...]:
    return tuple(
        FactPattern(r["fact"], *(re.compile(r[part]) if part in r else None for part in ("before", "after", "unit")))
        for r in raw
    )
