"""Points of a city's budget: every amount in one space, and the rows and columns that sum them up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from tests.corpus.forms import Head
from tests.corpus.invented import money
from tests.corpus.model import Cell

ZERO = Decimal(0)
FUNDS = ("general", "fund", "other", "carried_over")
FUND_WORDS = {
    "general": ("一般公共预算", "一般公共预算资金", "一般公共预算拨款"),
    "fund": ("政府性基金预算", "政府性基金", "政府性基金预算拨款"),
    "other": ("其他收入", "其他资金"),
    "carried_over": ("上年结转", "上年结转结余"),
}
GOV = {
    "501": "机关工资福利支出",
    "50101": "工资奖金津补贴",
    "50102": "社会保障缴费",
    "50199": "其他工资福利支出",
    "502": "机关商品和服务支出",
    "50201": "办公经费",
    "50205": "委托业务费",
    "50299": "其他商品和服务支出",
    "509": "对个人和家庭的补助",
    "50901": "社会福利和救助",
    "50905": "离退休费",
}
GOV_OF = {  # the government's class of a department's class
    "30101": "50101",
    "30102": "50101",
    "30103": "50101",
    "30108": "50102",
    "30110": "50102",
    "30199": "50199",
    "30201": "50201",
    "30202": "50201",
    "30211": "50201",
    "30227": "50205",
    "30299": "50299",
    "30301": "50905",
    "30302": "50905",
    "30305": "50901",
}
UNIT_ENDS = ("信息中心", "综合执法支队", "技术服务站", "事务服务中心", "职业培训学校")
PROJECTS = (
    "信息系统运行维护", "专项业务工作经费", "基层服务能力提升", "办公用房修缮", "宣传教育活动", "数据采集与分析",
    "应急物资储备", "公共服务设施更新",
)  # fmt: skip
ITEMS = ("abroad", "vehicle_purchase", "vehicle_running", "reception")


@dataclass(frozen=True)
class Spent:
    """The smallest amount: who spends it, on what, from which money; in yuan, this year and last year."""

    unit: str
    code: str
    economic: str
    nature: str
    project: str
    fund: str
    amount: Decimal
    prior: Decimal

    @property
    def gov(self) -> str:
        """The government's economic class."""
        return GOV_OF[self.economic]


Where = Callable[[Spent], bool]


@dataclass(frozen=True)
class Column:
    """A column of amounts: headings from the top, measure, and what it sums up."""

    headings: tuple[str, ...]
    measure: str
    where: Where = lambda spent: True
    fund: str = ""
    period: str = "current"


@dataclass(frozen=True)
class Row:
    """A row: the cells that lead it, its coordinates, and what it sums up."""

    lead: tuple[Cell, ...]
    where: Where = lambda spent: True
    code: str = ""
    name: str = "合计"
    unit: str = ""
    economic: str = ""
    gov: str = ""
    project: str = ""


def tree(columns: Sequence[Column]) -> list[Head]:
    """Return the headings of columns with equal ones joined."""
    heads: list[Head] = []
    paths = [column.headings for column in columns]
    while paths:
        first = paths[0][0]
        same = [path for path in paths if path[0] == first]
        below = [Column(path[1:], "") for path in same if len(path) > 1]
        heads.append(Head(first, children=tuple(tree(below))))
        paths = paths[len(same) :]
    return heads


def draw_spent(rng: Random, unit: str, codes: Sequence[str], economics: Iterable[str]) -> Iterable[Spent]:
    """Draw what a unit spends on some of the subjects, by both economic classes, project and money."""
    known = [code for code in economics if code in GOV_OF]
    projects = rng.sample(PROJECTS, rng.randint(2, 4))
    for code in rng.sample(codes, rng.randint(max(1, len(codes) - 2), len(codes))):
        for economic_code in sorted(rng.sample(known, rng.randint(2, 4))):
            nature = "project" if economic_code[:3] == "302" and rng.random() < 0.5 else "basic"
            project = rng.choice(projects) if nature == "project" else ""
            for fund in ["general", *rng.sample(FUNDS[1:], rng.choice((0, 0, 1, 1, 2)))]:
                amounts = money(rng, 0.5), money(rng, 0.5)
                yield Spent(unit, code, economic_code, nature, project, fund, *amounts)


Public = Mapping[tuple[str, str, str], tuple[Decimal, Decimal]]
"""The three public expenses by unit, money and item, this year's and last year's."""


def draw_public(rng: Random, units: Iterable[str]) -> Public:
    """Draw the three public expenses of units."""
    return {
        (unit, fund, item): (ZERO, ZERO) if rng.random() < 0.3 else (money(rng, 0.1), money(rng, 0.1))
        for unit in units
        for fund in FUNDS[:2]
        for item in ITEMS
    }
