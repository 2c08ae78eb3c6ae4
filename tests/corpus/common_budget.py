"""Tables of the family `CommonBudget`, in order, with their lines."""

from __future__ import annotations

from dataclasses import replace

from tests.corpus.family import BUDGET_TITLES, FUND_NAMES, Family, amount, class_lines, nature_heads, three_public
from tests.corpus.forms import (
    Head,
    Line,
    Side,
    balance_table,
    listed_table,
    padded,
    subject_table,
)
from tests.corpus.model import Table
from tests.corpus.subjects import ordinal


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
