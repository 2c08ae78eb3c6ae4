"""Projects of the narrative: summaries of self-evaluations, execution statements, lists of what money was used for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from pipelines.core.document import Document, Place
from pipelines.core.folding import key
from pipelines.core.lexicon import CHINESE_NUMBER, NUMBERINGS, PAGE_NUMBER, PART
from pipelines.identity.report_identity import Identity
from pipelines.layout.appendix import tidy
from pipelines.projects.row import LINE_NUMBER, MONEY, ProjectRow, money, words

_HEADING = re.compile(
    rf"^(?:[-•]?{NUMBERINGS[2]}|{CHINESE_NUMBER}、|[(（](?:{CHINESE_NUMBER}|\d+)[)）]|{PART.pattern})"
)
_ITEM = re.compile(rf"^([^,，:：]{{2,60}}?){MONEY}(.*)$")
_SUB_ITEM = re.compile(rf"[、,，]?([^\s]{{2,60}}?){MONEY}")
_EXECUTION = re.compile(
    rf"预算(?:数|总额|资金)?为?{MONEY}[,，][^。;；]{{0,30}}?(?:执行数|支出数|决算数|拨付资金)为?{MONEY}"
)

_LONGEST_NUMBERING = 12
"""Characters at the start of a line that may number it (第十二部分, - 12、)."""


@dataclass(frozen=True, slots=True)
class RunningText:
    """The running text without white space; lines may break sentences."""

    text: str
    starts: tuple[int, ...]
    places: tuple[Place, ...]

    @classmethod
    def of(cls, document: Document) -> RunningText:
        """The running text of a document."""
        texts, starts, places, length = [], [], [], 0
        for line in document.lines():
            text = tidy(line.text)
            if text and not PAGE_NUMBER.fullmatch(text):
                texts.append(text)
                starts.append(length)
                places.append(line.place)
                length += len(text)
        return cls("".join(texts), tuple(starts), tuple(places))

    def place(self, position: int) -> Place:
        """Where a position stands."""
        index = max((i for i, start in enumerate(self.starts) if start <= position), default=0)
        return self.places[index] if self.places else Place()

    def sentence(self, position: int, marks: str = "。;；:：") -> str:
        """What stands between the last of the marks and a position; a line that starts a paragraph ends it too."""
        start = max((self.text.rfind(mark, 0, position) for mark in marks), default=-1) + 1
        headings = [s for s in self.starts if start < s <= position and _HEADING.match(self.text[s:position])]
        return self.text[headings[-1] if headings else start : position]


def reviews(running: RunningText, known: Iterable[str]) -> tuple[list[ProjectRow], list[tuple[int, int]]]:
    """Projects of the self-evaluation's summary (X项目绩效自评综述：项目全年预算数为…)."""
    d = words()
    names = {key(name): name for name in known}
    rows: list[ProjectRow] = []
    spans: list[tuple[int, int]] = []
    for found in d.review.finditer(running.text):
        printed = LINE_NUMBER.sub("", running.sentence(found.start()))
        name = _settled(printed, names)
        if not name:
            counts = d.review_count.findall(running.text[: found.start()])
            name = d.group.format(count=counts[-1]) if counts else ""
        if not name:
            continue
        budget, final = money(found.group(1), found.group(2)), money(found.group(3), found.group(4))
        place = running.place(found.start())
        rows.append(ProjectRow(name, "", "current", "项目绩效自评综述", place, budget, final))
        spans.append(found.span())
    return rows, spans


def _settled(printed: str, names: dict[str, str]) -> str:
    """The project's name: with or without a closing 项目, as the tables write it."""
    candidates = [printed, printed.removesuffix("项目"), printed.removesuffix("项目").removesuffix("项目")]
    return next((names[key(c)] for c in candidates if key(c) in names), candidates[-1] or "")


def executions(running: RunningText, known: Iterable[str], used: list[tuple[int, int]]) -> Iterator[ProjectRow]:
    """Budget and execution of known projects as the text of a self-evaluation states them, each once."""
    seen: set[tuple[str, Decimal, Decimal]] = set()
    longest_first = sorted(known, key=len, reverse=True)
    for found in _EXECUTION.finditer(running.text):
        if any(start <= found.start() < stop for start, stop in used):
            continue
        before = key(running.sentence(found.start(), "。;；"))
        name = next((n for n in longest_first if key(n) in before), None)
        if name is None:
            continue
        budget, final = money(found.group(1), found.group(2)), money(found.group(3), found.group(4))
        if (name, budget, final) not in seen:
            seen.add((name, budget, final))
            yield ProjectRow(name, "", "current", "项目自评结果", running.place(found.start()), budget, final)


def uses(running: RunningText, known: Iterable[str], identity: Identity) -> Iterator[ProjectRow]:
    """Projects listed where the text says what project expenditure was used for."""
    names = {key(name): name for name in known}
    for anchor in words().uses.finditer(running.text):
        position = anchor.end()
        for clause in re.split(r"(?<=[。;；])", running.text[position : _end(running, position)]):
            yield from _use(running, clause, position, names, identity)
            position += len(clause)


def _end(running: RunningText, position: int) -> int:
    """Where a list ends: at the first heading or numbered paragraph after a full stop."""
    stops = (s for s in running.starts if s > position and _HEADING.match(running.text[s : s + _LONGEST_NUMBERING]))
    return next((s for s in stops if running.text[s - 1] in "。:："), len(running.text))


def _use(
    running: RunningText, clause: str, position: int, names: dict[str, str], identity: Identity
) -> Iterator[ProjectRow]:
    """One clause of such a list, with what it says to be included."""
    found = _ITEM.match(LINE_NUMBER.sub("", clause))
    if found is None or words().not_items.search(found.group(1)):
        return
    printed = words().name_labels.sub("", found.group(1), count=1) or found.group(1)
    project = names.get(key(printed.removesuffix("支出"))) or names.get(key(printed)) or printed
    place = running.place(position)

    def row(item: str, amount: Decimal) -> ProjectRow:
        budget, final = (amount, None) if identity.stage == "budget" else (None, amount)
        kind = "detail" if item else "current"
        return ProjectRow(project, item, kind, "项目支出主要用于", place, budget, final)

    yield row("", money(found.group(2), found.group(3)))
    included = re.match(r"[,，]?(?:其中)?[:：]?包括[:：]?(.*)", found.group(4))
    for part in _SUB_ITEM.finditer(included.group(1)) if included else ():
        yield row(part.group(1), money(part.group(2), part.group(3)))
