"""Source cards: what a person knows about a raw file, in ``<file>.meta.yml`` beside it.

Every field is optional and unknown fields are ignored::

    title: 武汉市硚口区大数据中心2023年度部门决算
    source_url: https://www.qiaokou.gov.cn/...
    published_on: 2024-09-20
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml

SUFFIX = ".meta.yml"
_MAX_BYTES = 64 * 1024


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
    return SourceCard(published_on=_date(fields.get("published_on")), source_url=_url(fields.get("source_url")))


def _url(value: object) -> str | None:
    if value is None:
        return None
    try:
        if isinstance(value, str) and value.encode():
            return value
    except UnicodeEncodeError:
        pass
    raise BadCardError("source_url is no text")


def _date(value: object) -> date | None:
    if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
        return value
    if isinstance(value, datetime):
        return value.date()
    try:
        return date.fromisoformat(str(value).strip())
    except ValueError as error:
        raise BadCardError(f"published_on is no date: {value!r:.100}") from error
