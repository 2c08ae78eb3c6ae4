"""Balances of plain-text dumps without column marks: the words before a number name its line, and so its side."""

from __future__ import annotations

import re
from collections import defaultdict
from decimal import Decimal

from pipelines.core.document import Line, Place
from pipelines.core.folding import bare, has_ordinal, key
from pipelines.core.lexicon import CJK
from pipelines.layout.rows import Row
from pipelines.layout.table import Table
from pipelines.repair.unmarked_columns import possible
from pipelines.repair.unmarked_lines import AMOUNT, CAPTION, amount_of, reading_of
from pipelines.statements.catalogue import catalogue

_LINE_NUMBER = re.compile(r"\d{1,3}")
_CLOSING = re.compile("终|末|下年")


def balance_rows_of_lines(table: Table) -> tuple[list[Row], list[str]]:
    """Read a balance form from plain lines: the words before a number name it, its side follows from the name."""
    rows: list[Row] = []
    words: list[str] = []
    started = False
    seen: dict[str, int] = defaultdict(int)
    is_numbered = any("行次" in key(line.text) for line in table.lines)
    unread: list[str] = []
    heads, funds = "", list[str]()
    spending = [s for s in _sides_in_order(table.lines) if s != "revenue"] or ["expenditure"]
    for line in table.lines:
        if CAPTION.search(key(line.text)):
            continue
        rest = line.text.strip()
        started = started or any(has_ordinal(w) for w in rest.split())
        if not started:
            heads += rest
            continue
        funds = funds or _funds_of(key(heads))
        while rest:
            found = AMOUNT.search(" " + rest)
            stop = len(rest) if found is None else max(0, found.start() - 1)
            words += rest[:stop].split()
            if found is None:
                break
            rest = rest[max(0, found.end() - 1) :].strip()
            name = _name_before(words)
            if is_numbered and CJK.search(name) and _LINE_NUMBER.fullmatch(found.group().strip()):
                if (found := AMOUNT.match(f" {rest}", 1)) is None:  # its amount is blank
                    words = []
                    continue
                rest = rest[found.end() - 1 :].strip()
            words = []
            if not CJK.search(name):
                unread += [] if is_numbered and _LINE_NUMBER.fullmatch(found.group().strip()) else [found.group()]
                continue
            row = Row(name, place=line.place)
            row.side = _side_of(name, seen, spending)
            texts = [found.group().strip()]
            while (found := AMOUNT.match(f" {rest}", 1)) is not None:
                texts.append(found.group())
                rest = rest[found.end() - 1 :].strip()
            measures = ["amount"] if row.side == "revenue" else funds
            unread += _place(row, measures, texts, line.place)
            rows.append(row)
    return rows, [text.strip() for text in unread]


def _funds_of(heads: str) -> list[str]:
    """Measures of the expenditure side: the kinds of money in the order of the headings, if they name several."""
    at = {m: found.start() for m, p in catalogue().balance_measures if (found := p.search(heads)) and m != "total"}
    return ["total", *sorted(at, key=at.__getitem__)] if len(at) > 1 else ["amount"]


def _place(row: Row, measures: list[str], texts: list[str], place: Place) -> list[str]:
    """Give a row its numbers as far as they add up in one way only; returns those that are left."""
    unit = Decimal(1).scaleb(-max(len(t.partition(".")[2]) for t in texts))
    options = possible([amount_of(t) for t in texts], measures, unit)
    chosen = options[0] if len(options) == 1 else (measures[0],)
    for measure, text in zip(chosen, texts, strict=False):
        row.readings[measure] = reading_of(text, place, inferred=len(chosen) > 1)
        row.readings[measure].notes.append("side by name")
    return texts[len(chosen) :]


def _sides_in_order(lines: list[Line]) -> list[str]:
    """The blocks of the table from left to right, as the headings name them."""
    for line in lines[:6]:
        words = [key(w) for w in line.text.split()]
        sides = []
        for word in words:
            for side in catalogue().sides:
                if re.search(side.heading, word) and not (side.name == "revenue" and "支出" in word):
                    sides.append(side.name)
                    break
        if len(sides) >= 2:
            return sides
    return []


def _name_before(words: list[str]) -> str:
    """The name a number belongs to: the last complete line name, else from the last numbered word on."""
    if not words:
        return ""
    if catalogue().line_names.fullmatch(bare(words[-1])) and not has_ordinal(words[-1]):
        return words[-1]
    for i in range(len(words) - 1, -1, -1):
        if has_ordinal(words[i]):
            return "".join(words[i:])
    return words[-1]


def _side_of(name: str, seen: dict[str, int], spending: list[str]) -> str:
    plain = bare(name)
    if not has_ordinal(name):  # totals: the same words once per block
        if "收入" in plain or ("支出" not in plain and seen[plain] == 0 and not _CLOSING.search(plain)):
            seen[plain] += 1
            return "revenue"
        seen[plain] += 1
        return spending[min(seen[plain], len(spending)) - 1]
    numbered_by_word = key(name)[0] in "一二三四五六七八九十"
    for side in catalogue().sides:
        if side.name in spending and side.names.search(plain) and "拨款" not in plain:
            if side.name == "expenditure" and not numbered_by_word and "economic" in spending:
                continue
            return side.name
    if "其他支出" in plain and not numbered_by_word and "economic" in spending:
        return "economic"
    return "revenue"
