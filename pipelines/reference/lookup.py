"""Regions, subjects and bodies by name and code, from the committed files of this folder."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.core.data_files import loaded
from pipelines.core.folding import key

FOLDER = Path(__file__).parent

SUBJECT: dict[str, pl.DataType] = {
    "code": pl.String(),
    "name": pl.String(),
    "aliases": pl.String(),
    "valid_from": pl.Int32(),
    "valid_to": pl.Int32(),
    "succeeded_by": pl.String(),
}
"""Columns of the subject files; ``aliases`` are separated by ``|``."""

# Prefectures that only hold a place in the code table; no name of a body contains them.
PLACEHOLDERS = frozenset({"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"})

ETHNIC_GROUPS = (
    "蒙古|回|藏|维吾尔|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|高山|拉祜|水|东乡|纳西|景颇|柯尔克孜|土|达斡尔|"
    "仫佬|羌|布朗|撒拉|毛南|仡佬|锡伯|阿昌|普米|塔吉克|怒|乌孜别克|俄罗斯|鄂温克|德昂|保安|裕固|京|塔塔尔|独龙|鄂伦春|赫哲|门巴|珞巴|基诺"
)
AUTONOMOUS = re.compile(rf"^(.{{2,}}?)(?:(?:{ETHNIC_GROUPS}|各)族?)+自治(区|州|县|旗)$")

# A province's short name that is the beginning of a street or a place is no province (南京路, 河南岸).
NOT_A_PROVINCE_BEFORE = tuple("路街道镇乡村岸湾山河桥门店")

# A city's short name counts as the city before these: a zone, or an institution of which each city has one.
ZONE_BEHIND = re.compile(
    r".{0,10}?(?:开发区|高新区|新区|园区|示范区|度假区|保税区|试验区|合作区|风景区|名胜区|经开区|自贸区|港区)"
    r"|(?:国家)?(?:高新|经济|经开|职业教育|职业技术|职业|住房公积金|公积金|仲裁委|海关|海事|日报|晚报|广播|机场|港务|边检|市场监管)"
)
STATE = "中华人民共和国"  # in front of the city in the names of customs houses and maritime offices
LONGEST_CITY = 6  # letters of a city's short name: 双鸭山, 克拉玛依, 呼伦贝尔, 锡林郭勒

# A region in the middle of a name is only taken from this length on: 城区, 矿区 and 东区 are also common words.
SHORTEST_INSIDE = 3


@dataclass(frozen=True)
class Region:
    """One region of GB/T 2260 with the names of its ancestors.

    Attributes:
        code: six digits.
        name: own full name, such as 硚口区.
        level: ``province``, ``prefecture`` or ``county``.
        province: full name of the province, of the region itself for a province.
        city: full name of the prefecture; None where there is none (provinces, counties directly below a province).
        county: full name of the county; None above county level.
    """

    code: str
    name: str
    level: str
    province: str
    city: str | None
    county: str | None

    @property
    def canonical_name(self) -> str:
        """The name bodies carry in the warehouse: 湖北省, 武汉市, 武汉市硚口区, 上海市普陀区, 湖北省仙桃市."""
        if self.level != "county":
            return self.name
        return (self.city or self.province) + self.name


@dataclass(frozen=True)
class RegionMatch:
    """Where a region's name stands in a text: ``text[start:end]``, empty when only the short name was recognised."""

    region: Region
    start: int
    end: int


def short_name(name: str) -> str:
    """Return a province's name without its kind: 湖北, 内蒙古, 广西, 香港."""
    return re.sub(r"(省|市|特别行政区|(壮族|回族|维吾尔)?自治区)$", "", name)


def spellings(name: str) -> list[str]:
    """Return the full name and, for an autonomous region, the usual form without its peoples (恩施州, 长阳县)."""
    shorter = AUTONOMOUS.match(name)
    return [name, shorter[1] + shorter[2]] if shorter and shorter[2] != "区" else [name]


@cache
def regions() -> dict[str, Region]:
    """Return every region by its code, placeholders left out."""
    frame = pl.read_csv(FOLDER / "regions.csv", schema_overrides={"code": pl.String, "parent_code": pl.String})
    names = dict(zip(frame["code"], frame["name"], strict=True))
    found = {}
    for code, name, level, parent in frame.iter_rows():
        if name in PLACEHOLDERS:
            continue
        province = names[code[:2] + "0000"]
        city = name if level == "prefecture" else names.get(parent) if level == "county" else None
        found[code] = Region(
            code=code,
            name=name,
            level=level,
            province=province,
            city=None if city in PLACEHOLDERS else city,
            county=name if level == "county" else None,
        )
    return found


@cache
def _phrases() -> dict[str, frozenset[str]]:
    """Return the ways to write a region, with or without its ancestors, and the codes each may mean."""
    found: dict[str, set[str]] = {}
    for region in regions().values():
        provinces = ["", region.province, short_name(region.province)]
        cities = ["", *spellings(region.city), region.city.removesuffix("市")] if region.city else [""]
        if region.level == "province":
            phrases: Iterator[str] = iter(spellings(region.name))
        elif region.level == "prefecture":
            phrases = (p + own for p in provinces for own in spellings(region.name))
        else:
            phrases = (p + c + own for p in provinces for c in cities for own in spellings(region.name))
        for phrase in phrases:
            found.setdefault(phrase, set()).add(region.code)
    return {phrase: frozenset(codes) for phrase, codes in found.items()}


@cache
def _lengths() -> dict[str, list[int]]:
    """Return the lengths of the phrases by their first two letters, the longest first."""
    found: dict[str, set[int]] = {}
    for phrase in _phrases():
        found.setdefault(phrase[:2], set()).add(len(phrase))
    return {letters: sorted(lengths, reverse=True) for letters, lengths in found.items()}


def _resolve(codes: frozenset[str], hint: str) -> Region | None:
    """Return the one region meant, or None where the name alone cannot tell and the hint does not help."""
    known = regions()
    candidates = [known[code] for code in sorted(codes)]
    if len(candidates) > 1:
        # A prefecture and its only county share a name in a few places; the wider one is meant.
        widest = [c for c in candidates if c.level != "county"]
        inside = all(c.city == w.name for w in widest for c in candidates)
        if len(widest) == 1 and inside:
            return widest[0]
        candidates = [
            c
            for c in candidates
            if hint.startswith(c.code[:4])
            or short_name(c.province) in hint
            or (c.city and c.city != c.name and c.city.removesuffix("市") in hint)
        ]
    return candidates[0] if len(candidates) == 1 else None


def find_region(name: str, hint: str = "") -> RegionMatch | None:
    """Find the region that a body's name states.

    The longest phrase at the beginning counts; without one, the first phrase inside (中共硚口区委办公室), and last a
    province's short name at the beginning (江苏高院).

    Args:
        name: a body's name without blanks.
        hint: a text (the report's title) or region code that settles a county name borne by several counties.

    Returns:
        The match, or None where no region is stated or the name stays ambiguous.
    """
    phrases, lengths = _phrases(), _lengths()
    for start in range(len(name)):
        for length in lengths.get(name[start : start + 2], ()):
            end = start + length
            if start and length < SHORTEST_INSIDE:
                break
            if end <= len(name) and (codes := phrases.get(name[start:end])):
                region = _resolve(codes, hint)
                return RegionMatch(region, start, end) if region else None
    for short, region in _provinces():
        if name.startswith(short) and not ZONE_BEHIND.match(name, len(short)):
            return None if name[len(short) :].startswith(NOT_A_PROVINCE_BEFORE) else RegionMatch(region, 0, 0)
    return _city_of_zone(name.removeprefix(STATE), hint)


@cache
def _provinces() -> tuple[tuple[str, Region], ...]:
    """Return the provinces by their short names."""
    return tuple((short_name(r.name), r) for r in regions().values() if r.level == "province")


@cache
def _cities() -> dict[str, frozenset[str]]:
    """Return the prefectures and county-level cities by their names without 市, 地区 or 盟."""
    found: dict[str, set[str]] = {}
    for region in regions().values():
        if region.level == "prefecture" or (region.level == "county" and region.name.endswith("市")):
            for spelling in spellings(region.name):
                short = re.sub(r"(市|地区|盟)$", "", spelling)
                if len(short) > 1 and short != spelling:
                    found.setdefault(short, set()).add(region.code)
    return {short: frozenset(codes) for short, codes in found.items()}


def _city_of_zone(name: str, hint: str) -> RegionMatch | None:
    """Find the city that a zone or a city's institution is named after (苏州工业园区, 武汉东湖新技术开发区)."""
    known = _provinces()
    for length in range(min(len(name), LONGEST_CITY), 1, -1):
        short = name[:length]
        codes = _cities().get(short)
        if codes and ZONE_BEHIND.match(name, length):
            region = _resolve(codes, hint)
            return RegionMatch(region, 0, 0) if region else None
    province = next((r for short, r in known if name.startswith(short)), None)
    return RegionMatch(province, 0, 0) if province else None


def region_of(name: str, hint: str = "") -> Region | None:
    """Return the region a body's name states, or None; see ``find_region``."""
    match = find_region(name, hint)
    return match.region if match else None


@cache
def functional_subjects() -> pl.DataFrame:
    """Return the functional classification (schema ``SUBJECT``), one row per meaning of a code."""
    return pl.read_csv(FOLDER / "functional_subjects.csv", schema=SUBJECT)


@cache
def economic_subjects() -> pl.DataFrame:
    """Return the departments' economic classification (schema ``SUBJECT``), one row per meaning of a code."""
    return pl.read_csv(FOLDER / "economic_subjects.csv", schema=SUBJECT)


@cache
def functional_names() -> frozenset[str]:
    """Keys of the names of all functional subjects."""
    return _names_of(functional_subjects())


@cache
def economic_names() -> frozenset[str]:
    """Keys of the names of all economic subjects."""
    return _names_of(economic_subjects())


def _names_of(subjects: pl.DataFrame) -> frozenset[str]:
    return frozenset(
        key(spelling)
        for name, aliases in subjects.select("name", "aliases").iter_rows()
        for spelling in (name, *(aliases or "").split("|"))
        if spelling
    )


@cache
def unit_data() -> dict[str, Any]:
    """Return ``units.yml``: ``rewrites`` (pattern, replacement) and ``bodies``."""
    return loaded(FOLDER / "units.yml")
