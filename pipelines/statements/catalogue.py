"""The statutory forms as declared: one YAML file each in a folder per kind of document, shared words beside them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pipelines.core.data_files import loaded

FOLDER = Path(__file__).parent
VOCABULARY = "vocabulary.yml"

LAYOUTS = ("subject", "balance", "three_public", "procurement", "points", "totals", "prose")
"""How the table of a dump is read (``points``: by its headings alone); ``totals`` and ``prose`` have no title."""

CLASSIFICATIONS = ("functional", "economic", "none")

_MUST = frozenset({"name", "short", "classification", "fund_scope", "layout"})
_MAY = frozenset(
    {"covers", "facts", "part_of", "details", "trial", "title", "not", "words", "headings", "unheaded", "points"}
    | {"prefixes", "limits", "columns", "rows", "stages", "without_subjects", "order", "numbered", "sums", "required"}
)

COVERS = (None, "all", "basic", "project", "operating_cost")
"""What part of expenditure a form covers; none where it is no expenditure."""

Patterns = tuple[tuple[str, re.Pattern[str]], ...]


@dataclass(frozen=True, slots=True)
class Words:
    """A name in Chinese and English."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Sum:
    """A measure that is the sum of others of its row, and the rule that compares it with them."""

    rule: str
    parts: tuple[tuple[str, int], ...]
    """Measures one level below, with their sign."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """From which year on reports of a stage must print a form, or one of others in its place."""

    since: int
    name: str
    instead: tuple[str, ...]
    may_be_empty: bool


@dataclass(frozen=True, slots=True)
class Form:
    """One statutory form; README.md says what each key means.

    Attributes:
        name: As tables and rules call it; the stem of its file.
        kind: Kind of document that prints it; its folder.
        title: Pattern of a cleaned title; ``None`` where it has none of its own.
        measures: Measures with the pattern of their headings, without the stage.
        measure_names: Measures of its cells, with the stage where it has several.
        order: Statutory order of the measures by number of columns.
        limits: What its title and its rows say together, where titles differ in a word: source, nature, axis.
        columns: ``money`` where its columns are kinds of money.
        rows: ``path`` or ``group`` where the names of a row are levels.
        sums: By the measure that is the sum.
        required: By stage.
    """

    name: str
    kind: str
    full: Words
    short: Words
    classification: str
    fund_scope: str
    covers: str | None
    facts: str | None
    part_of: str | None
    details: str | None
    trial: int
    title: re.Pattern[str] | None
    barred: re.Pattern[str] | None
    words: tuple[str, ...]
    layout: str
    measures: Patterns
    measure_names: tuple[str, ...]
    stages: tuple[str, ...]
    limits: dict[str, str] | None
    columns: str
    rows: str
    without_subjects: str | None
    order: dict[int, tuple[str, ...]]
    numbered: tuple[str, ...]
    sums: dict[str, Sum]
    required: dict[str, Requirement]

    @property
    def is_table(self) -> bool:
        """Whether it is a form; the narrative is none, though its figures become facts."""
        return self.layout != "prose"

    @property
    def divides_basic(self) -> bool:
        """Whether it divides basic expenditure by economic class."""
        return self.classification == "economic" and self.covers == "basic"

    def parts_of(self, whole: str) -> Iterator[tuple[str, int, tuple[str, ...]]]:
        """All measures below a sum.

        Yields:
            Measure, sign, and the sums between it and the whole, outermost first: where a row prints one of these, it
            counts in the measure's place.
        """
        for part, sign in self.sums[whole].parts:
            yield part, sign, ()
            if part in self.sums:
                for below, inner, between in self.parts_of(part):
                    yield below, sign * inner, (part, *between)


@dataclass(frozen=True, slots=True)
class Side:
    """How a block of a balance form tells its side."""

    name: str
    heading: str
    names: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All declared forms, in the order in which titles are tried, and the words they share."""

    statements: tuple[Form, ...]
    line_names: re.Pattern[str]
    sides: tuple[Side, ...]
    balance_measures: Patterns
    three_public: Patterns
    heading_words: Patterns
    measure_words: dict[str, str]
    stage_words: dict[str, str]
    prefix_words: dict[str, str]
    fund_scopes: tuple[str, ...]
    personnel_classes: tuple[str, ...]
    subtotals: dict[str, str]
    three_public_subjects: dict[str, str]
    three_public_words: dict[str, str]

    @property
    def forms(self) -> tuple[Form, ...]:
        """The statements that are tables."""
        return tuple(s for s in self.statements if s.is_table)

    def form(self, name: str) -> Form:
        """The form of a name."""
        return next(f for f in self.statements if f.name == name)

    def may_add_to(self, form: Form) -> list[str]:
        """Forms of the same report that are parts of the same whole, by what money they cover."""
        others = [f for f in self.statements if form.part_of and f.part_of == form.part_of and f is not form]
        return [f.name for f in sorted(others, key=lambda f: self.fund_scopes.index(f.fund_scope))]

    def words_of_measure(self, measure: str) -> str:
        """What findings call a measure of a cell."""
        for stage, words in self.stage_words.items():
            bare = measure.removeprefix(f"{stage}_")
            if bare != measure and not (bare == "total" and measure in self.measure_words):
                return words + self._words(bare)
        return self._words(measure)

    def _words(self, measure: str) -> str:
        if measure in self.measure_words:
            return self.measure_words[measure]
        prefix = max((p for p in self.prefix_words if measure.startswith(f"{p}_")), key=len)
        return self.prefix_words[prefix] + self._words(measure.removeprefix(f"{prefix}_"))


@cache
def catalogue() -> Catalogue:
    """The declared forms, loaded once."""
    return load(FOLDER)


def load(folder: Path) -> Catalogue:
    """Load a folder of forms.

    Args:
        folder: Holds ``vocabulary.yml`` and one folder per kind of document with a file per form.

    Raises:
        ValueError: A declaration is incomplete, or names something that is not declared.
    """
    raw = loaded(folder / VOCABULARY)
    files = sorted(folder.glob("*/*.yml"))
    statements = [_form(file, loaded(file), raw) for file in files]
    _check(statements, raw)
    return Catalogue(
        statements=tuple(sorted(statements, key=lambda f: (f.trial, f.name))),
        line_names=re.compile("|".join(f"(?:{p})" for p in raw["line_names"])),
        sides=tuple(Side(n, s["heading"], re.compile(s["names"])) for n, s in raw["sides"].items()),
        balance_measures=_patterns(raw["headings"]["balance"]),
        three_public=_patterns(raw["headings"]["three_public"]),
        heading_words=_patterns(raw["heading_words"]),
        measure_words=raw["measures"],
        stage_words=raw["stages"],
        prefix_words=raw["prefixes"],
        fund_scopes=tuple(raw["fund_scopes"]),
        personnel_classes=tuple(raw["personnel_classes"]),
        subtotals=raw["subtotals"],
        three_public_subjects=raw["three_public_subjects"],
        three_public_words=raw["three_public_words"],
    )


def _patterns(raw: Mapping[str, str]) -> Patterns:
    return tuple((name, re.compile(pattern)) for name, pattern in raw.items())


_UNTRIED = 1 << 16
"""Place, after all others, of a statement that no title names."""


def _form(file: Path, said: dict[str, Any], shared: dict[str, Any]) -> Form:
    unknown = said.keys() - _MUST - _MAY
    missing = _MUST - said.keys()
    if unknown or missing or ("title" in said) != ("trial" in said):
        raise ValueError(f"{file.name}: unknown keys {sorted(unknown)}, missing {sorted(missing)}; title needs trial")
    headings = said.get("headings", {})
    measures = _patterns(shared["headings"][headings] if isinstance(headings, str) else headings)
    order = {n: tuple(m) for n, m in said.get("order", {}).items()}
    stages = tuple(said.get("stages", ()))
    # A measure of another form's name becomes a row of that form.
    own = [m for m, _ in measures if m in shared["measures"]] + said.get("unheaded", []) + said.get("points", [])
    own += [f"{prefix}_{m}" for prefix in said.get("prefixes", []) for m in own]
    own = list(dict.fromkeys(own))
    return Form(
        name=file.stem,
        kind=file.parent.name,
        full=Words(**said["name"]),
        short=Words(**said["short"]),
        classification=said["classification"],
        fund_scope=said["fund_scope"],
        covers=said.get("covers"),
        facts=said.get("facts"),
        part_of=said.get("part_of"),
        details=said.get("details"),
        trial=said.get("trial", _UNTRIED),
        title=re.compile(said["title"].replace("{tail}", shared["tail"])) if "title" in said else None,
        barred=re.compile(said["not"]) if "not" in said else None,
        words=tuple(said.get("words", ())),
        layout=said["layout"],
        measures=measures,
        measure_names=tuple(f"{stage}_{m}" for stage in stages for m in own) if stages else tuple(own),
        stages=stages,
        limits=said.get("limits"),
        columns=said.get("columns", ""),
        rows=said.get("rows", ""),
        without_subjects=said.get("without_subjects"),
        order=order,
        numbered=order[said["numbered"]] if "numbered" in said else (),
        sums={whole: Sum(s["rule"], tuple(map(_signed, s["parts"]))) for whole, s in said.get("sums", {}).items()},
        required={
            stage: Requirement(r["since"], r["name"], tuple(r.get("or", ())), r.get("may_be_empty", False))
            for stage, r in said.get("required", {}).items()
        },
    )


def _signed(part: str) -> tuple[str, int]:
    return (part.removeprefix("-"), -1) if part.startswith("-") else (part, 1)


def _check(statements: list[Form], shared: dict[str, Any]) -> None:
    """Refuse what names something undeclared: a typing error must not become a form nobody finds."""
    names = [f.name for f in statements]
    trials = [f.trial for f in statements if f.title is not None]
    if len(names) != len(set(names)) or len(trials) != len(set(trials)):
        raise ValueError("a form or a place in the order of trial stands twice")
    for form in statements:
        others = [
            form.part_of,
            form.details,
            form.without_subjects,
            *(o for r in form.required.values() for o in r.instead),
        ]
        measures = [m for whole, s in form.sums.items() for m in (whole, *(p for p, _ in s.parts))]
        prefixes = re.compile(rf"^(?:{'|'.join(shared['stages'])})_")
        ordered = [prefixes.sub("", m) for row in form.order.values() for m in row]
        wrong = [
            *(o for o in others if o is not None and o not in names),
            *(m for m in [*measures, *ordered] if m not in shared["measures"] and m not in form.measure_names),
            *(m for m, _ in form.measures if m not in shared["measures"] and m not in names),
            *(s for s in (*form.stages, *form.required) if s not in shared["stages"]),
            *([str(form.covers)] if form.covers not in COVERS else []),
            *([form.layout] if form.layout not in LAYOUTS else []),
            *([form.classification] if form.classification not in CLASSIFICATIONS else []),
            *([form.fund_scope] if form.fund_scope not in shared["fund_scopes"] else []),
        ]
        if wrong:
            raise ValueError(f"{form.name}.yml names what is not declared: {', '.join(wrong)}")
