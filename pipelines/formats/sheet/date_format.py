"""Dates of spreadsheets: numbers of days, shown by the letters of a number format."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import Decimal

DATE_LETTERS = "ymdhsaeg"
"""Letters that stand for parts of a date: ``aaa`` and ``aaaa`` are days of the week, ``e`` a year."""

_EPOCH = datetime(1899, 12, 30)
_EPOCH_1904 = datetime(1904, 1, 1)
_FALSE_LEAP_DAY = 60
"""Day of 1900 that spreadsheets count though it never was; days before it are one less."""

_LAST_DAY = 2_958_465  # 9999-12-31
_WEEKDAYS = "一二三四五六日"
_MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec"
_SECONDS = 24 * 60 * 60


def moment(days: Decimal, *, since_1904: bool) -> datetime | None:
    """Give the date and time that a number of days stands for, to the second; ``None`` for none."""
    if not 0 <= days <= _LAST_DAY:
        return None
    seconds = int((days * _SECONDS).to_integral_value())
    if since_1904:
        return _EPOCH_1904 + timedelta(seconds=seconds)
    return _EPOCH + timedelta(seconds=seconds, days=1 if 0 < days < _FALSE_LEAP_DAY else 0)


def date_text(tokens: list[tuple[str, str]], days: Decimal, *, since_1904: bool) -> str | None:
    """Give a date as its format shows it.

    Args:
        tokens: Kinds and texts of a section of a number format.
        days: The number stored.
        since_1904: Whether the workbook counts from 1904.

    Returns:
        ``None`` for a number that is no date.
    """
    when = moment(days, since_1904=since_1904)
    if when is None:
        return None
    half = any(kind == "ampm" for kind, _ in tokens)
    runs = _runs(tokens)
    out = []
    for place, (kind, text) in enumerate(runs):
        if kind == "date":
            minutes = text[:1] == "m" and _is_minutes(runs, place)
            out.append(_part("n" * len(text) if minutes else text, when, half=half))
        elif kind == "elapsed":
            total = int((days * _SECONDS).to_integral_value())
            out.append(str({"h": total // 3600, "m": total // 60, "s": total}[text[0]]).zfill(len(text)))
        elif kind == "ampm":
            out.append(("上午", "下午")[when.hour >= 12] if "上" in text else ("AM", "PM")[when.hour >= 12])
        elif kind in ("literal", "slash", "comma", "point"):
            out.append(text)
    return "".join(out).strip()


def _runs(tokens: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Letters of one part put together."""
    runs: list[tuple[str, str]] = []
    for kind, raw in tokens:
        text = raw.lower() if kind == "date" else raw
        if kind == "date" and runs and runs[-1][0] == "date" and text and runs[-1][1][:1] == text:
            runs[-1] = ("date", runs[-1][1] + text)
        else:
            runs.append((kind, text))
    return runs


def _is_minutes(runs: list[tuple[str, str]], place: int) -> bool:
    """Whether an ``m`` stands for minutes: behind hours or before seconds."""
    before = next((text for kind, text in reversed(runs[:place]) if kind in ("date", "elapsed") and text), "")
    after = next((text for kind, text in runs[place + 1 :] if kind in ("date", "elapsed") and text), "")
    return before[:1] == "h" or after[:1] == "s"


def _part(letters: str, when: datetime, *, half: bool) -> str:
    size = len(letters)
    hour = (when.hour - 1) % 12 + 1 if half else when.hour
    if re.match("[dm]{3}", letters):
        names = (when.strftime("%A"), when.strftime("%A")[:3]) if letters[0] == "d" else (
            when.strftime("%B"), _MONTHS[3 * when.month - 3 : 3 * when.month])  # fmt: skip
        return names[0] if size > 3 else names[1]
    if letters[:1] == "y":
        return f"{when.year % 100:02}" if size <= 2 else str(when.year)
    if letters[:1] == "a":
        return ("星期" if size > 3 else "") + _WEEKDAYS[when.weekday()]
    numbers = {"e": when.year, "m": when.month, "d": when.day, "h": hour, "n": when.minute, "s": when.second}
    return str(numbers[letters[:1]]).zfill(size) if letters[:1] in numbers else ""
