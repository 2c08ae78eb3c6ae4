"""One statement of a project's money as read, and the words that tell it (``project.yml``)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from pipelines.core.data_files import declared
from pipelines.core.document import Place
from pipelines.core.lexicon import AMOUNT
from pipelines.core.money import UNIT, yuan

MONEY = rf"_*({AMOUNT})_*({UNIT})"
"""An amount with its unit; dumps fill blanks in with underscores (_643.29_万元)."""

LINE_NUMBER = re.compile(r"^[-•]*(?:\d{1,2}[、.．])+(?=[^\d.])")
"""The number of a line of a list (1. or - 1、 or 1.7.)."""

REVIEW_NUMBERS = rf"[:：](?:该|本)?项目?(?:全年|年初)?预算数?为?{MONEY}[,，](?:全年)?执行数为?{MONEY}"


@dataclass(frozen=True, slots=True)
class ProjectRow:
    """One project, or one line of its cost (``item``)."""

    project: str
    item: str
    kind: str
    section: str
    place: Place
    budget_amount: Decimal | None = None
    final_amount: Decimal | None = None

    def as_dict(self) -> dict[str, Any]:
        """As a row of ``EXTRACTED_PROJECT`` without its keys."""
        return {
            "project": self.project,
            "item": self.item,
            "kind": self.kind,
            "budget_amount": self.budget_amount,
            "final_amount": self.final_amount,
            "section": self.section,
            "page": self.place.page,
            "source_line": self.place.line,
            "origin": self.place.origin,
        }


@dataclass(frozen=True, slots=True)
class Declared:
    """What ``project.yml`` declares."""

    name_labels: re.Pattern[str]
    labels: re.Pattern[str]
    amounts: dict[str, tuple[str, str]]
    parts: dict[str, re.Pattern[str]]
    heading_words: re.Pattern[str]
    columns: dict[str, re.Pattern[str]]
    list_titles: re.Pattern[str]
    listed: dict[str, re.Pattern[str]]
    appropriation: re.Pattern[str]
    skipped: re.Pattern[str]
    review: re.Pattern[str]
    review_count: re.Pattern[str]
    group: str
    uses: re.Pattern[str]
    not_items: re.Pattern[str]


@cache
def words() -> Declared:
    """The declared words."""
    d = declared(__file__, "project.yml")
    return Declared(
        name_labels=re.compile(d["name_labels"]),
        labels=re.compile(d["labels"]),
        amounts={pattern: (kind, column) for pattern, (kind, column) in d["amounts"].items()},
        parts={name: re.compile(pattern) for name, pattern in d["parts"].items()},
        heading_words=re.compile(d["heading_words"]),
        columns={name: re.compile(pattern) for name, pattern in d["columns"].items()},
        list_titles=re.compile(d["list_titles"]),
        listed={name: re.compile(pattern) for name, pattern in d["list"].items()},
        appropriation=re.compile(d["funds"]["appropriation"]),
        skipped=re.compile(d["funds"]["skipped"]),
        review=re.compile(d["review"] + REVIEW_NUMBERS),
        review_count=re.compile(d["review_count"]),
        group=d["group"],
        uses=re.compile(d["uses"] + "[:：]?"),
        not_items=re.compile(d["not_items"]),
    )


def grouped(number: str) -> Decimal:
    """The value of digits that may be grouped."""
    return Decimal(number.replace(",", ""))


def money(number: str, unit: str) -> Decimal:
    """An amount in yuan from digits that may be grouped and the unit behind them."""
    return yuan(grouped(number), unit)
