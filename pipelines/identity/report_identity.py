"""Who published a report, for which year and stage: read from the content, never from a file name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from pipelines.core.document import Document
from pipelines.core.folding import key, squeeze
from pipelines.core.lexicon import CJK, HAN, PART, SECTION
from pipelines.layout.tables import Table
from pipelines.reference.lookup import find_region

_FUNDS = re.compile(r"一般公共预算|政府性基金预算|国有资本经营预算|预算单位|年初预算|全年预算|预算数|预算外|预决算")
_STAGE = re.compile(r"预算|决算")
_YEAR_DIGITS = "(20[0-9]{2}|二[○零一二三四五六七八九]{3})"
_YEAR = re.compile(rf"{_YEAR_DIGITS}年度?(?!\d{{1,2}}月)")
_DATE = re.compile(r"(20\d\d)年(\d{1,2})月(\d{1,2})日")
_CAPTION = re.compile(rf"(?:^|[^{HAN}])(?:预算|编制|填报|公开)?(?:部门|单位)(?:\(单位\))?(?:名称)?[:：]([^:：]+)")
_CAPTION_STOP = re.compile(r"(?:金额)?单位|公开|编制|预算|决算|日期|\d|[,，。;；]|$")
_PART = re.compile(
    rf"^第[一二三]部分(.+?)(?:{_YEAR_DIGITS}年度?.*|(?:部门)?(?:基本)?(?:概况|情况|简介)|部门(?:预|决)算.*)$"
)
_COVER = re.compile(
    rf"(?:{_YEAR_DIGITS}年度?)?(.+?)(?:{_YEAR_DIGITS}年度?)?(?:部门|单位)?(?:预算|决算)(?:公开|报告|说明|情况|草案)*(?:表|书)?$"
)
_SCOPE_MARK = re.compile(r"\((?:本级|汇总|机关|本部|部门|单位|含下属单位)\)|本级$")
_PLACEHOLDER = re.compile(r"[X×x*○]{2,}|[_]{2,}|某")
_DIGITS = str.maketrans("○零一二三四五六七八九", "00123456789")
_COVER_LINES = 14
_MAX_CONTEXT = 14


@dataclass(frozen=True, slots=True)
class Identity:
    """What a report says of itself; unknown parts are ``None``.

    ``unit_name`` is the name as printed most; ``unit_full_name`` the same with its region, where the text gives it.
    """

    stage: str | None
    fiscal_year: int | None
    unit_name: str | None
    unit_full_name: str | None
    scope: str
    title: str
    cover_date: date | None
    three_public_budget_stage: str | None


def identity_of(document: Document, tables: list[Table]) -> Identity:
    """Read the identity of a report from its cover, headings, captions and table titles."""
    lines = [key(line.text) for line in document.lines()]
    cover = lines[:_COVER_LINES]
    titles = [key(t.title) for t in tables if t.form]
    captions = list(_captions(document, lines))
    stage = _stage(cover, titles, lines)
    name = _unit_name(cover, lines, captions)
    text = "".join(lines)
    scoped = "".join([*cover[:6], *captions])
    return Identity(
        stage=stage,
        fiscal_year=_year(cover, titles, lines),
        unit_name=name,
        unit_full_name=_with_region(name, text) if name else None,
        scope="unit" if re.search(r"\(本级\)|本级(?:$|20|部门)|单位预算|单位决算", scoped) else "department",
        title=_title(cover),
        cover_date=_date(cover),
        three_public_budget_stage=_three_public_stage(tables, lines) if stage == "final" else None,
    )


def _captions(document: Document, lines: list[str]) -> Iterator[str]:
    """What stands after 部门： and 单位名称： anywhere, grids included (dumps put captions into tables)."""
    texts = [*lines, *(key(c.text) for b in document.blocks if not hasattr(b, "text") for c in b.cells if c.row < 2)]
    for text in texts:
        for found in _CAPTION.finditer(text):
            name = found.group(1)
            stop = _CAPTION_STOP.search(name)
            name = name[: stop.start()] if stop else name
            if len(name) >= 3 and CJK.search(name):
                yield name


def _stage(cover: list[str], titles: list[str], lines: list[str]) -> str | None:
    votes: Counter[str] = Counter()
    for weight, texts in ((5, cover[:4]), (3, titles), (1, [x for x in lines if x.startswith("第")])):
        for text in texts:
            words = _STAGE.findall(_FUNDS.sub("", text))
            if words:
                votes[words[-1]] += weight
    if not votes:
        return None
    return "final" if votes["决算"] >= votes["预算"] else "budget"


def _year(cover: list[str], titles: list[str], lines: list[str]) -> int | None:
    votes: Counter[int] = Counter()
    headings = [x for x in lines if PART.match(x) or SECTION.match(x)]
    for weight, texts in ((6, cover[:6]), (3, titles), (1, headings)):
        for text in texts:
            for found in _YEAR.finditer(text):
                votes[_as_year(found.group(1))] += weight
    if not votes:
        votes.update(_as_year(m.group(1)) for x in lines for m in _YEAR.finditer(x))
    return max(votes, key=lambda y: (votes[y], y)) if votes else None


def _as_year(text: str) -> int:
    return int(text.translate(_DIGITS))


def _unit_name(cover: list[str], lines: list[str], captions: list[str]) -> str | None:
    votes: Counter[str] = Counter()
    for caption in captions:
        votes[_plain(caption)] += 2
    for text in lines:
        found = _PART.match(text)
        if found:
            votes[_plain(found.group(1))] += 3
    for start in range(min(6, len(cover))):
        for stop in range(start + 1, min(start + 4, len(cover)) + 1):
            joined = _DATE.sub("", "".join(cover[start:stop]))
            if found := _COVER.fullmatch(joined):
                votes[_plain(found.group(2))] += 2
    named = {n: v for n, v in votes.items() if _is_name(n)}
    if not named:
        return None
    best = max(named, key=lambda n: (named[n], len(n), n))
    fuller = [n for n in named if n.endswith(best) and n != best and find_region(n)]
    return max(fuller, key=len) if fuller else best


def _plain(name: str) -> str:
    name = re.sub(rf"{_YEAR_DIGITS}年度?.*$", "", name)
    name = re.sub(r"^第[一二三]部分", "", name)
    return _SCOPE_MARK.sub("", re.sub(r"(?:部门|单位)$", "", name)).strip("()（）《》:-_ ")


def _is_name(name: str) -> bool:
    """Whether a text can be a body's name."""
    if (
        not 3 <= len(name) <= 40
        or _PLACEHOLDER.search(name)
        or re.search(r"[,，。;；0-9]|目录|部分|关于|公开|预算|决算|人民币|元$|(?:收支|收入|支出|经费|拨款)$", name)
    ):
        return False
    return len(CJK.findall(name)) >= 0.8 * len(name) and name not in {"部门", "单位", "本部门", "本单位", "概况"}


def _with_region(name: str, text: str) -> str:
    """The name as the text prints it with its region in front, where it does."""
    found: Counter[str] = Counter()
    for match in re.finditer(re.escape(name), text):
        for width in range(min(_MAX_CONTEXT, match.start()), 1, -1):
            candidate = text[match.start() - width : match.end()]
            region = find_region(candidate)
            if region is not None and region.start == 0 and region.end >= width:
                found[candidate] += 1
                break
    return found.most_common(1)[0][0] if found else name


def _title(cover: list[str]) -> str:
    """The first lines that name the report."""
    kept: list[str] = []
    for text in cover[:5]:
        if text.startswith("目录") or len(text) > 60:
            break
        if not re.fullmatch(r"\d{1,3}", text):
            kept.append(text)
        if _STAGE.search(text):
            break
    return squeeze("".join(kept))[:120]


def _date(cover: Iterable[str]) -> date | None:
    for text in cover:
        if found := _DATE.search(text):
            try:
                return date(*(int(g) for g in found.groups()))
            except ValueError:
                continue
    return None


def _three_public_stage(tables: list[Table], lines: list[str]) -> str:
    """Whether 预算数 of the three public expenses means the adjusted budget; the table's note has the last word."""
    notes = [key(n) for t in tables if t.form and t.form.name == "three_public" for n in t.note]
    told = [x for x in lines if "三公" in x and ("全年预算" in x or "年初预算" in x or "调整后" in x)]
    for texts in (notes, told):
        for text in texts:
            if "全年预算" in text or "调整后" in text or "调整预算" in text:
                return "adjusted_budget"
        if any("年初预算" in text for text in texts):
            return "initial_budget"
    return "initial_budget"
