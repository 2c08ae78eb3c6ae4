"""Source cards: what a person knows about a raw file, in ``<file>.meta.yml`` beside it.

Every field is optional and unknown fields are ignored::

    title: 武汉市硚口区大数据中心2023年度部门决算
    source_url: https://www.qiaokou.gov.cn/...
    published_on: 2024-09-20
    unit_name: 武汉市硚口区大数据中心
    fiscal_year: 2023
    stage: final
    scope: department

The last four count where the document does not say; where it says otherwise, the document counts and that is a finding.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml

from pipelines.core.stated import Stated

SUFFIX = ".meta.yml"
_MAX_BYTES = 64 * 1024
_LONGEST_NAME = 100  # characters of a body's name
_YEARS = range(2000, 2100)
_STAGES = {
    "budget": "budget",
    "final": "final",
    "预算": "budget",
    "部门预算": "budget",
    "决算": "final",
    "部门决算": "final",
}
_SCOPES = {
    "unit": "unit",
    "department": "department",
    "本级": "unit",
    "单位": "unit",
    "部门": "department",
    "汇总": "department",
}


class BadCardError(ValueError):
    """The card is there but cannot be used."""


class _Loader(yaml.SafeLoader):
    """Loads plain fields: with aliases a small card could unfold to gigabytes."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("aliases are not allowed")
        return super().compose_node(parent, index)


@dataclass(frozen=True, slots=True)
class SourceCard:
    """The fields of a card that reach the warehouse."""

    published_on: date | None = None
    source_url: str | None = None
    stated: Stated = field(default_factory=Stated)


def card_path(file: Path) -> Path:
    """Give the path of the card that belongs to ``file``."""
    return file.with_name(file.name + SUFFIX)


def read_card(path: Path) -> SourceCard:
    """Read a card; a card that is absent or empty says nothing.

    Raises:
        BadCardError: The card is unreadable, a link that leaves its folder, no mapping, or holds a date that is none.
    """
    if not os.path.isfile(path):  # noqa: PTH113 (`Path.is_file` raises for a name that is too long)
        return SourceCard()
    try:
        if not path.resolve().is_relative_to(path.parent.resolve()):
            raise BadCardError("a symbolic link that leaves the folder")
        if path.stat().st_size > _MAX_BYTES:
            raise BadCardError(f"larger than {_MAX_BYTES} bytes")
        fields = yaml.load(path.read_text(encoding="utf-8-sig"), _Loader)
    except BadCardError:
        raise
    except Exception as error:  # beside its own errors YAML raises whatever a date, a number or its depth comes to
        raise BadCardError(str(error).partition("\n")[0] or type(error).__name__) from error
    if fields is None:
        return SourceCard()
    if not isinstance(fields, dict):
        raise BadCardError("not a mapping of fields")
    return SourceCard(
        published_on=_date(fields.get("published_on")),
        source_url=_text("source_url", fields.get("source_url")),
        stated=Stated(
            unit_name=_name(fields.get("unit_name")),
            fiscal_year=_year(fields.get("fiscal_year")),
            stage=_word("stage", fields.get("stage"), _STAGES),
            scope=_word("scope", fields.get("scope"), _SCOPES),
        ),
    )


def _text(field: str, value: object) -> str | None:
    if value is None:
        return None
    try:
        if isinstance(value, str) and value.encode():
            return value
    except UnicodeEncodeError:
        pass
    raise BadCardError(f"{field} is no text")


def _name(value: object) -> str | None:
    name = "".join((_text("unit_name", value) or "").split())
    if len(name) > _LONGEST_NAME:
        raise BadCardError(f"unit_name is longer than {_LONGEST_NAME} characters")
    return name or None


def _year(value: object) -> int | None:
    if value is None:
        return None
    digits = str(value).strip().removesuffix("年度").removesuffix("年")
    if isinstance(value, bool) or not digits.isascii() or not digits.isdigit() or int(digits) not in _YEARS:
        raise BadCardError(f"fiscal_year is no year: {value!r:.100}")
    return int(digits)


def _word(field: str, value: object, known: dict[str, str]) -> str | None:
    word = _text(field, value)
    if word is None:
        return None
    if word.strip() not in known:
        raise BadCardError(f"{field} is none of {', '.join(known)}: {word!r:.100}")
    return known[word.strip()]


def _date(value: object) -> date | None:
    if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
        return value
    if isinstance(value, datetime):
        return value.date()
    try:
        return date.fromisoformat(str(value).strip())
    except ValueError as error:
        raise BadCardError(f"published_on is no date: {value!r:.100}") from error
