"""The words of ``words.yml``, and what is built from them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Any

from pipelines.core.data_files import declared

YEAR = "(?:20[0-9]{2}|二[○零0一二三四五六七八九]{3})"
STAGES = {"预算": "budget", "决算": "final"}
_DIGITS = str.maketrans("○零一二三四五六七八九", "00123456789")


@cache
def words() -> dict[str, Any]:
    """Load ``words.yml``."""
    return declared(__file__, "words.yml")


def any_of(patterns: Iterable[str]) -> str:
    """One pattern that matches what any of them does."""
    return "|".join(f"(?:{pattern})" for pattern in patterns)


@cache
def weight(kind: str) -> int:
    """How much a printing of this kind weighs."""
    found: int = words()["weights"][kind]
    return found


def as_year(text: str) -> int:
    """The year that four digits mean, Chinese ones too."""
    return int(text.translate(_DIGITS))


@cache
def kind_of_account() -> re.Pattern[str]:
    """What stands directly before 预算 or 决算 in a title: 部门综合, 单位, (本级)部门."""
    data = words()
    mark = data["scope_marks"].removesuffix("|(?:机关)?本级$")
    return re.compile(
        rf"(?P<before>{mark})?(?P<level>{data['level']})?(?P<after>{mark})?(?:{data['money']})*(?P<last>{mark})?$"
    )
