"""Invented departments with consistent figures.

The smallest items are drawn in yuan and everything else is their sum, so every identity holds exactly
before printing and within rounding after it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from pathlib import Path
from random import Random

from tests.corpus.family import WUHAN_FUNCTIONS
from tests.corpus.layout import Layout
from tests.corpus.model import Figures
from tests.corpus.subjects import economic, functional, ordinal, subject_name

DEPARTMENTS = {
    "财政局": ("20106",),
    "教育局": ("20501", "20502", "20508"),
    "公安局": ("20402",),
    "民政局": ("20802", "20808", "22960"),
    "人力资源和社会保障局": ("20801",),
    "卫生健康委员会": ("21001", "21003", "21004"),
    "生态环境局": ("21101", "21103"),
    "住房和城乡建设局": ("21201", "21203", "21208"),
    "城市管理和综合执法局": ("21201", "21205"),
    "农业农村局": ("21301", "21305"),
    "水务局": ("21303",),
    "交通运输局": ("21401",),
    "工业和信息化局": ("21505", "20604"),
    "商务局": ("20113", "21602"),
    "自然资源和规划局": ("22001", "21208"),
    "应急管理局": ("22401",),
    "文化和旅游局": ("20701", "20703", "22960"),
    "科学技术局": ("20601", "20604", "20607"),
    "市场监督管理局": ("20138",),
    "统计局": ("20105",),
    "司法局": ("20406",),
    "发展和改革局": ("20104", "22201"),
    "人民代表大会常务委员会办公室": ("20101",),
    "大数据中心": ("20103",),
    "林业局": ("21302",),
    "人民医院": ("21002",),
    "第一中学": ("20502",),
    "职业技术学校": ("20503",),
    "总工会": ("20129",),
}
FUND_SECTIONS = ("21208", "22904", "22960")
STATE_SECTIONS = ("22301",)
OWN_SOURCES = ("superior_subsidy", "institutional", "affiliate_remittance", "other")
ZERO = Decimal(0)


@dataclass
class Leaf:
    """The smallest item of spending and where its money comes from, in yuan."""

    code: str
    money: str = "general"
    personnel: Decimal = ZERO
    public: Decimal = ZERO
    project: Decimal = ZERO
    own_basic: Decimal = ZERO
    own_project: Decimal = ZERO
    operating: Decimal = ZERO
    saved: Decimal = ZERO
    own: dict[str, Decimal] = field(default_factory=dict)

    @property
    def basic(self) -> Decimal:
        """Basic spending from appropriations."""
        return self.personnel + self.public

    @property
    def granted(self) -> Decimal:
        """Spending from appropriations."""
        return self.basic + self.project

    @property
    def total(self) -> Decimal:
        """Spending from all money."""
        return self.granted + self.own_basic + self.own_project + self.operating


def money(rng: Random, scale: float) -> Decimal:
    """Draw an amount in yuan: often with cents, sometimes round."""
    amount = rng.lognormvariate(12.2, 1.2) * scale + 300
    if rng.random() < 0.35:
        return Decimal(max(1, round(amount / 10_000))) * 10_000
    return Decimal(round(amount * 100)) / 100


@cache
def places() -> tuple[str, ...]:
    """Return the governments whose departments are invented."""
    return tuple((Path(__file__).parent / "places.txt").read_text(encoding="utf-8").split())


def unit_name(rng: Random, allowed: Iterable[str]) -> tuple[str, tuple[str, ...]]:
    """Draw a department whose work falls into the allowed classes, and the sections of its work."""
    known = set(allowed)
    name = rng.choice([name for name, sections in DEPARTMENTS.items() if {code[:3] for code in sections} <= known])
    scope = rng.choices(("", "（本级）", "（汇总）"), (12, 1, 1))[0]
    return rng.choice(places()) + name + scope, DEPARTMENTS[name]


def draw_codes(rng: Random, layout: Layout, year: int, sections: Iterable[str]) -> set[str]:
    """Draw the subjects a department spends on: its own work, pensions, medical care, housing."""
    named = functional(year)
    wanted = [section for section in sections if section not in FUND_SECTIONS or rng.random() < 0.5]
    if rng.random() < 0.15:
        wanted.append(rng.choice(FUND_SECTIONS))
    if rng.random() < 0.12 and layout.family in ("national_final", "common_budget") and year >= 2019:
        wanted += STATE_SECTIONS
    codes: set[str] = set()
    for section in wanted:
        items = [code for code in named if len(code) == 7 and code.startswith(section)]
        if layout.family != "national_final" and rng.random() < 0.08:
            codes.add(section)
        else:
            codes.update(rng.sample(items, min(len(items), rng.randint(1, 3))))
    codes |= {"2080505", rng.choice(("2101101", "2101102")), "2210201"}
    codes.update(code for code in ("2080501", "2080506", "2101103", "2210202") if rng.random() < 0.4)
    if layout.family == "wuhan_budget":
        codes = {code for code in codes if code[:3] in WUHAN_FUNCTIONS}
    return codes


def leaves(rng: Random, layout: Layout, year: int, sections: Iterable[str]) -> list[Leaf]:
    """Draw the items of a department's spending."""
    codes = draw_codes(rng, layout, year, sections)
    scale = rng.choice((0.5, 1, 5, 40))
    result = []
    for code in sorted(codes):
        leaf = Leaf(code)
        if code.startswith(FUND_SECTIONS) or code.startswith(STATE_SECTIONS):
            leaf.money = "fund" if code.startswith(FUND_SECTIONS) else "state_capital"
            leaf.project = money(rng, scale * 3)
        elif code[:3] in ("208", "210", "221") and code[3:5] in ("05", "11", "02"):
            leaf.personnel = money(rng, scale * 0.5)
        elif code.endswith(("01", "50")):
            leaf.personnel, leaf.public = money(rng, scale * 4), money(rng, scale)
            leaf.project = money(rng, scale) if rng.random() < 0.3 else ZERO
        else:
            leaf.project = money(rng, scale * 2)
        result.append(leaf)
    if not any(leaf.public for leaf in result):
        result[0].public, result[0].money = money(rng, scale), "general"
    for leaf in result:
        if leaf.money == "general" and (leaf.public or leaf.project):
            own_money(rng, layout, leaf, scale)
    return result


def own_money(rng: Random, layout: Layout, leaf: Leaf, scale: float) -> None:
    """Give some items money that is not appropriated, and carry-over."""
    if rng.random() < 0.2:
        leaf.own_project = money(rng, scale)
        if rng.random() < 0.4:
            leaf.own_basic = money(rng, scale)
        leaf.own[rng.choice(OWN_SOURCES)] = leaf.own_project + leaf.own_basic
    if rng.random() < 0.08 and layout.family in ("national_final", "common_budget", "wuhan_budget"):
        leaf.operating = money(rng, scale)
        leaf.own["operating"] = leaf.operating
    if layout.family == "national_final":
        if leaf.project and rng.random() < 0.3:
            leaf.saved = (leaf.project * rng.randint(-40, 40) / 100).quantize(Decimal("0.01"))
        if layout.negative and rng.random() < 0.4:
            leaf.own["other"] = leaf.own.get("other", ZERO) - money(rng, scale / 4)
    elif layout.family == "common_budget" and leaf.project and rng.random() < 0.25:
        leaf.saved = -(leaf.project * rng.randint(5, 60) / 100).quantize(Decimal("0.01"))


class Invented:
    """The money of one body, drawn at random, and the sums that tables print of it."""

    def __init__(self, rng: Random, layout: Layout, year: int, unit: str, items: list[Leaf]) -> None:
        self.rng, self.layout, self.year, self.unit, self.items = rng, layout, year, unit, items
        self.figures = Figures(default=ZERO)
        self.economics: dict[str, Decimal] = {}

    def sum(self, measure: str, items: Iterable[Leaf] | None = None) -> Decimal:
        """Sum an attribute over items."""
        return sum((getattr(leaf, measure) for leaf in (self.items if items is None else items)), ZERO)

    def of(self, *moneys: str) -> list[Leaf]:
        """Return the items paid from the given appropriations, as far as something was spent from them."""
        return [leaf for leaf in self.items if leaf.money in moneys and leaf.granted]

    def tree(self, form: str, amounts: Mapping[str, Mapping[str, Decimal]]) -> None:
        """Put a form by subject: measures of leaves, summed over every level and in 合计."""
        measures = list(dict.fromkeys(measure for values in amounts.values() for measure in values))
        codes = {code[:length] for code in amounts for length in (3, 5, 7) if len(code) >= length}
        for measure in measures if amounts else ():
            total = sum((values.get(measure, ZERO) for values in amounts.values()), ZERO)
            self.figures.put(form, "", "合计", measure, total)
        named = economic(self.year) if form.endswith("basic_economic") or form == "operating_cost" else {}
        for code in sorted(codes):
            for measure in measures:
                total = sum((v.get(measure, ZERO) for leaf, v in amounts.items() if leaf.startswith(code)), ZERO)
                self.figures.put(form, code, named.get(code) or subject_name(code, self.year), measure, total)

    def line(self, form: str, side: str, name: str, amount: Decimal, measure: str = "amount") -> None:
        """Put a line of a balance or of a list, unless it is zero."""
        if amount:
            self.figures.put(form, "", name, measure, amount, side=side)

    def by_class(self, amounts: Iterable[tuple[str, Decimal]]) -> dict[str, Decimal]:
        """Sum amounts by class."""
        result: dict[str, Decimal] = {}
        for code, amount in amounts:
            result[code[:3]] = result.get(code[:3], ZERO) + amount
        return result

    def classes(
        self, form: str, amounts: Mapping[str, Decimal], measure: str, names: Mapping[str, str], mark: str = "、"
    ) -> None:
        """Put the functional lines of a balance."""
        for place, (code, name) in enumerate(names.items(), start=1):
            self.line(form, "expenditure", f"{ordinal(place)}{mark}{name}", amounts.get(code, ZERO), measure)

    def share(self, total: Decimal, keys: list[str]) -> dict[str, Decimal]:
        """Divide a total over keys at random, to the cent."""
        weights = [self.rng.expovariate(1) + 0.05 for _ in keys]
        result = {}
        for key, weight in zip(keys[1:], weights[1:], strict=True):
            result[key] = (total * Decimal(round(weight / sum(weights), 6))).quantize(Decimal("0.01"))
        return {keys[0]: total - sum(result.values(), ZERO)} | result

    def draw_economics(self) -> None:
        """Divide the basic spending of the general budget by economic subject."""
        named = [code for code in economic(self.year) if len(code) == 5]
        personnel = [code for code in named if code[:3] in ("301", "303") and self.rng.random() < 0.5]
        public = [code for code in named if code[:3] == "302" and self.rng.random() < 0.5]
        public += [code for code in named if code[:3] == "310" and self.rng.random() < 0.2]
        general = self.of("general")
        for codes, total in (
            (["30101", *(code for code in personnel if code != "30101")], self.sum("personnel", general)),
            (["30201", *(code for code in public if code != "30201")], self.sum("public", general)),
        ):
            if total:
                self.economics |= self.share(total, codes)

    def is_personnel(self, code: str) -> bool:
        """Say whether an economic subject is personnel."""
        return code[:3] in ("301", "303")

    def economic_classes(self, items: list[Leaf], *, all_money: bool) -> dict[str, Decimal]:
        """Divide the spending of items by economic class: 301, 302, 303, 310 and the rest."""
        result = self.by_class(self.economics.items())
        rest = self.sum("project", items) + (self.sum("own_basic", items) if all_money else ZERO)
        rest += sum(self.sum(name, items) for name in ("own_project", "operating")) if all_money else ZERO
        for code, amount in self.share(rest, ["302", "310", "399"]).items():
            result[code] = result.get(code, ZERO) + amount
        return result

    def three_public(self, prefixes: tuple[str, ...], *, meetings: bool = False) -> None:
        """Put 三公, a spending at or below its budget."""
        names = ["abroad", "vehicle_purchase", "vehicle_running", "reception"]
        names += ["meeting", "training"] if meetings else []
        spent = {name: money(self.rng, 0.3) if self.rng.random() < 0.5 else ZERO for name in names}
        for prefix in prefixes:
            vehicle = spent["vehicle_purchase"] + spent["vehicle_running"]
            three = spent["abroad"] + vehicle + spent["reception"]
            total = three + sum((spent[name] for name in names[4:]), ZERO)
            values = {"total": total} | ({"three_public": three} if meetings else {})
            for name, amount in (values | spent | {"vehicle": vehicle}).items():
                self.line("three_public", "", "合计", amount, prefix + name)
            ratio = Decimal(self.rng.randint(30, 100)) / 100
            spent = {name: (amount * ratio).quantize(Decimal("0.01")) for name, amount in spent.items()}

    def natures(self, leaf: Leaf) -> dict[str, Decimal]:
        """Return spending from all money by nature."""
        return {
            "total": leaf.total,
            "basic": leaf.basic + leaf.own_basic,
            "project": leaf.project + leaf.own_project,
            "operating": leaf.operating,
        }

    def granted(self, form: str, items: list[Leaf], *, parts: bool = False) -> None:
        """Put a form of appropriated spending by subject."""
        amounts = {}
        for leaf in items:
            values = {"total": leaf.granted, "basic": leaf.basic, "project": leaf.project}
            amounts[leaf.code] = values | ({"personnel": leaf.personnel, "public": leaf.public} if parts else {})
        self.tree(form, amounts)

    def split_economics(self) -> None:
        """Put basic spending by economic subject with its personnel and public parts."""
        self.tree(
            "basic_economic",
            {
                code: {
                    "total": amount,
                    "personnel": amount if self.is_personnel(code) else ZERO,
                    "public": ZERO if self.is_personnel(code) else amount,
                }
                for code, amount in self.economics.items()
            },
        )
