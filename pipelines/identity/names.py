"""What a body's name looks like, when two names mean one body, and the region in front of a name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from pipelines.core.lexicon import CJK
from pipelines.identity.words import YEAR, any_of, words
from pipelines.reference.lookup import Region, RegionMatch, find_region, regions

SHORTEST, LONGEST = 3, 60
"""Characters of a body's name; the longest have another name in brackets."""

_MAX_CONTEXT = 24  # characters of the longest region with its ancestors: 察布查尔锡伯自治县 in 新疆
_CODE = re.compile(
    r"^(?:[\[(【]\d{3,}[\])】]|\d{3,}[-—_:.]+|\d{6,})(?=[\u4e00-\u9fff])"
)  # of the body, in front of its name
_BESIDE = re.compile("[、/和与及暨]")
_OF_A_PLACE = re.compile("[省县州盟旗镇乡]|区(?![划域块])|市(?![场容政民])")  # 市场监督管理局 begins with no place
_MOSTLY = 0.7  # share of ideographs in a name: 12345政务热线中心 has two thirds of digits and more
_PARTY = (
    "中共",
    "中国共产党",
    "中国",
    "中华",
    "国家税务总局",
    "国家统计局",
    "政协",
    "共青团",
    "民革",
    "民盟",
    "致公党",
)


@dataclass(frozen=True, slots=True)
class _Looks:
    ending: re.Pattern[str]
    generic: re.Pattern[str]
    never: re.Pattern[str]
    nothing: re.Pattern[str]
    placeholder: re.Pattern[str]
    marks: re.Pattern[str]
    government: re.Pattern[str]
    collective: re.Pattern[str]
    seal: re.Pattern[str]


@cache
def _looks() -> _Looks:
    data = words()
    body = data["body"]
    return _Looks(
        ending=re.compile(f"(?:{any_of(body['ending'])})$"),
        generic=re.compile(body["generic_start"]),
        never=re.compile(body["never"]),
        nothing=re.compile(body["nothing"]),
        placeholder=re.compile(body["placeholder"]),
        marks=re.compile(data["scope_marks"]),
        government=re.compile(data["government_words"]),
        seal=re.compile(data["seal"]),
        collective=re.compile(data["collective"]),
    )


def is_placeholder(name: str) -> bool:
    """Whether a name is the XX局 of an official form that nobody filled in."""
    return _looks().placeholder.search(name) is not None


def plain(name: str) -> str:
    """A name without scope words, years, what the word 部门 adds, and signs around it; brackets are closed."""
    previous = None
    while previous != name:
        previous = name
        name = _looks().seal.sub("", _looks().marks.sub("", name))
        name = re.sub(rf"^{YEAR}(?:年度|年|度)|(?:关于)?{YEAR}年度?$|关于$", "", name)
        name = re.sub(r"^[^\w(《]+|[^\w)》]+$", "", _CODE.sub("", name))
        if name.startswith("《") and name.endswith("》"):
            name = name[1:-1]
        shorter = re.sub(r"(?:部门|单位)$", "", name)
        if shorter != name and _looks().ending.search(shorter):
            name = shorter
    return name


def is_body(name: str) -> bool:
    """Whether a text can be a body's name: it ends like an organisation and holds no word of a table or a heading."""
    looks = _looks()
    core = re.sub(r"\([^()]*\)", "", name)
    if (
        not SHORTEST <= len(name) <= LONGEST
        or not _closed(name)
        or looks.never.search(name)
        or looks.placeholder.search(name)
        or looks.nothing.fullmatch(name)
        or looks.collective.fullmatch(core)
        or not looks.ending.search(core)
        or len(CJK.findall(core)) < _MOSTLY * len(core)
        or _is_twice(core)
    ):
        return False
    match = find_region(name)
    if match is not None and match.start == 0 and match.end:
        return not looks.government.fullmatch(name[match.end :])
    return not looks.generic.match(name)


def is_government(name: str) -> bool:
    """Whether a name is a region's alone, or that of its government: 泰安市, 黑龙江省全省和省本级."""
    match = find_region(name)
    return (
        match is not None
        and match.start == 0
        and match.end > 0
        and _looks().government.fullmatch(name[match.end :]) is not None
    )


def is_of_a_place(name: str) -> bool:
    """Whether a name says only where: a region's, 市本级, 市级各部门."""
    looks = _looks()
    return is_government(name) or bool(looks.government.fullmatch(name) or looks.collective.fullmatch(name))


def _closed(name: str) -> bool:
    depth = 0
    for letter in name:
        depth += (letter == "(") - (letter == ")")
        if depth < 0:
            return False
    return depth == 0


def _is_twice(name: str) -> bool:
    """Whether two names stand one behind the other: a region's full name comes again behind an organisation."""
    match = find_region(name)
    if match is None or match.start or match.end < SHORTEST:
        return False
    again = name.find(name[: match.end], match.end)
    return again > 0 and _looks().ending.search(name[:again]) is not None


def joined_bodies(name: str) -> list[str]:
    """The bodies that a text names side by side (某县某局、某县某局), or nothing where it is the name of one.

    Such words stand inside names, too (教育和体育局, 组织部、老干部局): the second body must begin with a place.
    """
    for sign in _BESIDE.finditer(name):
        left, right = name[: sign.start()], name[sign.end() :]
        is_placed = _OF_A_PLACE.match(right) or stands_first(right)
        if is_placed and _closed(left) and is_body(left) and is_body(right):
            return [left, *(joined_bodies(right) or [right])]
    return []


def stands_first(name: str) -> bool:
    """Whether a name begins as bodies' names do that say where they are: with a region or a party's or state's name."""
    match = find_region(name)
    return (match is not None and match.start == 0 and match.end > 0) or name.startswith(_PARTY)


def agree(one: str, other: str) -> bool:
    """Whether two names can mean one body: the shorter's letters stand in the longer in their order.

    省人大办公厅 agrees with 江苏省人大常委会办公厅, 市发改委 with 西安市发展和改革委员会.
    """
    short, long = sorted((_core(one), _core(other)), key=len)
    letters = iter(long)
    return all(letter in letters for letter in short)


def _core(name: str) -> str:
    return re.sub(r"\([^()]*\)", "", name)


def same(one: str, other: str) -> bool:
    """Whether one name is the other with its region or a body above in front."""
    return one.endswith(other) or other.endswith(one)


def region_at_front(name: str) -> RegionMatch | None:
    """The region a name begins with, if its name stands there in full."""
    match = find_region(name)
    return match if match is not None and match.start == 0 and match.end else None


def with_region(name: str, text: str) -> str:
    """The name with its region in front, where the text prints it so.

    Args:
        name: As chosen.
        text: The folded text of the document.

    Returns:
        The fullest spelling the text prints most; for a county's name that several bear, with the city whose name
        stands before it most; else the name.
    """
    own = region_at_front(name)
    found: Counter[str] = Counter()
    for match in re.finditer(re.escape(name), text):
        for width in range(min(_MAX_CONTEXT, match.start()), 0, -1):
            candidate = text[match.start() - width : match.end()]
            region = find_region(candidate)
            if region is None or region.start or region.end < width or (own and region.end <= width):
                continue
            if own is None or region.region.code == own.region.code:
                found[candidate] += 1
                break
    if found:
        return found.most_common(1)[0][0]
    return _with_city(name, text) if own is None else name


def _with_city(name: str, text: str) -> str:
    """The name behind the city that the text names most before the county it begins with (鼓楼区 of 福州市)."""
    votes: Counter[str] = Counter()
    for region in _counties(name):
        for parent in (region.city, region.province):
            if parent:
                votes[parent] += text.count(parent + region.name)
    best = votes.most_common(2)
    if best and best[0][1] and (len(best) == 1 or best[1][1] < best[0][1]):
        return best[0][0] + name
    return name


def _counties(name: str) -> Iterable[Region]:
    """All counties whose name a name begins with."""
    return [region for region in regions().values() if region.level == "county" and name.startswith(region.name)]
