"""Words by which captions and notes name the unit of money of a table."""

from __future__ import annotations

import re

from pipelines.core.folding import key
from pipelines.core.money import UNIT

_UNIT = re.compile(r"单位[:：]?\(?(?:人民币)?(亿|千|万)?(元)?(?![美欧港日]|英镑)")  # 万美元 is no unit of ours
_UNIT_IN_TITLE = re.compile(r"表\((?:单位[:：])?(?:人民币)?(亿|千|万)?元\)")
_UNIT_IN_HEADING = re.compile(r"(?:金额|预算数|决算数|支出|收入|合计)\((?:单位[:：])?(亿|千|万)?元\)")
_SAID = re.compile(rf"以(?:人民币)?({UNIT})为(?:金额|计量)?单位|单位(?:均|一律)?为(?:人民币)?({UNIT})")
"""A note that says the unit in words: 本表以万元为金额单位."""


def unit_of(text: str) -> str | None:
    """The unit of money a caption names."""
    folded = key(text)
    for found in _UNIT.finditer(folded):
        if found.group(1) or found.group(2):
            return (found.group(1) or "") + "元"
    heading = _UNIT_IN_TITLE.search(folded) or _UNIT_IN_HEADING.search(folded)
    return (heading.group(1) or "") + "元" if heading else None


def stated_unit(text: str) -> str | None:
    """The unit a text states, as a caption or in words."""
    if found := _SAID.search(key(text)):
        return found[1] or found[2]
    return unit_of(text) if "单位" in text else None
