"""What families of documents share: titles, headings and lines of their statutory tables."""

from __future__ import annotations

from collections.abc import Callable

from tests.corpus.forms import (
    Context,
    Head,
    Line,
    listed_table,
    table_numbers,
    value_row_table,
)
from tests.corpus.model import Table
from tests.corpus.subjects import classes, ordinal

BRACKETS = str.maketrans("（）", "()")
FUND_NAMES = ("一般公共预算财政拨款", "政府性基金预算财政拨款", "国有资本经营预算财政拨款")
FINAL_TITLES = {
    "balance": ("收入支出决算总表", "部门收入支出决算总表"),
    "revenue": ("收入决算表", "部门收入决算表"),
    "expenditure": ("支出决算表", "部门支出决算表"),
    "appropriation_balance": ("财政拨款收入支出决算总表", "财政拨款收支决算总表"),
    "general_expenditure": ("一般公共预算财政拨款支出决算表", "一般公共预算支出决算表"),
    "basic_economic": ("一般公共预算财政拨款基本支出决算明细表", "一般公共预算财政拨款基本支出决算表"),
    "fund": ("政府性基金预算财政拨款收入支出决算表", "政府性基金预算收入支出决算表"),
    "state_capital": ("国有资本经营预算财政拨款支出决算表", "国有资本经营预算支出决算表"),
    "three_public": ("财政拨款“三公”经费支出决算表", "一般公共预算财政拨款“三公”经费支出决算表"),
}
BUDGET_TITLES = {
    "balance": ("收支预算总表", "部门收支总体情况表", "收支总表", "部门收支预算总表"),
    "revenue": ("收入预算总表", "部门收入总体情况表", "收入总表", "部门收入预算总表"),
    "expenditure": ("支出预算总表", "部门支出总体情况表", "支出总表", "部门支出预算总表"),
    "appropriation_balance": (
        "财政拨款收支预算总表",
        "财政拨款收支总体情况表",
        "财政拨款收支总表",
        "部门财政拨款收支预算总表",
    ),
    "general_expenditure": (
        "一般公共预算支出预算表",
        "一般公共预算支出情况表",
        "一般公共预算支出表",
        "一般公共预算财政拨款支出预算表",
    ),
    "basic_economic": (
        "一般公共预算基本支出预算表",
        "一般公共预算基本支出情况表",
        "一般公共预算基本支出表",
        "一般公共预算财政拨款基本支出预算表",
    ),
    "three_public": (
        "财政拨款“三公”经费支出表",
        "“三公”经费支出情况表",
        "一般公共预算“三公”经费支出表",
        "一般公共预算财政拨款“三公”经费支出预算表",
    ),
    "fund": (
        "政府性基金预算支出预算表",
        "政府性基金预算支出情况表",
        "政府性基金预算支出表",
        "政府性基金预算财政拨款支出预算表",
    ),
    "state_capital": (
        "国有资本经营预算支出预算表",
        "国有资本经营预算支出情况表",
        "国有资本经营预算支出表",
        "国有资本经营预算财政拨款支出预算表",
    ),
}
JIANGSU_TITLES = {
    "balance": "收支预算总表",
    "revenue": "收入预算总表",
    "expenditure_total": "支出预算总表",
    "appropriation_balance": "财政拨款收支预算总表",
    "appropriation_expenditure": "财政拨款支出预算表（功能科目）",
    "appropriation_basic_economic": "财政拨款基本支出预算表（经济科目）",
    "general_expenditure": "一般公共预算支出预算表（功能科目）",
    "basic_economic": "一般公共预算基本支出预算表（经济科目）",
    "three_public": "一般公共预算“三公”经费、会议费、培训费支出预算表",
    "fund": "政府性基金预算财政拨款支出预算表",
    "operating_cost": "一般公共预算机关运行经费支出预算表",
    "procurement": "政府采购支出预算表",
}
JIANGSU_REVENUE = (
    ("一般公共预算资金", ("小计", "公共财政拨款(补助)资金", "专项收入")),
    ("政府性基金", ("小计",)),
    ("财政专户管理资金", ("小计", "专户管理教育收费", "其他非税收入")),
    ("其他资金", ("小计", "事业收入", "经营收入", "其他收入")),
    ("上年结转和结余资金", ("小计", "其中：动用上年结转和结余资金")),
)
WUHAN_REVENUE = (
    "一.财政拨款（补助）",
    "（一）公共预算财政拨款（补助）",
    "1.经费拨款（补助）",
    "2.行政事业单位资产收益拨款",
    "3.其他纳入预算管理的非税拨款",
    "4.上级专项转移支付补助",
    "（二）政府性基金预算财政拨款",
    "1.政府性基金财政拨款",
    "2.政府性基金专项转移支付",
)
WUHAN_OWN_REVENUE = (
    "二.事业收入",
    "1.其他事业收入",
    "2.专户管理的事业收入",
    "三.事业单位经营收入",
    "四.上级补助收入",
    "五.附属单位上缴收入",
    "六.其他收入",
    "七.动用事业基金",
)
WUHAN_ECONOMIC = (
    "1.工资福利性支出",
    "2.商品和服务支出",
    "3.对个人和家庭补助",
    "4.债务利息支出",
    "5.基本建设支出",
    "6.其他资本性支出",
    "7.对企业补助（基本建设）",
    "8.对企业补助",
    "9.对社会保障基金补助",
    "10.其他支出",
)
WUHAN_FUNCTIONS = {
    "201": "一般公共服务支出",
    "203": "国防",
    "204": "公共安全",
    "205": "教育",
    "206": "科学技术",
    "207": "文化旅游体育与传媒",
    "208": "社会保障和就业",
    "210": "卫生健康",
    "211": "节能环保",
    "212": "城乡社区事务",
    "213": "农林水事务",
    "214": "交通运输",
    "215": "资源勘探电力信息等事务",
    "216": "商品服务业等事务",
    "221": "住房保障支出",
    "224": "灾害防治及应急管理支出",
    "227": "预备费",
    "229": "其他支出",
    "231": "债务还本支出",
    "232": "债务付息",
    "233": "债务发行费用支出",
    "234": "抗疫特别国债安排的支出",
}

Builder = Callable[[], Table]


def amount(ctx: Context, measure: str = "amount") -> tuple[Head, ...]:
    """Return the heading of a single amount column."""
    return (Head(ctx.amount_word(), measure),)


def nature_heads(ctx: Context, *, parts: tuple[str, ...], total: str) -> tuple[Head, ...]:
    """Return the headings total, basic, project and further natures, in the layout's order."""
    basic = Head(ctx.word("basic"), "basic")
    if ctx.layout.personnel_public and "personnel" in parts:
        leaves = (Head("小计", "basic"), Head(ctx.word("personnel"), "personnel"), Head(ctx.word("public"), "public"))
        basic = Head(ctx.word("basic"), children=leaves)
    natures = [basic, Head(ctx.word("project"), "project")]
    if ctx.layout.swap_natures:
        natures.reverse()
    rest = [Head(ctx.word(part), part) for part in parts if part in ("remitted", "operating", "subsidy")]
    named = {"remitted": "remitted_to_superior", "subsidy": "subsidy_to_affiliates"}
    rest = [Head(head.text, named.get(head.measure, head.measure)) for head in rest]
    return (Head(total, "total"), *natures, *rest)


def vehicle_head(ctx: Context, prefix: str, group: str = "小计") -> Head:
    """Return the headings of official vehicles: sum, purchase, running."""
    leaves = (
        Head(group, prefix + "vehicle"),
        Head(ctx.word("purchase"), prefix + "vehicle_purchase"),
        Head(ctx.word("running"), prefix + "vehicle_running"),
    )
    return Head(ctx.word("vehicle"), children=leaves)


def three_public(ctx: Context, stage_prefixes: tuple[tuple[str, str], ...]) -> Table:
    """Build the 三公 table as blocks per stage, with the stages interleaved, or as a list of items."""
    form, style = "three_public", ctx.layout.three_public
    if style == "list":
        heads = [Head(text, prefix) for prefix, text in stage_prefixes]
        lines = [
            ("合计", "合计", "total"),
            ("1、因公出国（境）费用", "合计", "abroad"),
            ("2、公务接待费", "合计", "reception"),
            ("3、公务用车费", "合计", "vehicle"),
            ("其中：（1）公务用车运行维护费", "合计", "vehicle_running"),
            ("（2）公务用车购置", "合计", "vehicle_purchase"),
        ]
        table = listed_table(ctx, form, heads, lines, ctx.word("item"))
    elif style == "interleaved" and len(stage_prefixes) > 1:

        def both(measure: str) -> tuple[Head, ...]:
            return tuple(Head(text, prefix + measure) for prefix, text in stage_prefixes)

        vehicles = (
            Head("小计", children=both("vehicle")),
            Head(ctx.word("purchase"), children=both("vehicle_purchase")),
            Head(ctx.word("running"), children=both("vehicle_running")),
        )
        heads = [
            Head("合计", children=both("total")),
            Head(ctx.word("abroad"), children=both("abroad")),
            Head(ctx.word("vehicle"), children=vehicles),
            Head(ctx.word("reception"), children=both("reception")),
        ]
        empty = ctx.layout.header == "deep"
        table = value_row_table(ctx, form, [Head("“三公”经费", children=tuple(heads))], index=False, empty_row=empty)
    else:
        blocks = []
        for prefix, text in stage_prefixes:
            leaves = (
                Head("合计", prefix + "total"),
                Head(ctx.word("abroad"), prefix + "abroad"),
                vehicle_head(ctx, prefix),
                Head(ctx.word("reception"), prefix + "reception"),
            )
            blocks.append(Head(text, children=leaves))
        table = value_row_table(ctx, form, blocks if len(blocks) > 1 else blocks[0].children)
    table.landscape = True
    return table


def class_lines(ctx: Context, names: dict[str, str] | None = None, mark: str = "、") -> list[Line]:
    """Return the numbered lines of the functional classes."""
    named = names or classes(ctx.year)
    return [Line(f"{ordinal(place)}{mark}{name}") for place, name in enumerate(named.values(), start=1)]


class Family:
    """A family of documents; ``tables`` gives its statutory tables in order."""

    def __init__(self, ctx: Context) -> None:
        self.ctx = ctx

    def tables(self) -> list[Table]:
        """Build every table in the family's order."""
        tables: list[Table] = []
        for form in self.order():
            self.ctx.numbers = table_numbers(self.ctx.layout, self.ctx.rng)
            table = getattr(self, form)()
            table.form = form
            self.dress(table, form, len(tables) + 1)
            tables.append(table)
        return tables

    def order(self) -> list[str]:
        """Return the forms in the order in which the family prints them."""
        raise NotImplementedError

    def title(self, form: str) -> str:
        """Return the title of a form without year and number."""
        raise NotImplementedError

    def dress(self, table: Table, form: str, place: int) -> None:
        """Give the table its title, label, department and unit line."""
        ctx, layout = self.ctx, self.ctx.layout
        title = self.title(form)
        if ctx.rng.random() < 0.6:
            title = f"{ctx.year}年{'度' if ctx.stage == 'final' else ''}{title}"
        if layout.title_number == "label":
            table.label = f"公开{place:02}表"
        elif layout.title_number == "chapter":
            title = f"{ordinal(place)}、{title}"
        elif layout.title_number == "bracket":
            title += f"（表{place}）"
        table.title = title
        unit = ctx.numbers.unit
        if layout.unit_line == "missing" and place > 1 and ctx.rng.random() < 0.4:
            return
        table.unit_line = f"单位：{'人民币' if layout.unit_line == 'renminbi' else ''}{unit}"
        if layout.unit_line == "department":
            table.unit_line = f"部门：{ctx.unit_name}　　　金额单位：{unit}"
        elif layout.unit_line == "below_label":
            table.department = f"部门：{ctx.unit_name}"
