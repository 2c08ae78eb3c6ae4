"""The table sets of the families of documents: which statutory tables in which order, with which lines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from tests.corpus.forms import (
    Context,
    Head,
    Line,
    Side,
    balance_table,
    listed_table,
    padded,
    subject_table,
    table_numbers,
    value_row_table,
)
from tests.corpus.model import Cell, Table
from tests.corpus.subjects import classes, economic, ordinal

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


class NationalFinal(Family):
    """The nine tables of a final account in the national layout."""

    old_order = False
    spare_line = False
    budget_basis = "全年预算数"

    def order(self) -> list[str]:
        """Return the nine forms; until 2020 some places printed 三公 before the funds."""
        tail = ["fund", "state_capital", "three_public"]
        if self.old_order:
            tail = ["three_public", "fund", "state_capital"]
        head = ["balance", "revenue", "expenditure", "appropriation_balance", "general_expenditure", "basic_economic"]
        return head + tail

    def title(self, form: str) -> str:
        """Return the statutory title, or a shorter variant of it."""
        return FINAL_TITLES[form][self.ctx.layout.titles in ("overall", "short")]

    def balance(self) -> Table:
        """Build 收入支出决算总表."""
        ctx = self.ctx
        sources = [f"{name}收入" for name in FUND_NAMES]
        sources += ["上级补助收入", "事业收入", "经营收入", "附属单位上缴收入", "其他收入"]
        lines = [Line(f"{ordinal(place)}、{name}") for place, name in enumerate(sources, start=1)]
        functions = class_lines(ctx)
        length = len(functions) + 4 + self.spare_line
        spare = [Line("")] if self.spare_line else []
        used = "使用非财政拨款结余（含专用结余）" if ctx.year >= 2024 else "使用非财政拨款结余"
        tail = [Line("本年收入合计", bold=True), Line(used), Line("年初结转和结余"), *spare, Line("总计", bold=True)]
        left = padded(lines, length, tail, 1)
        tail = [Line("本年支出合计", bold=True), Line("结余分配"), Line("年末结转和结余"), *spare]
        tail = [Line(line.name, bold=line.bold) for line in [*tail, Line("总计", bold=True)]]
        right = padded(functions, length, tail, length + 1)
        sides = [
            Side(ctx.word("income"), "revenue", ctx.word("item"), amount(ctx), left),
            Side(ctx.word("outgo"), "expenditure", ctx.word("item"), amount(ctx), right),
        ]
        table = balance_table(ctx, "balance", sides)
        total = length + len(right)
        table.notes = [f"27行=（1+2+3+4+5+6+7+8）行；{length}行=（27+28+29）行；"] if len(functions) == 26 else []
        if table.notes:
            table.notes.append(f"{total - len(tail) + 1}行=（{length + 1}+…+{total - len(tail)}）行。")
        return table

    def revenue(self) -> Table:
        """Build 收入决算表."""
        ctx = self.ctx
        heads = [
            Head(ctx.word("revenue_total"), "total"),
            Head(ctx.word("appropriation"), "appropriation"),
            Head(ctx.word("superior_subsidy"), "superior_subsidy"),
            Head(ctx.word("institutional"), "institutional"),
            Head(ctx.word("operating_income"), "operating"),
            Head(ctx.word("affiliate_remittance"), "affiliate_remittance"),
            Head(ctx.word("other"), "other"),
        ]
        table = subject_table(ctx, "revenue", heads)
        table.landscape = True
        table.notes = ["1栏各行=（2+3+4+5+6+7）栏各行。"] if ctx.layout.column_numbers else []
        return table

    def expenditure(self) -> Table:
        """Build 支出决算表."""
        parts = ("basic", "project", "remitted", "operating", "subsidy")
        heads = nature_heads(self.ctx, parts=parts, total=self.ctx.word("expenditure_total"))
        table = subject_table(self.ctx, "expenditure", heads)
        table.landscape = True
        table.notes = ["1栏各行=（2+3+4+5+6）栏各行。"] if self.ctx.layout.column_numbers else []
        return table

    def appropriation_balance(self) -> Table:
        """Build 财政拨款收入支出决算总表."""
        ctx = self.ctx
        lines = [Line(f"{ordinal(place)}、{name}") for place, name in enumerate(FUND_NAMES, start=1)]
        functions = class_lines(ctx)
        length = len(functions) + 6
        tail = [Line("本年收入合计", bold=True), Line("年初财政拨款结转和结余"), *(Line(name) for name in FUND_NAMES)]
        left = padded(lines, length, [*tail, Line("总计", bold=True)], 1)
        tail = [Line("本年支出合计", bold=True), Line("年末财政拨款结转和结余"), *(Line("") for _ in FUND_NAMES)]
        right = padded(functions, length, [*tail, Line("总计", bold=True)], length + 1)
        leaves = (
            Head("合计", "total"),
            Head(ctx.word("general"), "general"),
            Head(ctx.word("fund"), "fund"),
            Head(ctx.word("state_capital"), "state_capital"),
        )
        heads = leaves if ctx.layout.header == "flat" else (Head(ctx.amount_word(), children=leaves),)
        sides = [
            Side(ctx.word("income"), "revenue", ctx.word("item"), amount(ctx), left),
            Side(ctx.word("outgo"), "expenditure", ctx.word("item"), heads, right),
        ]
        table = balance_table(ctx, "appropriation_balance", sides)
        table.landscape = True
        if len(functions) == 26:
            table.notes = ["27行=（1+2+3）行；28行=（29+30+31）行；32行=（27+28）行；59行=（33+34+…+58）行。"]
        return table

    def general_expenditure(self) -> Table:
        """Build 一般公共预算财政拨款支出决算表."""
        heads = nature_heads(self.ctx, parts=("basic", "project"), total="小计")
        if self.ctx.layout.header != "flat":
            heads = (Head("本年支出", children=heads),)
        return subject_table(self.ctx, "general_expenditure", heads)

    def basic_economic(self) -> Table:
        """Build 一般公共预算财政拨款基本支出决算明细表: three blocks of standard lines."""
        ctx, form = self.ctx, "basic_economic"
        named = economic(ctx.year) | dict(ctx.figures.names(form))
        blocks = [
            [code for code in sorted(named) if code[:3] in ("301", "303")],
            [code for code in sorted(named) if code[:3] == "302"],
            [code for code in sorted(named) if code[:3] not in ("301", "302", "303")],
        ]
        heads = [ctx.word("economic_code"), ctx.word("economic_name"), ctx.amount_word()]
        rows = [
            [ctx.name("人员经费", "center", cols=3), ctx.name("公用经费", "center", cols=6)],
            [ctx.name(head, "center") for _ in blocks for head in heads],
        ]
        for place in range(max(len(block) for block in blocks)):
            row: list[Cell] = []
            for block in blocks:
                code = block[place] if place < len(block) else ""
                value = ctx.value(form, "amount", named[code], code=code) if code else Cell()
                row += [Cell(code), ctx.name(named.get(code, "")), value]
            rows.append(row)
        totals = [ctx.name("人员经费合计", "center", cols=2), ctx.value(form, "amount", "人员经费合计")]
        rows.append([*totals, ctx.name("公用经费合计", "center", cols=5), ctx.value(form, "amount", "公用经费合计")])
        table = Table("", rows, 2, [4.0, 10.0, 5.0] * 3, form)
        table.landscape = True
        return table

    def fund(self) -> Table:
        """Build 政府性基金预算财政拨款收入支出决算表."""
        spent = nature_heads(self.ctx, parts=("basic", "project"), total="小计")
        heads = [
            Head("年初结转和结余", "opening"),
            Head("本年收入", "revenue"),
            Head("本年支出", children=spent),
            Head("年末结转和结余", "closing"),
        ]
        table = subject_table(self.ctx, "fund", heads)
        table.landscape = True
        return self.noted(table)

    def state_capital(self) -> Table:
        """Build 国有资本经营预算财政拨款支出决算表."""
        spent = nature_heads(self.ctx, parts=("basic", "project"), total="合计")
        return self.noted(subject_table(self.ctx, "state_capital", [Head("本年支出", children=spent)]))

    def three_public(self) -> Table:
        """Build 财政拨款“三公”经费支出决算表."""
        table = three_public(self.ctx, (("budget_", "预算数"), ("final_", "决算数")))
        table.notes = [f"说明：预算数的口径为{self.budget_basis}。"]
        return table if self.ctx.figures.has("three_public") else self.noted(table)

    def noted(self, table: Table) -> Table:
        """Say below a table without figures that it has none."""
        if not self.ctx.figures.has(table.form):
            table.notes = [*table.notes, "说明：本表无数据。"]
        return table


class CommonBudget(Family):
    """The nine tables of a budget as most provinces print them."""

    def order(self) -> list[str]:
        """Return the nine forms; 三公 stands before or after the funds."""
        head = ["balance", "revenue", "expenditure", "appropriation_balance", "general_expenditure", "basic_economic"]
        tail = ["three_public", "fund", "state_capital"]
        if self.ctx.year < 2018:
            tail = tail[:2]
        return head + tail

    def title(self, form: str) -> str:
        """Return the title as the province words it."""
        styles = ("statutory", "overall", "short", "long")
        return BUDGET_TITLES[form][styles.index(self.ctx.layout.titles)]

    def sources(self) -> list[Line]:
        """Return the lines of income."""
        names = ("一般公共预算", "政府性基金预算", "国有资本经营预算")
        lines = [f"{name}拨款收入" for name in names]
        lines += ["财政专户管理资金收入", "事业收入", "事业单位经营收入", "上级补助收入", "附属单位上缴收入"]
        lines.append("其他收入")
        return [Line(f"{ordinal(place)}、{name}") for place, name in enumerate(lines, start=1)]

    def balance(self) -> Table:
        """Build the budget's balance with two sides, or with three: income, functions, economic classes."""
        ctx = self.ctx
        functions = class_lines(ctx)
        length = len(functions) + 4
        tail = [Line("本年收入合计", bold=True), Line("上年结转结余"), Line(""), Line("收入总计", bold=True)]
        sides = [
            Side(
                ctx.word("income"), "revenue", ctx.word("item"), amount(ctx), padded(self.sources(), length, tail, None)
            ),
            Side(
                ctx.word("outgo"),
                "expenditure",
                ctx.word("item"),
                amount(ctx),
                padded(functions, length, self.outgo_tail(), None),
            ),
        ]
        if ctx.layout.balance_sides == 3:
            names = ("工资福利支出", "商品和服务支出", "对个人和家庭的补助", "资本性支出", "其他支出")
            lines = [Line(f"{ordinal(place)}、{name}") for place, name in enumerate(names, start=1)]
            sides.insert(
                1,
                Side(
                    "支出经济分类",
                    "economic",
                    ctx.word("item"),
                    amount(ctx),
                    padded(lines, length, self.outgo_tail(), None),
                ),
            )
            sides[2].title = "支出功能分类"
        return balance_table(ctx, "balance", sides)

    def outgo_tail(self) -> list[Line]:
        """Return the closing lines of the side of spending."""
        return [Line("本年支出合计", bold=True), Line("结转下年"), Line(""), Line("支出总计", bold=True)]

    def revenue(self) -> Table:
        """Build the table of income: by subject, a list of sources, or by budget unit."""
        ctx = self.ctx
        if ctx.layout.revenue == "list":
            lines = [(line.name, line.name, "amount") for line in self.sources()]
            lines += [(name, name, "amount") for name in ("本年收入合计", "上年结转结余")]
            lines.append(("收入总计", "合计", "amount"))
            return listed_table(ctx, "revenue", [Head(ctx.amount_word(), "")], lines, ctx.word("item"))
        sources = (
            Head("小计", "current_year"),
            Head(ctx.word("general"), "general"),
            Head(ctx.word("fund"), "fund"),
            Head(ctx.word("state_capital"), "state_capital"),
            Head("财政专户管理资金", "special_account"),
            Head(ctx.word("institutional"), "institutional"),
            Head(ctx.word("operating_income"), "operating"),
            Head(ctx.word("superior_subsidy"), "superior_subsidy"),
            Head(ctx.word("affiliate_remittance"), "affiliate_remittance"),
            Head(ctx.word("other"), "other"),
        )
        heads = [Head("合计", "total"), Head("本年收入", children=sources), Head("上年结转结余", "carried_over")]
        if ctx.layout.header == "flat" and ctx.layout.revenue == "by_subject":
            heads = [heads[0], *sources[1:], heads[2]]
        if ctx.layout.revenue == "by_unit":
            rows = listed_table(
                ctx, "revenue", heads, [("合计", "合计", ""), (ctx.unit_name, ctx.unit_name, "")], "部门（单位）名称"
            )
            for cell in rows.cells():  # the only unit's row is the body's own total
                cell.fact = cell.fact and replace(cell.fact, name="合计")
            rows.landscape = True
            rows.widths = [9.0, *[5.0] * (len(rows.widths) - 1)]
            return rows
        table = subject_table(ctx, "revenue", heads)
        table.landscape = True
        return table

    def expenditure(self) -> Table:
        """Build the table of spending by subject."""
        parts = ("basic", "project", "operating", "remitted", "subsidy")
        heads = nature_heads(self.ctx, parts=parts, total=self.ctx.word("expenditure_total"))
        table = subject_table(self.ctx, "expenditure", heads)
        table.landscape = True
        return table

    def appropriation_balance(self) -> Table:
        """Build the balance of appropriations."""
        ctx = self.ctx
        lines = [Line("一、本年收入", key="本年收入")]
        lines += [Line(f"（{ordinal(place)}）{name}") for place, name in enumerate(FUND_NAMES, start=1)]
        lines += [Line("二、上年结转", key="上年结转")]
        functions = class_lines(ctx)
        length = len(functions) + 3
        left = padded(lines, length, [Line("收入总计", bold=True)], None)
        tail = [Line("本年支出合计", bold=True), Line("结转下年"), Line("支出总计", bold=True)]
        right = padded(functions, length, tail, None)
        leaves = (
            Head("合计", "total"),
            Head(ctx.word("general"), "general"),
            Head(ctx.word("fund"), "fund"),
            Head(ctx.word("state_capital"), "state_capital"),
        )
        sides = [
            Side(ctx.word("income"), "revenue", ctx.word("item"), amount(ctx), left),
            Side(ctx.word("outgo"), "expenditure", ctx.word("item"), leaves, right),
        ]
        table = balance_table(ctx, "appropriation_balance", sides)
        table.landscape = True
        return table

    def general_expenditure(self) -> Table:
        """Build the spending of the general budget by subject."""
        parts = ("basic", "project", "personnel", "public")
        heads = nature_heads(self.ctx, parts=parts, total=self.ctx.word("total"))
        return subject_table(self.ctx, "general_expenditure", heads)

    def basic_economic(self) -> Table:
        """Build the basic spending of the general budget by economic subject."""
        ctx = self.ctx
        heads: tuple[Head, ...] = (
            Head(ctx.word("total"), "total"),
            Head(ctx.word("personnel"), "personnel"),
            Head(ctx.word("public"), "public"),
        )
        if ctx.layout.header != "flat":
            heads = (Head("本年一般公共预算基本支出", children=heads),)
        return subject_table(ctx, "basic_economic", heads, kind="economic")

    def three_public(self) -> Table:
        """Build the 三公 table of a budget."""
        return three_public(self.ctx, (("budget_", self.ctx.amount_word()),))

    def fund(self) -> Table:
        """Build the spending of the funds by subject."""
        heads = nature_heads(self.ctx, parts=("basic", "project"), total=self.ctx.word("total"))
        return subject_table(self.ctx, "fund", heads)

    def state_capital(self) -> Table:
        """Build the spending of the state capital budget by subject."""
        heads = nature_heads(self.ctx, parts=("basic", "project"), total=self.ctx.word("total"))
        return subject_table(self.ctx, "state_capital", heads)


class JiangsuBudget(Family):
    """The twelve tables of a Jiangsu budget."""

    swapped = False

    def order(self) -> list[str]:
        """Return the twelve forms; in 2017 the fund stood before the general budget."""
        head = ["balance", "revenue", "expenditure_total", "appropriation_balance", "appropriation_expenditure"]
        if self.swapped:
            head[3:] = reversed(head[3:])
        head.append("appropriation_basic_economic")
        if self.ctx.year <= 2017:
            tail = ["fund", "general_expenditure", "basic_economic", "operating_cost", "three_public", "procurement"]
        else:
            tail = ["general_expenditure", "basic_economic", "three_public", "fund", "operating_cost", "procurement"]
        return head + tail

    def title(self, form: str) -> str:
        """Return the title of the provincial layout."""
        return JIANGSU_TITLES[form]

    def balance(self) -> Table:
        """Build the balance of three blocks, whose last labels span the blocks of spending."""
        ctx, form = self.ctx, "balance"
        functions = [
            f"{ordinal(place)}、{name}"
            for place, (code, name) in enumerate(
                ((c, n) for c, n in classes(ctx.year).items() if c not in ("219", "223", "231", "232", "234")), start=1
            )
        ]
        income = ["一、财政拨款", "  1.一般公共预算", "  2.政府性基金预算", "二、财政专户管理资金", "三、其他资金"]
        usage = ["一、基本支出", "二、项目支出", "三、单位预留机动经费"]
        rows = [
            [ctx.name("收入", "center", cols=2), ctx.name("支出", "center", cols=4)],
            [
                ctx.name("项目名称", "center", rows=2),
                ctx.name("金额", "center", rows=2),
                ctx.name("功能分类", "center", cols=2),
                ctx.name("支出用途", "center", cols=2),
            ],
            [ctx.name(text, "center") for text in ("功能科目名称", "金额", "项目名称", "金额")],
        ]

        def pair(names: list[str], place: int, side: str) -> list[Cell]:
            name = names[place] if place < len(names) else ""
            value = ctx.value(form, "amount", name.strip(), side=side) if name else Cell()
            return [ctx.name(name), value]

        for place in range(len(functions)):
            row = pair(income, place, "revenue") + pair(functions, place, "expenditure")
            rows.append(row + pair(usage, place, "usage"))
        ends = (("当年收入小计", "当年支出小计"), ("上年结转资金", "结转下年资金"), ("收入合计", "支出合计"))
        for left, right in ends:
            row = [ctx.name(left, "center"), ctx.value(form, "amount", left, side="revenue")]
            row += [ctx.name(right, "center", cols=3), ctx.value(form, "amount", right, side="usage")]
            rows.append(row)
        return Table("", rows, 3, [11.0, 6.0, 12.0, 6.0, 10.0, 6.0], form)

    def revenue(self) -> Table:
        """Build the list of income in groups; a group's cell stands beside all its rows."""
        ctx, form = self.ctx, "revenue"
        printed = {name.translate(BRACKETS): name for name in ctx.figures.rows.get(form, {})}
        rows = [[ctx.name("项目名称", "center", cols=2), ctx.name("金额", "center")]]
        rows.append([ctx.name("收入总计", "center", cols=2), ctx.value(form, "amount", "合计")])
        for group, members in JIANGSU_REVENUE:
            for place, member in enumerate(members):
                head = [Cell(group, align="center", rows=len(members))] if place == 0 else []
                path = f"{group}/{member}"
                key = printed.get(path.translate(BRACKETS), path)
                rows.append([*head, ctx.name(key.split("/")[1]), ctx.value(form, "amount", key)])
        return Table("", rows, 1, [10.0, 14.0, 8.0], form)

    def expenditure_total(self) -> Table:
        """Build the totals of spending: one row."""
        heads = [
            Head("合计", "total"),
            Head("基本支出", "basic"),
            Head("项目支出", "project"),
            Head("单位预留机动经费", "reserve"),
            Head("结转下年资金", "carry_forward"),
        ]
        return value_row_table(self.ctx, "expenditure_total", heads, index=False)

    def appropriation_balance(self) -> Table:
        """Build the balance of appropriations by usage."""
        ctx, form = self.ctx, "appropriation_balance"
        heads = [
            [ctx.name("收入", "center", cols=2), ctx.name("支出", "center", cols=2)],
            [
                ctx.name("项目名称", "center", rows=2),
                ctx.name("金额", "center", rows=2),
                ctx.name("支出用途", "center", cols=2),
            ],
            [ctx.name("项目名称", "center"), ctx.name("金额", "center")],
        ]
        pairs = (
            ("一、一般公共预算", "一、基本支出"),
            ("二、政府性基金预算", "二、项目支出"),
            ("", "三、单位预留机动经费"),
            ("收入合计", "支出合计"),
        )
        rows = [
            [
                ctx.name(left),
                ctx.value(form, "amount", left, side="revenue") if left else Cell(),
                ctx.name(right),
                ctx.value(form, "amount", right, side="usage"),
            ]
            for left, right in pairs
        ]
        return Table("", heads + rows, 3, [12.0, 7.0, 12.0, 7.0], form)

    def coded(self, form: str, kind: str, measure: str) -> Table:
        """Build a table of code, name and one amount."""
        head = "机关运行经费支出" if form == "operating_cost" else "金额"
        return subject_table(self.ctx, form, [Head(head, measure)], kind=kind, index=False)

    def appropriation_expenditure(self) -> Table:
        """Build 财政拨款支出预算表 by function."""
        return self.coded("appropriation_expenditure", "functional", "total")

    def appropriation_basic_economic(self) -> Table:
        """Build 财政拨款基本支出预算表 by economic subject."""
        return self.coded("appropriation_basic_economic", "economic", "amount")

    def general_expenditure(self) -> Table:
        """Build 一般公共预算支出预算表 by function."""
        return self.coded("general_expenditure", "functional", "total")

    def basic_economic(self) -> Table:
        """Build 一般公共预算基本支出预算表 by economic subject."""
        return self.coded("basic_economic", "economic", "amount")

    def fund(self) -> Table:
        """Build the fund's spending by function, mostly empty."""
        return self.coded("fund", "functional", "total")

    def operating_cost(self) -> Table:
        """Build 机关运行经费支出预算表 by economic subject."""
        return self.coded("operating_cost", "economic", "amount")

    def three_public(self) -> Table:
        """Build 三公, 会议费 and 培训费: one row under three rows of headings."""
        ctx = self.ctx
        inner = (
            Head("小计", "budget_three_public"),
            Head(ctx.word("abroad"), "budget_abroad"),
            vehicle_head(ctx, "budget_"),
            Head(ctx.word("reception"), "budget_reception"),
        )
        heads = [
            Head("合计", "budget_total"),
            Head("“三公”经费", children=inner),
            Head("会议费", "budget_meeting"),
            Head("培训费", "budget_training"),
        ]
        return value_row_table(ctx, "three_public", heads, index=False)

    def procurement(self) -> Table:
        """Build the staircase of procurement: category, project and subject, item."""
        ctx, form = self.ctx, "procurement"
        heads = ("采购品目大类", "专项名称", "经济科目", "采购物品名称", "采购组织形式", "总计")
        rows = [[ctx.name(head, "center") for head in heads]]
        for path in ctx.figures.rows.get(form, {}):
            parts = path.split("/")
            for repeat in range(ctx.figures.count(form, path, "amount")):
                cells = [Cell() for _ in range(5)]
                if len(parts) == 3:
                    cells[1], cells[2] = Cell(parts[1]), Cell(parts[2])
                else:
                    cells[min(len(parts) - 1, 3)] = Cell(parts[-1])
                if len(parts) == 4:
                    cells[4] = Cell(("分散自行组织", "政府集中采购", "部门集中采购")[(len(path) + repeat) % 3])
                rows.append([*cells, ctx.value(form, "amount", path)])
        return Table("", rows, 1, [7.0, 9.0, 9.0, 12.0, 7.0, 6.0], form)


class WuhanBudget(Family):
    """The eight tables of a Wuhan budget: income, economic classes and functions side by side."""

    def order(self) -> list[str]:
        """Return the eight forms."""
        head = ["balance", "revenue", "expenditure", "appropriation_balance", "general_expenditure"]
        return [*head, "basic_economic", "fund", "three_public"]

    def title(self, form: str) -> str:
        """Return the title of the city's layout."""
        named = {"fund": "政府性基金预算支出表", "three_public": "财政拨款“三公”经费支出表"}
        named |= {"general_expenditure": "一般公共预算支出表", "basic_economic": "一般公共预算基本支出表"}
        return named.get(form) or BUDGET_TITLES[form][0]

    def sides(self, form: str, income: list[Line], income_tail: list[Line], ends: tuple[str, ...]) -> Table:
        """Build a balance of three sides."""
        ctx = self.ctx
        functions = class_lines(ctx, WUHAN_FUNCTIONS, ".")
        economic_lines = [Line(name) for name in WUHAN_ECONOMIC]
        length = max(len(functions) + len(ends), len(income) + len(income_tail))

        def tail() -> list[Line]:
            return [Line(name, bold=True) for name in ends]

        sides = [
            Side("收入", "revenue", "项目", amount(ctx), padded(income, length, income_tail, None)),
            Side("经济分类支出", "economic", "项目", amount(ctx), padded(economic_lines, length, tail(), None)),
            Side("功能分类支出", "expenditure", "科目", amount(ctx), padded(functions, length, tail(), None)),
        ]
        return balance_table(ctx, form, sides)

    def balance(self) -> Table:
        """Build 收支预算总表."""
        income = [Line(name) for name in (*WUHAN_REVENUE, "", *WUHAN_OWN_REVENUE)]
        tail = [Line("本年收入合计", bold=True), Line("八.上年结余（转）"), Line("上年财政拨款结余（转）")]
        printed_total = self.ctx.figures.take("balance", "revenue", "本年收入总计", "amount")
        last = "本年收入总计" if printed_total else "本年收入合计"
        tail += [Line("其他结余（转）"), Line(last, bold=True)]
        return self.sides("balance", income, tail, ("本年支出合计", "", "年终结余", "", "本年支出总计"))

    def revenue(self) -> Table:
        """Build 收入预算总表, a list."""
        names = [*WUHAN_REVENUE, *WUHAN_OWN_REVENUE, "本年收入合计", "八.上年结余（转）"]
        names += ["上年财政拨款结余（转）", "其他结余（转）"]
        last = "合计" if self.ctx.figures.take("revenue", "", "合计", "amount") else "本年收入合计"
        lines = [(name, name, "amount") for name in names]
        lines.append(("收入总计" if last == "合计" else last, last, "amount"))
        return listed_table(self.ctx, "revenue", [Head("预算数", "")], lines, "项目")

    def expenditure(self) -> Table:
        """Build 支出预算总表 by subject."""
        heads = nature_heads(self.ctx, parts=("basic", "project", "operating", "subsidy", "remitted"), total="合计")
        grouped = (heads[0], Head("其中：", children=heads[1:]))
        return subject_table(self.ctx, "expenditure", grouped, index=False)

    def appropriation_balance(self) -> Table:
        """Build 财政拨款收支预算总表."""
        income = [Line(name) for name in WUHAN_REVENUE]
        tail = [Line("本年收入合计", bold=True), Line(""), Line("本年收入总计", bold=True)]
        return self.sides("appropriation_balance", income, tail, ("本年支出合计", "年终结余", "本年支出总计"))

    def general_expenditure(self) -> Table:
        """Build 一般公共预算支出表 by subject."""
        heads = nature_heads(self.ctx, parts=("basic", "project"), total="预算数")
        grouped = (heads[0], Head("其中：", children=heads[1:]))
        return subject_table(self.ctx, "general_expenditure", grouped, index=False)

    def basic_economic(self) -> Table:
        """Build 一般公共预算基本支出表 by economic subject."""
        parts = (Head("人员经费", "personnel"), Head("日常公用经费", "public"))
        heads = (Head("预算数", "total"), Head("其中：", children=parts))
        return subject_table(self.ctx, "basic_economic", heads, kind="economic", index=False)

    def fund(self) -> Table:
        """Build 政府性基金预算支出表, empty in most documents."""
        heads = nature_heads(self.ctx, parts=("basic", "project"), total="合计")
        grouped = (heads[0], Head("其中：", children=heads[1:]))
        return subject_table(self.ctx, "fund", grouped, index=False)

    def three_public(self) -> Table:
        """Build the 三公 table: 运行 before 购置, as the city prints it."""
        ctx = self.ctx
        vehicles = (
            Head("小计", "budget_vehicle"),
            Head("其中：公务用车运行维护费", "budget_vehicle_running"),
            Head("公务用车购置费", "budget_vehicle_purchase"),
        )
        heads = (
            Head("合计", "budget_total"),
            Head("因公出国（境）费", "budget_abroad"),
            Head("公务用车购置及运行维护费", children=vehicles),
            Head("公务接待费", "budget_reception"),
        )
        return value_row_table(ctx, "three_public", [Head("“三公”经费支出表", children=heads)], index=False)


BRACKETS = str.maketrans("（）", "()")
FAMILIES: dict[str, type[Family]] = {
    "national_final": NationalFinal,
    "common_budget": CommonBudget,
    "jiangsu_budget": JiangsuBudget,
    "wuhan_budget": WuhanBudget,
}
