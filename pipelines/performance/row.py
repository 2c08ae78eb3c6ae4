"""One performance indicator as read, and the words that tell its columns (``performance.yml``)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache

from pipelines.core.data_files import declared
from pipelines.core.document import Place
from pipelines.core.folding import key
from pipelines.core.lexicon import HAN

_DAMAGED = re.compile(rf"[^{HAN}\u3000-\u303f\uff00-\uffef\u2000-\u22ff\u2460-\u24ff\x20-\x7e±×°·℃²³㎡]|[&☆]|<")


@dataclass(slots=True)
class IndicatorRow:
    """One indicator.

    ``doubt`` names the columns whose text is doubtful, ``torn`` those that were put together; ``fixed`` rows (the whole
    budget, the total score) have no levels.
    """

    place: Place
    horizon: str = ""
    number: str = ""
    target_no: str = ""
    goal: str = ""
    level1: str = ""
    level2: str = ""
    indicator: str = ""
    values: dict[str, str] = field(default_factory=dict)
    level1_weight: str = ""
    doubt: set[str] = field(default_factory=set)
    unit: str = ""
    torn: frozenset[str] = frozenset()
    fixed: bool = False
    flat: bool = False
    """Read from a line in which whole rows lost their order: no row of its own unless another printing mends it."""

    @property
    def numbered(self) -> bool:
        """Whether the row belongs to a target with a plain number."""
        return self.target_no.isdigit()

    def get(self, name: str) -> str:
        """The text of a column."""
        return str(getattr(self, name)) if name in {"goal", "level2", "indicator"} else self.values.get(name, "")

    def put(self, name: str, text: str) -> None:
        """Set the text of a column."""
        if name in {"goal", "level2", "indicator"}:
            setattr(self, name, text)
        else:
            self.values[name] = text


@dataclass(slots=True)
class IndicatorTable:
    """The rows of one table; ``flat`` is the text of lines in which its cells lost their order."""

    title: str
    rows: list[IndicatorRow] = field(default_factory=list)
    flat: str = ""
    place: Place = field(default_factory=Place)


@dataclass(frozen=True, slots=True)
class Words:
    """What ``performance.yml`` declares, ready to compare with keys."""

    fields: dict[str, re.Pattern[str]]
    budget_fields: dict[str, re.Pattern[str]]
    any_heading: re.Pattern[str]
    heading_noise: re.Pattern[str]
    heading_text: str
    heading_label: re.Pattern[str]
    budget_total: re.Pattern[str]
    budget_level: str
    total: re.Pattern[str]
    ends: re.Pattern[str]
    horizons: dict[str, str]
    level1: tuple[str, ...]
    families: dict[str, tuple[str, ...]]
    level2: tuple[str, ...]
    level2_names: re.Pattern[str]
    basis: re.Pattern[str]
    values: re.Pattern[str]
    damaged: re.Pattern[str] = _DAMAGED

    def level1_of(self, text: str) -> str | None:
        """The level 1 a text names; a torn name counts as long as two characters of it are there."""
        text = re.sub(r"[(（]\d*(?:\.\d+)?分?[)）]?", "", text)
        if text in self.level1:
            return text
        if len(text) < 2 or text == "指标" or text in self.families:
            return None
        return next((name for name in self.level1 if text in name and name not in {"成本", "产出"}), None)

    def tail_of_level(self, text: str) -> bool:
        """Whether a text is the rest of a level's name that stands alone in its row (标, 指标, 度指标)."""
        return 0 < len(text) <= 3 and any(name.endswith(text) for name in (*self.level1, *self.level2))

    def level1_for(self, level1: str, level2: str) -> str:
        """The level 1 of a row: the one above it where the two go together, else the usual one of its level 2."""
        family = self.families.get(level2)
        if family is None or level1 in family:
            return level1
        return family[0] if not level1 or level1 in self.level1[:4] else level1


def _names(value: str | Iterable[str]) -> list[str]:
    return [n.strip() for n in value.split(",") if n.strip()] if isinstance(value, str) else list(value)


@cache
def words() -> Words:
    """The declared words."""
    raw = declared(__file__, "performance.yml")
    families: dict[str, tuple[str, ...]] = {}
    for parents, names in raw["level2"].items():
        for name in _names(names):
            families[name] = tuple(parents.split("/"))
    level2 = tuple(sorted(families, key=len, reverse=True))
    return Words(
        fields={n: re.compile(p) for n, p in raw["fields"].items()},
        budget_fields={n: re.compile(p) for n, p in raw["budget_fields"].items()},
        any_heading=re.compile("指标|目标|分值|权重|得分|评分|标准|预算数|执行|原因|前年|上年|备注|年"),
        heading_noise=re.compile(raw["heading_noise"]),
        heading_text=re.sub(r"[\\()?\[\]]", "", key("|".join(raw["fields"].values()))),
        heading_label=re.compile(r"(?:长期|中期|年度)?绩效(?:指标|目标)|年度绩效目标表"),
        budget_total=re.compile(raw["budget_total"]),
        budget_level=raw["budget_level"],
        total=re.compile(rf"(?:{raw['total_words']})[:：]?"),
        ends=re.compile(raw["end_words"]),
        horizons=raw["horizons"],
        level1=tuple(raw["level1"]),
        families=families,
        level2=level2,
        level2_names=re.compile("|".join(map(re.escape, level2))),
        basis=re.compile(raw["basis"]),
        values=re.compile(raw["values"]),
    )
